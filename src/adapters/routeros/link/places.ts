/** A bounded number of places. Who finds none free waits, in the order of coming. */
export class Places {
  readonly #waiting = new Set<() => void>()
  #limit: number
  #taken = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get taken(): number {
    return this.#taken
  }

  /** From now on there are this many at most, and one at least; those that are taken beyond it are not taken away. */
  shrink(count: number): void {
    this.#limit = Math.max(1, Math.min(this.#limit, count))
  }

  /** Resolves with what gives the place back, once and for all. Rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#taken < this.#limit && this.#waiting.size === 0) this.#taken += 1
    else await this.#wait(signal)
    let isHeld = true
    return () => {
      if (isHeld) this.#taken -= 1
      isHeld = false
      this.#admit()
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      }
      const onAbort = (): void => {
        this.#waiting.delete(enter)
        reject(signal.reason as Error)
      }
      this.#waiting.add(enter)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  #admit(): void {
    for (const enter of this.#waiting) {
      if (this.#taken >= this.#limit) return
      this.#waiting.delete(enter)
      this.#taken += 1
      enter()
    }
  }
}
