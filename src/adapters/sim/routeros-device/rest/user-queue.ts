/** A request ran for as long as the web server lets it, or waited behind one that did. */
export class SessionClosed extends Error {
  constructor() {
    super('Session closed')
    this.name = 'SessionClosed'
  }
}

interface Waiting {
  readonly start: () => void
  readonly refuse: (reason: SessionClosed) => void
}

/**
 * The requests of one user, one at a time in the order of their arrival. One that runs for the whole limit ends with
 * `SessionClosed`, and so do all that wait behind it by then (manual, "Send parallel requests from separate users").
 */
export class UserQueue {
  #waiting: Waiting[] = []
  #busy = false

  /** Does `work` when its turn comes; its signal ends with the limit, in milliseconds. */
  async run<T>(limitMs: number, work: (limit: AbortSignal) => Promise<T>): Promise<T> {
    await this.#enter()
    const limit = new AbortController()
    try {
      return await Promise.race([work(limit.signal), this.#closeAfter(limitMs, limit)])
    } finally {
      limit.abort()
      this.#leave()
    }
  }

  #enter(): Promise<void> {
    if (!this.#busy) {
      this.#busy = true
      return Promise.resolve()
    }
    return new Promise((start, refuse) => this.#waiting.push({ start, refuse }))
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#busy = false
    else next.start()
  }

  /** Rejects when the limit is reached; never settles when the work ends before that. */
  #closeAfter(limitMs: number, limit: AbortController): Promise<never> {
    return new Promise((_, reject) => {
      const timer = setTimeout(() => {
        const closed = new SessionClosed()
        for (const { refuse } of this.#waiting.splice(0)) refuse(closed)
        reject(closed)
        limit.abort(closed)
      }, limitMs)
      timer.unref()
      limit.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
    })
  }
}
