import type { Millis } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import { describeApiError } from './kube-error.ts'

/** One unit of work; false when there is nothing left to do. */
export type Step = (signal: AbortSignal) => Promise<boolean>

/** Work behind a sink: runs while there is some, one step after another, and is brought to an end within a limit. */
export class BackgroundLoop {
  readonly #step: Step
  readonly #clock: Clock
  readonly #log: Logger
  readonly #stop = new AbortController()
  readonly #hurry = new AbortController()
  #running: Promise<void> | undefined
  #woken = false

  constructor(step: Step, { clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#step = step
    this.#clock = clock
    this.#log = log
  }

  /** True once it is being brought to an end: nothing is waited for any more. */
  get hurried(): boolean {
    return this.#hurry.signal.aborted
  }

  /** There is work. */
  wake(): void {
    this.#woken = true
    this.#running ??= this.#run()
  }

  /** Resolves once there is nothing left to do. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  /** Waits for the span, or until it is being brought to an end. Rejects only when it is stopped. */
  async pause(span: Millis): Promise<void> {
    const { signal } = this.#stop
    await this.#clock.sleep(span, AbortSignal.any([signal, this.#hurry.signal])).catch(() => signal.throwIfAborted())
  }

  /** Lets it finish without pauses, and stops it when the limit is over. Nothing runs afterwards. */
  async drain(limit: Millis): Promise<void> {
    this.#hurry.abort()
    const done = new AbortController()
    const timer = this.#clock.sleep(limit, done.signal).then(
      () => this.#stop.abort(new Error('stopped')),
      () => undefined,
    )
    await this.idle()
    done.abort()
    await timer
    this.#stop.abort(new Error('stopped'))
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    await Promise.resolve()
    try {
      while (this.#woken && !signal.aborted) {
        this.#woken = false
        while (!signal.aborted && (await this.#step(signal)));
      }
    } catch (error) {
      if (!signal.aborted) this.#log.error('work in the background failed', { error: describeApiError(error) })
    } finally {
      this.#running = undefined
    }
  }
}
