import { type FileHandle, open } from 'node:fs/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { dataRuns } from './data-runs.ts'
import { PIECE, type WrittenPieces } from './written-pieces.ts'

/** One end of a copy: a file of this machine, what is known of its holes, and a place in it. */
export interface CopyEnd {
  readonly file: string
  readonly written: WrittenPieces
  readonly offset: number
}

/** What is copied. */
export interface CopyRange {
  readonly source: CopyEnd
  readonly target: CopyEnd
  readonly length: number
}

/** A copy on its way: bytes move with every `advance`. What is zeros on both sides is neither read nor written. */
export class RangeCopy {
  readonly #range: CopyRange
  readonly #source: FileHandle
  readonly #target: FileHandle
  readonly #buffer = Buffer.allocUnsafe(PIECE)
  readonly #other = Buffer.allocUnsafe(PIECE)
  #done = 0

  private constructor(range: CopyRange, source: FileHandle, target: FileHandle) {
    this.#range = range
    this.#source = source
    this.#target = target
  }

  /** Opens both files, which are there. */
  static async begin(range: CopyRange): Promise<RangeCopy> {
    const source = await open(range.source.file, 'r')
    try {
      const target = await open(range.target.file, 'r+')
      const [from, to] = await Promise.all([source.stat(), target.stat()])
      // Finds out, if need be, that what is known of the holes is not true any more.
      range.source.written.list(from)
      range.target.written.list(to)
      return new RangeCopy(range, source, target)
    } catch (error) {
      await source.close()
      throw error
    }
  }

  /** Bytes copied so far. */
  get done(): number {
    return this.#done
  }

  get isOver(): boolean {
    return this.#done >= this.#range.length
  }

  /** Copies on until this many bytes are done, or all. */
  async advance(until: number, signal: AbortSignal): Promise<void> {
    const end = Math.min(until, this.#range.length)
    while (this.#done < end) {
      signal.throwIfAborted()
      const length = Math.min(PIECE, end - this.#done)
      if (this.#mayHold('source', length) || this.#mayHold('target', length)) await this.#copyPiece(length)
      this.#done += length
    }
    await turn()
  }

  async close(): Promise<void> {
    await Promise.all([this.#source.close(), this.#target.close()])
  }

  #mayHold(end: 'source' | 'target', length: number): boolean {
    const { written, offset } = this.#range[end]
    return written.mayHold(offset + this.#done, length)
  }

  /** Data replaces what is there; where the target has data and the source has none, zeros do. */
  async #copyPiece(length: number): Promise<void> {
    const { source, target } = this.#range
    const piece = await fill(this.#source, this.#buffer.subarray(0, length), source.offset + this.#done)
    const at = target.offset + this.#done
    const replaced = await fill(this.#target, this.#other.subarray(0, length), at)
    for (const { from, to } of [...dataRuns(replaced), ...dataRuns(piece)]) {
      target.written.wrote(at + from, to - from)
      await this.#target.write(piece, from, to - from, at + from)
      target.written.wrote(at + from, to - from)
    }
  }
}

/** Fills a buffer from a file; what lies past its end reads as zeros. */
async function fill(file: FileHandle, buffer: Buffer, at: number): Promise<Buffer> {
  let done = 0
  while (done < buffer.length) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, at + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return buffer.fill(0, done)
}
