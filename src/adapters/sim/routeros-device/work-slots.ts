/** Lets at most so many commands work at once; the others wait in the order in which they came. */
export class WorkSlots {
  #limit: number
  #busy = 0
  #queue: (() => void)[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Changes the limit; those that wait go on when it has grown. */
  set limit(limit: number) {
    this.#limit = limit
    this.#admit()
  }

  /** Does `work` when its turn comes. Rejects with the signal's reason when that ends the wait. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#enter(signal)
    try {
      return await work()
    } finally {
      this.#busy -= 1
      this.#admit()
    }
  }

  #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave)
        this.#busy += 1
        resolve()
      }
      const leave = (): void => {
        this.#queue = this.#queue.filter(other => other !== enter)
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#queue.push(enter)
      this.#admit()
    })
  }

  #admit(): void {
    while (this.#busy < this.#limit) {
      const next = this.#queue.shift()
      if (next === undefined) return
      next()
    }
  }
}
