/**
 * Wire format of RouterOS' binary API (MikroTik manual, "API"): a sentence is a row of words, each preceded by its
 * length, ended by a word of length zero.
 */

/** Longest word that is taken from a client, in bytes: a guard of the simulator, RouterOS' own limit is unknown. */
export const MAX_WORD = 16 * 1024 * 1024

const END_OF_SENTENCE = Buffer.from([0])

/** The peer broke the wire format; the stream can't be understood any further. */
export class WireError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'WireError'
  }
}

/** The length prefix of a word of `length` bytes: one to five bytes. */
export function encodeLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  if (length < 0x4000) return bigEndian(length + 0x8000, 2)
  if (length < 0x20_0000) return bigEndian(length + 0xc0_0000, 3)
  if (length < 0x1000_0000) return bigEndian(length + 0xe000_0000, 4)
  return Buffer.concat([Buffer.from([0xf0]), bigEndian(length, 4)])
}

/** The bytes of one sentence, its end included; text travels as UTF-8. */
export function encodeSentence(words: readonly string[]): Buffer {
  const parts = words.flatMap(word => {
    const bytes = Buffer.from(word, 'utf8')
    return [encodeLength(bytes.length), bytes]
  })
  return Buffer.concat([...parts, END_OF_SENTENCE])
}

/** Takes sentences out of a stream of chunks, however they are cut. */
export class SentenceReader {
  readonly #maxWord: number
  #prefix: number[] = []
  #parts: Buffer[] = []
  #missing = 0
  #words: string[] = []

  constructor(maxWord: number = MAX_WORD) {
    this.#maxWord = maxWord
  }

  /** The sentences that `chunk` completes, in order; empty ones are left out. Throws `WireError`, after which the reader is of no use. */
  push(chunk: Buffer): string[][] {
    const sentences: string[][] = []
    let at = 0
    while (at < chunk.length) {
      if (this.#missing > 0) at = this.#takeWord(chunk, at)
      else at = this.#takeLength(chunk, at, sentences)
    }
    return sentences
  }

  #takeWord(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#missing)
    this.#parts.push(chunk.subarray(at, end))
    this.#missing -= end - at
    if (this.#missing === 0) {
      // Decoded as a whole: a chunk may end in the middle of a character.
      this.#words.push(Buffer.concat(this.#parts).toString('utf8'))
      this.#parts = []
    }
    return end
  }

  #takeLength(chunk: Buffer, at: number, sentences: string[][]): number {
    this.#prefix.push(chunk.readUInt8(at))
    const length = decodeLength(this.#prefix)
    if (length === undefined) return at + 1
    this.#prefix = []
    if (length > this.#maxWord) throw new WireError(`a word of ${length} bytes is too long`)
    this.#missing = length
    if (length === 0 && this.#words.length > 0) {
      sentences.push(this.#words)
      this.#words = []
    }
    return at + 1
  }
}

/** The length that a whole prefix tells, or `undefined` while bytes of it are missing. */
function decodeLength(prefix: readonly number[]): number | undefined {
  const [first = 0, ...rest] = prefix
  const following = followingBytes(first)
  if (rest.length < following) return undefined
  // Multiplied, not shifted: a length of the fifth class does not fit in a signed 32-bit integer.
  return rest.reduce((length, byte) => length * 0x100 + byte, following === 4 ? 0 : first & (0xff >> (following + 1)))
}

function followingBytes(first: number): number {
  if (first < 0x80) return 0
  if (first < 0xc0) return 1
  if (first < 0xe0) return 2
  if (first < 0xf0) return 3
  if (first < 0xf8) return 4
  throw new WireError(`control byte 0x${first.toString(16)} is reserved`)
}

function bigEndian(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}
