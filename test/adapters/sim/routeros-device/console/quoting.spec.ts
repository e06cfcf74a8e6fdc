import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quote } from '../../../../../src/adapters/sim/routeros-device/console/printer/format-value.ts'
import { fromByteText, toByteText } from '../../../../../src/adapters/sim/routeros-device/console/byte-text.ts'
import { runScript } from './script.ts'

/** Quotes by the manual's table of escapes alone, as a careful client does. */
function quoted(bytes: string): string {
  const escaped = Array.from(bytes, character => {
    if ('"\\$?'.includes(character)) return `\\${character}`
    const code = character.charCodeAt(0)
    return code < 0x20 || code > 0x7e ? `\\${code.toString(16).toUpperCase().padStart(2, '0')}` : character
  })
  return `"${escaped.join('')}"`
}

const anyBytes = fc.array(fc.integer({ min: 0, max: 255 })).map(codes => String.fromCharCode(...codes))
const awkward = fc.array(
  fc.constantFrom(
    '"',
    '\\',
    '$',
    '[',
    ']',
    '{',
    '}',
    '(',
    ')',
    ';',
    '\n',
    '\r',
    '=',
    '?',
    ' ',
    'x',
    '/',
    ':',
    '#',
    '\\"',
  ),
)
const texts = fc.oneof(
  anyBytes,
  awkward.map(parts => parts.join('')),
)

describe('a quoted string', () => {
  it('is exactly the text that was quoted, and nothing but one argument', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async text => {
        const { commands, error } = await runScript(`/shelf/add name=${quoted(text)} size=1`)
        expect(error).toBeUndefined()
        expect(commands.map(({ command, args }) => [command, Object.fromEntries(args)])).toEqual([
          ['add', { name: text, size: '1' }],
        ])
      }),
    )
  })

  it('is the same text in a condition', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async text => {
        const { commands } = await runScript(`/shelf/print where name=${quoted(text)} && size=1`)
        const where = commands[0]!.where!
        expect(where(name => (name === 'name' ? text : 1))).toBe(true)
        expect(where(name => (name === 'name' ? `${text}x` : 1))).toBe(false)
      }),
    )
  })

  it('is what the console itself prints', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async text => {
        const { commands } = await runScript(`/shelf/add name=${quote(toByteText(text))}`)
        expect(fromByteText(commands[0]!.args.get('name') as string)).toBe(Buffer.from(text).toString())
      }),
    )
  })

  it('left open by its client runs on into whatever follows', async () => {
    // What a client that does not quote would let happen: the double has to show it.
    const { commands } = await runScript('/shelf/add name="a"; /shelf/set x name="b"')
    expect(commands.map(({ command }) => command)).toEqual(['add', 'set'])
    const substituted = await runScript('/shelf/add name="$[/shelf/set x]"')
    expect(substituted.commands.map(({ command }) => command)).toEqual(['set', 'add'])
  })
})
