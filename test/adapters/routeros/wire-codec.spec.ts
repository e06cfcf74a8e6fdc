import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encodeLength,
  encodeSentence,
  LONGEST_WORD,
  SentenceReader,
} from '../../../src/adapters/routeros/api/wire-codec.ts'
import { encodeSentence as deviceEncodes } from '../../../src/adapters/sim/routeros-device/api/wire.ts'

const word = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }),
  fc.constantFrom('!done', '.tag=7', '=comment=Ωé', 'x'.repeat(0x7f), 'x'.repeat(0x80), 'y'.repeat(0x4001)),
)
const sentences = fc.array(fc.array(word, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 })

/** The bytes cut at these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map(place => place % (bytes.length + 1)))].toSorted((a, b) => a - b)
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length))
}

describe('the length of a word', () => {
  it.each([
    [0x00, '00'],
    [0x7f, '7f'],
    [0x80, '8080'],
    [0x3fff, 'bfff'],
    [0x4000, 'c04000'],
    [0x1f_ffff, 'dfffff'],
    [0x20_0000, 'e0200000'],
    [0xfff_ffff, 'efffffff'],
    [0x1000_0000, 'f010000000'],
    [0xffff_ffff, 'f0ffffffff'],
  ])('is written for %d as %s', (length, hex) => {
    expect(encodeLength(length).toString('hex')).toBe(hex)
  })
})

describe('a sentence', () => {
  it('is its words, each after its length, and an empty one', () => {
    expect(encodeSentence(['/login', '=name=é']).toString('hex')).toBe('062f6c6f67696e083d6e616d653dc3a900')
  })

  it('is refused with an empty word, which would end it early', () => {
    expect(() => encodeSentence(['/disk/print', ''])).toThrow('must not be empty')
  })

  it('is read the same however the stream is cut', () => {
    fc.assert(
      fc.property(sentences, fc.array(fc.nat(), { maxLength: 12 }), (sent, places) => {
        const reader = new SentenceReader()
        const chunks = cut(Buffer.concat(sent.map(words => deviceEncodes(words))), places)
        expect(chunks.flatMap(chunk => reader.push(chunk))).toEqual(sent.map(words => words.map(utf8)))
      }),
      { numRuns: 500 },
    )
  })

  it('is read when it comes byte by byte, in every class of lengths that a reply can have', () => {
    for (const length of [0x7f, 0x80, 0x3fff, 0x4000]) {
      const reader = new SentenceReader()
      const bytes = encodeSentence(['!re', 'x'.repeat(length)])
      const read = Array.from(bytes, byte => reader.push(Buffer.from([byte]))).flat()
      expect(read).toEqual([['!re', 'x'.repeat(length)]])
    }
  })

  it('of a long word in many pieces is put together once', () => {
    const reader = new SentenceReader()
    const long = 'z'.repeat(4 * 1024 * 1024)
    const bytes = encodeSentence(['!re', `=contents=${long}`])
    const read: string[][] = []
    for (let at = 0; at < bytes.length; at += 16_384) read.push(...reader.push(bytes.subarray(at, at + 16_384)))
    expect(read).toEqual([['!re', `=contents=${long}`]])
  })

  it('without words is left out', () => {
    expect(new SentenceReader().push(Buffer.concat([Buffer.from([0, 0]), encodeSentence(['!done'])]))).toEqual([
      ['!done'],
    ])
  })

  it.each([
    ['longer than the limit', encodeLength(LONGEST_WORD + 1), 'too long'],
    ['of the fifth class', encodeLength(0xffff_ffff), 'too long'],
    ['with a reserved prefix', Buffer.from([0xf8]), 'reserved'],
  ])('with a word %s is refused', (_, bytes, message) => {
    expect(() => new SentenceReader().push(bytes)).toThrow(message)
  })
})

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('utf8')
