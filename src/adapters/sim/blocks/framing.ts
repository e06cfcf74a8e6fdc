/**
 * Framing of the block port, the same in both directions:
 * `u32be length of the header, u32be length of the payload, header as JSON, payload`.
 * The first request of a session is `connect`; each reply repeats the `id` of its request.
 */

/** Longest header that a frame may carry, in bytes. */
export const MAX_HEADER = 4096
/** Longest payload that a frame may carry, in bytes; longer transfers are split by the client. */
export const MAX_PAYLOAD = 4 * 1024 * 1024

const PREFIX = 8
const NOTHING = Buffer.alloc(0)

/** One frame; what the header holds is proven by the reader's own checks, never assumed. */
export interface Frame {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Buffer
}

/** The peer does not speak this protocol, or oversteps its limits. */
export class FramingError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FramingError'
  }
}

/** The bytes of one frame. */
export function encodeFrame(header: Readonly<Record<string, unknown>>, payload: Uint8Array = NOTHING): Buffer {
  const text = Buffer.from(JSON.stringify(header), 'utf8')
  const prefix = Buffer.alloc(PREFIX)
  prefix.writeUInt32BE(text.length, 0)
  prefix.writeUInt32BE(payload.length, 4)
  return Buffer.concat([prefix, text, payload])
}

/** Takes frames out of a stream of chunks, however they are cut. */
export class FrameReader {
  #chunks: Buffer[] = []
  #held = 0

  /** The frames that `chunk` completes, in order. Throws `FramingError`; the reader is then of no more use. */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    const frames: Frame[] = []
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame)
    return frames
  }

  #next(): Frame | undefined {
    if (this.#held < PREFIX) return undefined
    const prefix = this.#peek(PREFIX)
    const header = prefix.readUInt32BE(0)
    const payload = prefix.readUInt32BE(4)
    if (header > MAX_HEADER || payload > MAX_PAYLOAD) throw new FramingError('frame too long')
    const length = PREFIX + header + payload
    if (this.#held < length) return undefined
    const bytes = this.#take(length)
    return { header: parseHeader(bytes.subarray(PREFIX, PREFIX + header)), payload: bytes.subarray(PREFIX + header) }
  }

  #peek(length: number): Buffer {
    const [first] = this.#chunks
    return first !== undefined && first.length >= length
      ? first.subarray(0, length)
      : this.#joined().subarray(0, length)
  }

  #take(length: number): Buffer {
    const all = this.#joined()
    this.#chunks = all.length === length ? [] : [all.subarray(length)]
    this.#held -= length
    return all.subarray(0, length)
  }

  #joined(): Buffer {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? NOTHING) : Buffer.concat(this.#chunks)
    this.#chunks = [all]
    return all
  }
}

function parseHeader(bytes: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new FramingError('header is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new FramingError('header is no object')
  return { ...value }
}
