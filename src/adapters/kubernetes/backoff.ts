import type { Millis } from '../../domain/ids.ts'

const FIRST: Millis = 500
const LONGEST: Millis = 30_000

/** Pauses between attempts: they double up to half a minute, with jitter so that replicas do not march in step. */
export class Backoff {
  #attempts = 0

  next(): Millis {
    const span = Math.min(FIRST * 2 ** Math.min(this.#attempts, 10), LONGEST)
    this.#attempts += 1
    return span * (0.5 + Math.random() / 2)
  }

  /** It worked: the next failure starts from the shortest pause. */
  reset(): void {
    this.#attempts = 0
  }
}
