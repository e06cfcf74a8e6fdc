import { setTimeout as delay } from 'node:timers/promises'
import type { FileEntry } from './file-tree.ts'
import { type CopyRange, RangeCopy } from './range-copy.ts'

/** How often a copy tells how far it is, in milliseconds. */
const TELL_MS = 1000

/** Copies that run now, and how fast they may. */
export class Copies {
  /** Bytes per second of each copy; Infinity: as fast as this machine can. */
  bytesPerSecond = Number.POSITIVE_INFINITY
  /** How often a copy tells how far it is, in milliseconds. What a device does is unknown. */
  tellMs = TELL_MS
  readonly #busy = new Map<FileEntry, number>()

  /** Whether any copy runs. */
  get isBusy(): boolean {
    return this.#busy.size > 0
  }

  /** Whether a copy reads or writes a file. */
  uses(entry: FileEntry): boolean {
    return this.#busy.has(entry)
  }

  /** Copies, telling the bytes done as it goes on, the first time at once. Rejects when the signal ends it half-way. */
  async *run(range: CopyRange, files: readonly FileEntry[], signal: AbortSignal): AsyncGenerator<number> {
    this.#mark(files, 1)
    try {
      const copy = await RangeCopy.begin(range)
      try {
        while (!copy.isOver) {
          yield copy.done
          const step = Math.min(this.#step(), range.length - copy.done)
          const wait = (1000 * step) / this.bytesPerSecond
          if (wait > 0) await delay(wait, undefined, { signal, ref: false })
          await copy.advance(copy.done + step, signal)
        }
      } finally {
        await copy.close()
      }
    } finally {
      this.#mark(files, -1)
    }
  }

  #step(): number {
    const step = Math.floor((this.bytesPerSecond * this.tellMs) / 1000)
    return step >= 1 ? step : Number.POSITIVE_INFINITY
  }

  #mark(files: readonly FileEntry[], change: 1 | -1): void {
    for (const file of files) {
      const holders = (this.#busy.get(file) ?? 0) + change
      if (holders > 0) this.#busy.set(file, holders)
      else this.#busy.delete(file)
    }
  }
}
