import { createHash } from 'node:crypto'
import type { Bytes } from '../../src/domain/ids.ts'

/** The bytes of a volume: zeros, but for what was written. Writing makes a new one; the old one stays as it was. */
export class MemoryContent {
  /** Those that are not zero, by their place. */
  readonly #bytes: ReadonlyMap<Bytes, number>

  constructor(bytes: ReadonlyMap<Bytes, number> = new Map()) {
    this.#bytes = bytes
  }

  with(at: Bytes, data: Uint8Array): MemoryContent {
    const bytes = new Map(this.#bytes)
    for (const [index, byte] of data.entries()) {
      if (byte === 0) bytes.delete(at + index)
      else bytes.set(at + index, byte)
    }
    return new MemoryContent(bytes)
  }

  read(at: Bytes, length: Bytes): Uint8Array {
    return Uint8Array.from({ length }, (_, index) => this.#bytes.get(at + index) ?? 0)
  }

  /** Equal for equal bytes below this size. */
  digest(size: Bytes): string {
    const below = [...this.#bytes].filter(([at]) => at < size).toSorted(([a], [b]) => a - b)
    return createHash('sha256')
      .update(JSON.stringify([size, below]))
      .digest('hex')
  }
}

export const EMPTY = new MemoryContent()
