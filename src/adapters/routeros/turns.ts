import { abortable } from './deadline.ts'

/** One task at a time for each key, in the order in which they came. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  /** Waits for the tasks before it, then does the work. Rejects with the signal's reason where that aborts the wait. */
  async take<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const mine = Promise.withResolvers<void>()
    // Whoever comes next waits for all before, even where this one does not.
    const last = before.then(() => mine.promise)
    this.#last.set(key, last)
    try {
      await abortable(before, signal)
      return await work()
    } finally {
      mine.resolve()
      if (this.#last.get(key) === last) this.#last.delete(key)
    }
  }
}
