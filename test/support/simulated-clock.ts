import { after, type Instant, instant, type Millis } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/ports/clock.ts'

interface Sleeper {
  readonly due: Millis
  wake(): void
}

/** Time that stands still until it is told to go on. */
export class SimulatedClock implements Clock {
  #start: Instant
  readonly #settled: () => Promise<void>
  readonly #sleepers = new Set<Sleeper>()
  #elapsed: Millis = 0

  /** Starts at this moment; `monotonic` starts at 0. `settle`: how those who are awake are let finish before time goes on. */
  constructor(start: Instant = instant(Date.UTC(2026, 0, 1)), settle: () => Promise<void> = settled) {
    this.#start = start
    this.#settled = settle
  }

  now(): Instant {
    return after(this.#start, this.#elapsed)
  }

  monotonic(): Millis {
    return this.#elapsed
  }

  /** Somebody sets the time of day. Nobody's sleep is longer or shorter by it. */
  set(now: Instant): void {
    this.#start = after(now, -this.#elapsed)
  }

  sleep(span: Millis, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (span <= 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#sleepers.delete(sleeper)
        signal.removeEventListener('abort', onAbort)
      }
      const onAbort = (): void => {
        leave()
        reject(signal.reason)
      }
      const wake = (): void => {
        leave()
        resolve()
      }
      const sleeper: Sleeper = { due: this.#elapsed + span, wake }
      this.#sleepers.add(sleeper)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  /**
   * Goes on by the span and wakes each sleeper at its moment, in order. Between two of them everything runs that is
   * ready to, so that one who sleeps again within the span is woken again.
   */
  async advance(span: Millis): Promise<void> {
    const end = this.#elapsed + span
    await this.#settled()
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#elapsed = next.due
      next.wake()
      await this.#settled()
    }
    this.#elapsed = end
  }

  /** Resolves once at least this many sleep; rejects when that has not come about within five seconds of real time. */
  async untilSleeping(count = 1): Promise<void> {
    const deadline = performance.now() + 5000
    while (this.#sleepers.size < count) {
      if (performance.now() > deadline) throw new Error(`${this.#sleepers.size} sleep, not ${count}`)
      await this.#settled()
    }
  }

  /** The one who wakes first, up to this moment; among equals the one who lay down first. */
  #next(end: Millis): Sleeper | undefined {
    let first: Sleeper | undefined
    for (const sleeper of this.#sleepers) {
      if (sleeper.due <= end && (first === undefined || sleeper.due < first.due)) first = sleeper
    }
    return first
  }
}

/** Lets promises and whatever they start run: two turns of the event loop. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise(resolve => setImmediate(resolve))
}
