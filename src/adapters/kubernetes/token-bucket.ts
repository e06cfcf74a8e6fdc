import type { Millis } from '../../domain/ids.ts'

/** A rate with bursts: so many tokens at most, and one more in each interval. */
export class TokenBucket {
  readonly #capacity: number
  readonly #interval: Millis
  #tokens: number
  #since: Millis

  constructor(capacity: number, interval: Millis, now: Millis) {
    this.#capacity = capacity
    this.#interval = interval
    this.#tokens = capacity
    this.#since = now
  }

  /** Takes a token: 0; or how long it is until there is one. */
  take(now: Millis): Millis {
    const grown = this.#tokens + (now - this.#since) / this.#interval
    this.#tokens = Math.min(grown, this.#capacity)
    this.#since = now
    if (this.#tokens < 1) return (1 - this.#tokens) * this.#interval
    this.#tokens -= 1
    return 0
  }
}
