import type { Millis } from '../domain/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'

const FIRST_PAUSE: Millis = 250
const LONGEST_PAUSE: Millis = 5_000

interface Pause {
  readonly span: Millis
  readonly until: Millis
}

/**
 * Background work, at most once at a time for each key, so that work that waits (for a lock, for the appliance) keeps
 * nothing else waiting. What fails is logged and may be started again after a pause, longer each time.
 */
export class Errands {
  readonly #running = new Map<string, Promise<void>>()
  readonly #pauses = new Map<string, Pause>()
  readonly #clock: Clock
  readonly #log: Logger

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock
    this.#log = log
  }

  /** Starts the task, unless one of its key is running or pauses. Resolves when that one has ended, however it ended. */
  run(key: string, signal: AbortSignal, task: () => Promise<void>): Promise<void> {
    const running = this.#running.get(key)
    if (running !== undefined) return running
    if (this.#clock.monotonic() < (this.#pauses.get(key)?.until ?? 0)) return Promise.resolve()
    const started = this.#attempt(key, signal, task).finally(() => this.#running.delete(key))
    this.#running.set(key, started)
    return started
  }

  async #attempt(key: string, signal: AbortSignal, task: () => Promise<void>): Promise<void> {
    try {
      await task()
      this.#pauses.delete(key)
    } catch (error) {
      if (signal.aborted) return
      const retryInMs = this.#pause(key)
      this.#log.warn('housekeeping failed and will be tried again', { key, error, retryInMs })
    }
  }

  #pause(key: string): Millis {
    const now = this.#clock.monotonic()
    for (const [other, { until }] of this.#pauses) if (until + LONGEST_PAUSE < now) this.#pauses.delete(other)
    const span = Math.min((this.#pauses.get(key)?.span ?? FIRST_PAUSE / 2) * 2, LONGEST_PAUSE)
    this.#pauses.set(key, { span, until: now + span })
    return span
  }
}
