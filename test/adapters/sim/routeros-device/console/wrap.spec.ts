import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Field,
  wrapFields,
  wrapWords,
} from '../../../../../src/adapters/sim/routeros-device/console/printer/wrap.ts'
import {
  formatRate,
  formatSize,
  groupThousands,
} from '../../../../../src/adapters/sim/routeros-device/console/printer/format-value.ts'
import { TestConsole } from './console.ts'

const field: fc.Arbitrary<Field> = fc.record({
  name: fc.stringMatching(/^[a-z][a-z-]{0,29}$/),
  value: fc.stringMatching(/^[!-~](?:[ -~]{0,118}[!-~])?$/),
})
const frame = fc.record({
  prefix: fc.constantFrom('0 ', '31 Bt ', '27 B r '),
  limit: fc.integer({ min: 40, max: 300 }),
})

describe('wrapped fields', () => {
  it('say what they say on one line, whatever the width', () => {
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 25 }), frame, (fields, { prefix, limit }) => {
        const lines = wrapFields(fields, { prefix, indent: prefix.length, limit })
        const whole = fields.map(({ name, value }) => `${name}=${value}`)
        let rest = lines.join('\n').slice(prefix.length)
        for (const text of whole) {
          rest = rest.replace(/^(?: |\n +)(?=\S)/, '')
          for (const character of text) {
            // Within a value a line may end anywhere, and goes on under the beginning of the value.
            if (rest[0] === '\n') rest = rest.replace(/^\n */, '')
            expect(rest[0]).toBe(character)
            rest = rest.slice(1)
          }
        }
        expect(rest).toBe('')
      }),
    )
  })

  it('keep within the width wherever a name and one character of its value do', () => {
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 25 }), frame, (fields, { prefix, limit }) => {
        const lines = wrapFields(fields, { prefix, indent: prefix.length, limit })
        expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(limit)
      }),
    )
  })

  it('stay whole as long as a line of their own is long enough', () => {
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 25 }), frame, (fields, { prefix, limit }) => {
        const text = wrapFields(fields, { prefix, indent: prefix.length, limit }).join('\n')
        for (const { name, value } of fields) {
          if (prefix.length + name.length + 1 + value.length <= limit) expect(text).toContain(`${name}=${value}`)
        }
      }),
    )
  })

  it.each([
    ['firstField', 40],
    // The longest name needs that much behind 15 blanks.
    ['15', 52],
  ] as const)('of a disk lose no property at any width, indented by %s', async (indent, least) => {
    const box = new TestConsole({ style: { indent } })
    await box.addDisk('a', 'nvme-tcp-export=yes nvme-tcp-server-nqn="nqn.2000-02.com.mikrotik:a"')
    const wide = await box.run('/disk/print detail where slot="a"')
    for (let width: number = least; width <= 300; width += 1) {
      box.style = { ...box.style, width }
      const printed = await box.run('/disk/print detail where slot="a"')
      const joined = printed.replaceAll(/\r\n +/g, ' ')
      if (width >= least + 20) expect(joined.replaceAll(/\s+/g, ' ')).toBe(wide.replaceAll(/\s+/g, ' '))
      expect(Math.max(...printed.split('\r\n').map(line => line.length))).toBeLessThan(width)
    }
  })
})

describe('wrapped words', () => {
  it('break at blanks alone', () => {
    expect(wrapWords('Flags: B - BLOCK-DEVICE; M - MOUNTED; r - RAID-MEMBER', 30)).toEqual([
      'Flags: B - BLOCK-DEVICE; M -',
      'MOUNTED; r - RAID-MEMBER',
    ])
  })
})

describe('figures', () => {
  it.each([
    ['0', '0'],
    ['999', '999'],
    ['1000', '1 000'],
    ['53687091200', '53 687 091 200'],
  ])('of %s stand as %s', (digits, text) => {
    expect(groupThousands(digits)).toBe(text)
  })

  it.each([
    [5, '5'],
    [10_239, '10239'],
    [10_240, '10.0KiB'],
    [1024 ** 3, '1024.0MiB'],
    [2 * 1024 ** 3, '2048.0MiB'],
    [10 * 1024 ** 3, '10.0GiB'],
    [10 * 1024 ** 3 + 1024 ** 2, '10.0GiB'],
    [1024 ** 4, '1024.0GiB'],
    [10 * 1024 ** 4, '10.0TiB'],
  ])('of %d bytes stand as %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text)
  })

  it.each([
    [0, '0bps'],
    [500_000, '500kbps'],
    [12_800_000, '12.8Mbps'],
    [100_000_000, '100.0Mbps'],
    [1_500_000_000, '1.5Gbps'],
  ])('of %d bits per second stand as %s', (bits, text) => {
    expect(formatRate(bits)).toBe(text)
  })
})
