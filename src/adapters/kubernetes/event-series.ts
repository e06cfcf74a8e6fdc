import type { Millis } from '../../domain/ids.ts'

interface Series {
  readonly name: string
  readonly count: number
  /** When it went on last, by the monotonic clock. */
  readonly at: Millis
}

const MOST = 1_000
/** The API server forgets an event an hour after its last change. */
const LIFETIME: Millis = 50 * 60_000

/** Events that may happen again: what was posted and how often. The ones that rested longest are forgotten. */
export class EventSeries {
  readonly #known = new Map<string, Series>()

  find(key: string, now: Millis): Series | undefined {
    const series = this.#known.get(key)
    return series !== undefined && now - series.at < LIFETIME ? series : undefined
  }

  remember(key: string, series: Series): void {
    this.#known.delete(key)
    this.#known.set(key, series)
    const [oldest] = this.#known.keys()
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest)
  }

  forget(key: string): void {
    this.#known.delete(key)
  }
}
