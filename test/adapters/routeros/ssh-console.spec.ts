import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consoleLine, outputOf } from '../../../src/adapters/routeros/ssh/console-line.ts'
import { progressOf, replyOf } from '../../../src/adapters/routeros/ssh/console-reply.ts'
import { quoted } from '../../../src/adapters/routeros/ssh/console-text.ts'
import type { DeviceCommand } from '../../../src/adapters/routeros/transport.ts'

const serialized = (inner: string): string => `:put [:serialize to=json options=json.no-string-conversion [${inner}]]`
const printed = (stdout: string) => ({ stdout, stderr: '', code: 0 })

describe('a line of the console', () => {
  const lines: readonly (readonly [string, DeviceCommand, string])[] = [
    [
      'adds with every value quoted',
      { path: '/disk/add', args: { type: 'file', slot: 'a', 'file-size': '1024', comment: '' } },
      '/disk/add type="file" slot="a" file-size="1024" comment=""',
    ],
    [
      'finds an item by its name, and fails where there is none',
      { path: '/disk/set', args: { '.id': 'a b', 'nvme-tcp-export': 'yes' } },
      ':local item [/disk/find slot="a b"]; :if ([:len $item] = 0) do={:error "no such item"}; ' +
        '/disk/set $item nvme-tcp-export="yes"',
    ],
    [
      'names files by their name',
      { path: '/file/remove', args: { '.id': 'pool/x.img' } },
      ':local item [/file/find name="pool/x.img"]; :if ([:len $item] = 0) do={:error "no such item"}; /file/remove $item',
    ],
    ['takes an id as it is', { path: '/disk/remove', args: { '.id': '*2B' } }, '/disk/remove *2B'],
    ['quotes what only looks like one', { path: '/x/remove', args: { '.id': '*2B; /y' } }, '/x/remove "*2B; /y"'],
    [
      'takes ids for places, and for nothing else',
      { path: '/ip/firewall/filter/add', args: { 'place-before': '*1', comment: '*1' } },
      '/ip/firewall/filter/add place-before=*1 comment="*1"',
    ],
    ['prints everything', { path: '/disk/print' }, serialized('/disk/print detail as-value')],
    [
      'prints some properties of some rows',
      {
        path: '/disk/print',
        properties: ['slot', 'size'],
        anyOf: [
          ['slot', 'a'],
          ['.id', '*3'],
        ],
      },
      serialized('/disk/print detail proplist=slot,size as-value where slot="a" || .id=*3'),
    ],
    [
      'prints with arguments',
      { path: '/file/print', args: { path: 'pool', recursive: 'yes' } },
      serialized('/file/print path="pool" recursive="yes" detail as-value'),
    ],
    [
      'measures once',
      { path: '/disk/monitor-traffic', args: { '.id': '*1', once: '' } },
      serialized('/disk/monitor-traffic *1 once as-value'),
    ],
    [
      'copies',
      { path: '/disk/copy', args: { src: 'a', dst: 'b' }, progress: () => undefined },
      '/disk/copy src="a" dst="b"',
    ],
  ]

  it.each(lines)('%s', (_, command, line) => expect(consoleLine(command)).toBe(line))

  it('says what is printed then', () => {
    const outputs = lines.map(([, command]) => outputOf(command))
    expect(outputs).toEqual([...Array<string>(6).fill('nothing'), ...Array<string>(4).fill('rows'), 'progress'])
  })
})

describe('a text within quotes', () => {
  const ESCAPES: Readonly<Record<string, string>> = {
    n: '\n',
    r: '\r',
    t: '\t',
    '"': '"',
    '\\': '\\',
    $: '$',
    '?': '?',
  }

  /** What the manual says of a constant string: undefined where the word is more than text, or less. */
  function read(word: string): string | undefined {
    // A quote would end it, a dollar put something in its place, a line end send the line.
    const [, inner] = /^"((?:[^"\\$\n\r]|\\.)*)"$/.exec(word) ?? []
    if (inner === undefined) return undefined
    const parts = inner.match(/\\.|[^\\]/g) ?? []
    const texts = parts.map(part => (part.startsWith('\\') ? ESCAPES[part.slice(1)] : part))
    return texts.includes(undefined) ? undefined : texts.join('')
  }

  it('is read as that text and nothing more, whatever is in it', () => {
    const characters = fc.constantFrom(
      '"',
      '\\',
      '$',
      '?',
      '\n',
      '\r',
      '\t',
      ';',
      '[',
      ']',
      '(',
      '{',
      'n',
      'x',
      ' ',
      '0',
      'A',
    )
    fc.assert(
      fc.property(fc.array(characters), parts => {
        const text = parts.join('')
        expect(read(quoted(text))).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('what is printed', () => {
  it('keeps every digit of a number, and writes the rest as the binary API does', () => {
    const json = '[{"a":12345678901234567890,"b":true,"c":"1234","d":[1,"x"],"e":null,"f":"","g":-1}]\r\n'
    expect(replyOf(printed(json), 'rows').rows.map(row => Object.fromEntries(row))).toEqual([
      { a: '12345678901234567890', b: 'true', c: '1234', d: '1,x', f: '', g: '-1' },
    ])
  })

  it('may be one row, none, or a count', () => {
    expect(replyOf(printed('{"rate":5}'), 'rows').rows.map(row => Object.fromEntries(row))).toEqual([{ rate: '5' }])
    expect(replyOf(printed('[]\r\n'), 'rows')).toEqual({ rows: [], ret: undefined })
    expect(replyOf(printed('3\r\n'), 'rows')).toEqual({ rows: [], ret: '3' })
  })

  it('tells progress by lines of a name and a value, and no refusal does', () => {
    expect(progressOf('   status: 5 / 10 (50%)  ')).toEqual(new Map([['status', '5 / 10 (50%)']]))
    for (const line of ['failure: no such item', 'error: x', 'done', '', 'no such item', 'syntax error: x']) {
      expect(progressOf(line), line).toBeUndefined()
    }
  })
})
