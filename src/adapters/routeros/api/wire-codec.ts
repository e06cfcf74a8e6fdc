/**
 * The wire format of RouterOS' binary API (MikroTik manual, "API"): a sentence is a row of words, each preceded by its
 * length, ended by a word of length zero. Text is UTF-8 in both directions.
 */

/** Longest word that is taken from a device, in bytes: a guard of ours against a peer that is none. */
export const LONGEST_WORD = 16 * 1024 * 1024

const END = Buffer.from([0])

/** The bytes of one sentence, its end included. */
export function encodeSentence(words: readonly string[]): Buffer {
  const parts: Buffer[] = []
  for (const word of words) {
    const bytes = Buffer.from(word, 'utf8')
    // An empty word would end the sentence here and turn its rest into another command.
    if (bytes.length === 0) throw new RangeError('a word must not be empty')
    parts.push(encodeLength(bytes.length), bytes)
  }
  return Buffer.concat([...parts, END])
}

/** Bits of the first byte that tell how many bytes follow, by the size of the whole prefix. */
const CLASS_BITS = [0, 0, 0x80, 0xc0, 0xe0]

/** The prefix of a word of this many bytes: one to five bytes. */
export function encodeLength(length: number): Buffer {
  const size = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x20_0000 ? 3 : length < 0x1000_0000 ? 4 : 5
  const prefix = Buffer.alloc(size)
  if (size === 5) {
    prefix.writeUInt8(0xf0)
    prefix.writeUInt32BE(length, 1)
    return prefix
  }
  prefix.writeUIntBE(length, 0, size)
  prefix.writeUInt8(prefix.readUInt8() | (CLASS_BITS[size] ?? 0))
  return prefix
}

/** How many bytes follow the first one of a prefix. From 0xf8 on first bytes are reserved. */
function followers(first: number): number {
  if (first < 0x80) return 0
  if (first < 0xc0) return 1
  if (first < 0xe0) return 2
  if (first < 0xf0) return 3
  if (first < 0xf8) return 4
  throw new RangeError(`length prefix 0x${first.toString(16)} is reserved`)
}

/** Takes sentences out of a stream of chunks, wherever they are cut. */
export class SentenceReader {
  #held: Buffer[] = []
  #size = 0
  /** Held bytes without which nothing more can be read. */
  #needed = 1
  #words: string[] = []

  /** The sentences that this chunk completes; empty ones are left out. Throws where the stream is no sentences any more. */
  push(chunk: Buffer): string[][] {
    this.#held.push(chunk)
    this.#size += chunk.length
    // Long words are put together once and not at every chunk.
    if (this.#size < this.#needed) return []
    return this.#read(this.#held.length === 1 ? chunk : Buffer.concat(this.#held))
  }

  #read(bytes: Buffer): string[][] {
    const sentences: string[][] = []
    let at = 0
    for (;;) {
      const end = wordEnd(bytes, at)
      if (end.at > bytes.length) {
        this.#needed = end.at - at
        break
      }
      if (end.from === end.at) this.#endSentence(sentences)
      else this.#words.push(bytes.toString('utf8', end.from, end.at))
      at = end.at
    }
    const rest = bytes.subarray(at)
    this.#held = [rest]
    this.#size = rest.length
    return sentences
  }

  #endSentence(sentences: string[][]): void {
    if (this.#words.length > 0) sentences.push(this.#words)
    this.#words = []
  }
}

/** Where the word at this place begins and ends; an end beyond the bytes says how many there have to be at least. */
function wordEnd(bytes: Buffer, at: number): { from: number; at: number } {
  const first = bytes[at]
  if (first === undefined) return { from: at, at: at + 1 }
  const more = followers(first)
  const from = at + 1 + more
  if (from > bytes.length) return { from, at: from }
  const low = more === 0 ? 0 : bytes.readUIntBE(at + 1, more)
  const length = more === 4 ? low : (first & (0xff >> (more + 1))) * 0x100 ** more + low
  if (length > LONGEST_WORD) throw new RangeError(`a word of ${length} bytes is too long`)
  return { from, at: from + length }
}
