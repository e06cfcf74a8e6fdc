import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { requirePlain } from '../../../src/adapters/routeros/command-guard.ts'
import { never, scripted } from '../../support/routeros-transports.ts'

const command = { path: '/disk/add', args: { slot: 'x' } }

describe('a command', () => {
  it('may hold any printable ASCII, tabs and line ends in its values', () => {
    const ascii = fc.string({ unit: fc.constantFrom('\t', '\n', '\r', ...printable()) })
    fc.assert(
      fc.property(ascii, value => requirePlain({ ...command, args: { comment: value }, anyOf: [['slot', value]] })),
    )
  })

  it.each([
    ['text other than ASCII', 'é', 'U+00E9'],
    ['a character outside the basic plane', 'a😀', 'U+1F600'],
    ['a zero byte', 'a\0b', 'U+0000'],
    ['an escape', '\x1b[31m', 'U+001B'],
    ['a lone surrogate', '\ud800', 'U+D800'],
  ])('with %s in a value is refused, by the character and not by the value', (_, value, named) => {
    const given = `secret${value}`
    expect(() => requirePlain({ ...command, args: { comment: given } })).toThrow(
      `/disk/add: comment cannot hold the character ${named}`,
    )
    expect(() => requirePlain({ path: '/disk/print', anyOf: [['slot', given]] })).not.toThrow('secret')
    expect(() => requirePlain({ path: '/disk/print', anyOf: [['slot', given]] })).toThrow(named)
  })

  it.each(['disk/add', '/disk add', '/disk/add;', '/', '', '/disk/[find]', '/Disk', '/disk/add\n/x'])(
    'with the path %j is refused',
    path => expect(() => requirePlain({ path })).toThrow('is no command of the appliance'),
  )

  it.each(['', 'a b', 'a=b', '#|', '?x', '=x', '-x', '"x"', '..', '.', 'A', 'x\n'])(
    'with the name %j is refused, wherever it stands',
    name => {
      for (const bad of [{ args: { [name]: '1' } }, { anyOf: [[name, '1']] as const }, { properties: [name] }]) {
        expect(() => requirePlain({ path: '/disk/print', ...bad })).toThrow('is no property of the appliance')
      }
    },
  )

  it('for several items at once is refused', () => {
    expect(() => requirePlain({ path: '/disk/remove', args: { '.id': 'a,b' } })).toThrow('.id cannot hold a comma')
  })

  it('that is refused is never sent, and over at once', async () => {
    const { transport, router } = await scripted((_, peer) => peer.reply(['!done']))
    const over = new AbortController()
    const failed = expect(transport.run({ path: '/x', args: { v: 'ž' } }, never(), over)).rejects
    await failed.toMatchObject({ kind: 'invalid' })
    expect(over.signal.aborted).toBe(true)
    expect(router.chunks).toEqual([])
  })
})

const printable = (): string[] => Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
