/** Bytes of a piece. */
export const PIECE = 1024 * 1024
/** Unit of `blocks` in a file's status. */
const BLOCK = 512
/** Beyond this many bytes of a file's own bookkeeping, somebody else has written to it. */
const BOOKKEEPING = 1024 * 1024
/** `Date.now()` leaves out the fraction of a millisecond that a file's time has. */
const CLOCK_STEP = 1

/** What the status of a file tells of it. */
export interface FileStatus {
  readonly blocks: number
  readonly mtimeMs: number
}

/**
 * Which pieces of a file may hold something else than zeros, as far as everything went through the simulator: Node can't
 * ask where the holes of a file are, and looking takes seconds per GiB. All of them where it is unknown.
 */
export class WrittenPieces {
  #pieces: Set<number> | undefined
  #at: number

  private constructor(pieces: Set<number> | undefined) {
    this.#pieces = pieces
    this.#at = Date.now()
  }

  /** Of a file that holds zeros alone. */
  static none(): WrittenPieces {
    return new WrittenPieces(new Set())
  }

  /** Of a file of which nothing is known. */
  static unknown(): WrittenPieces {
    return new WrittenPieces(undefined)
  }

  /** The same for another file with the same bytes. */
  copy(): WrittenPieces {
    return new WrittenPieces(this.#pieces && new Set(this.#pieces))
  }

  /** These bytes are being written, or have just been. */
  wrote(offset: number, length: number): void {
    this.#at = Date.now()
    for (let piece = Math.floor(offset / PIECE); piece * PIECE < offset + length; piece += 1) this.#pieces?.add(piece)
  }

  /** The pieces were looked for just now, and these were found. */
  learn(pieces: Iterable<number>): void {
    this.#at = Date.now()
    this.#pieces = new Set(pieces)
  }

  /** Somebody may write to the file past the simulator. */
  forget(): void {
    this.#pieces = undefined
  }

  /** Whether any of these bytes may be something else than zero. */
  mayHold(offset: number, length: number): boolean {
    const pieces = this.#pieces
    if (pieces === undefined) return true
    for (let piece = Math.floor(offset / PIECE); piece * PIECE < offset + length; piece += 1) {
      if (pieces.has(piece)) return true
    }
    return false
  }

  /** The pieces in their order; `undefined` where it is unknown, or where the file itself says otherwise. */
  list({ blocks, mtimeMs }: FileStatus): readonly number[] | undefined {
    const pieces = this.#pieces
    if (pieces === undefined) return undefined
    const more = blocks * BLOCK > pieces.size * PIECE + BOOKKEEPING
    if (more || mtimeMs > this.#at + CLOCK_STEP) this.forget()
    return this.#pieces && [...this.#pieces].toSorted((one, other) => one - other)
  }
}
