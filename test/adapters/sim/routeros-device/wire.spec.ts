import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encodeLength,
  encodeSentence,
  SentenceReader,
  WireError,
} from '../../../../src/adapters/sim/routeros-device/api/wire.ts'

/** Lengths of the manual's five classes with the bytes that stand for them. */
const GOLDEN: readonly (readonly [length: number, hex: string])[] = [
  [0, '00'],
  [1, '01'],
  [0x7f, '7f'],
  [0x80, '8080'],
  [0x3fff, 'bfff'],
  [0x4000, 'c04000'],
  [0x1f_ffff, 'dfffff'],
  [0x20_0000, 'e0200000'],
  [0xfff_ffff, 'efffffff'],
  [0x1000_0000, 'f010000000'],
  [0xffff_ffff, 'f0ffffffff'],
]

describe('the wire codec of the API', () => {
  it.each(GOLDEN)('writes the length %i as %s', (length, hex) => {
    expect(encodeLength(length).toString('hex')).toBe(hex)
  })

  it('writes a login to the byte', () => {
    const words = ['/login', '=name=admin', '=password=']
    expect(encodeSentence(words).toString('latin1')).toBe('\x06/login\x0b=name=admin\x0a=password=\x00')
  })

  it.each([0x7f, 0x80, 0x3fff, 0x4000, 0x1f_ffff, 0x20_0000])('reads back a word of %i bytes', length => {
    const word = 'w'.repeat(length)
    expect(new SentenceReader().push(encodeSentence(['/x', word]))).toEqual([['/x', word]])
  })

  it.each(GOLDEN.slice(1))('takes the prefix of %i for what it is, whatever it is split into', (length, hex) => {
    const reader = new SentenceReader(length - 1)
    const bytes = Buffer.from(hex, 'hex')
    const pushAll = (): void => {
      for (const byte of bytes) reader.push(Buffer.from([byte]))
    }
    expect(pushAll).toThrow(`a word of ${length} bytes is too long`)
  })

  it('counts bytes, not characters, of text outside ASCII', () => {
    expect(encodeSentence(['é']).toString('hex')).toBe('02c3a900')
    expect(new SentenceReader().push(encodeSentence(['=comment=Ωé🦊']))).toEqual([['=comment=Ωé🦊']])
  })

  it('leaves out empty sentences', () => {
    const bytes = Buffer.concat([Buffer.alloc(3), encodeSentence(['/a']), Buffer.alloc(2)])
    expect(new SentenceReader().push(bytes)).toEqual([['/a']])
  })

  it('refuses a word that is too long before it arrives', () => {
    expect(() => new SentenceReader(100).push(encodeLength(101))).toThrow(WireError)
  })

  it('refuses the reserved control bytes', () => {
    expect(() => new SentenceReader().push(Buffer.from([0xf8]))).toThrow(WireError)
  })

  it('reads the same sentences however the stream is cut', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
      fc.integer({ min: 120, max: 140 }).map(length => 'x'.repeat(length)),
      fc.integer({ min: 0x3ff0, max: 0x4010 }).map(length => 'é'.repeat(length >> 1)),
    )
    const sentences = fc.array(fc.array(word, { minLength: 1, maxLength: 5 }), { maxLength: 6 })
    fc.assert(
      fc.property(sentences, fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 40 }), (expected, cuts) => {
        const stream = Buffer.concat(expected.map(words => encodeSentence(words)))
        const reader = new SentenceReader()
        const read: string[][] = []
        for (let at = 0, step = 0; at < stream.length; step += 1) {
          const next = at + 1 + (cuts[step % cuts.length] ?? 0)
          read.push(...reader.push(stream.subarray(at, next)))
          at = next
        }
        expect(read).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })
})
