import type { Millis } from '../../../domain/ids.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Logger } from '../../../ports/logger.ts'
import type { Telemetry } from '../../../ports/telemetry.ts'
import { abortable, aborted, withDeadline } from '../deadline.ts'
import { LinkError } from '../transport.ts'
import { type Pauses, reconnectPause } from './reconnect-pause.ts'
import type { Session } from './session.ts'

export interface LinkTiming {
  /** For connecting, verifying and logging in. */
  readonly connect: Millis
  /** How long a command waits for a link that is not there. */
  readonly wait: Millis
  /** How long the device may be silent before it is asked whether it lives. */
  readonly idle: Millis
  /** How long it has for the answer; then the connection is dropped. */
  readonly probe: Millis
  readonly pauses: Pauses
}

export interface LinkParts {
  readonly name: string
  readonly open: (signal: AbortSignal) => Promise<Session>
  readonly timing: LinkTiming
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  /** From 0 to 1. */
  readonly random: () => number
}

/** A connection that lasted this long counts as a success: the next attempt comes soon. */
const STABLE: Millis = 5000

/** Keeps one session open: begins with the first command, comes back after each loss until it is closed. */
export class SessionLink {
  readonly #parts: LinkParts
  readonly #closing = new AbortController()
  readonly #waiting = new Set<(session: Session) => void>()
  #session: Session | undefined
  #running: Promise<void> | undefined
  #lastFailure = 'no attempt has ended yet'
  #made = 0

  constructor(parts: LinkParts) {
    this.#parts = parts
  }

  get connected(): boolean {
    return this.#session?.ended.aborted === false
  }

  /** How many times the link has come about. */
  get made(): number {
    return this.#made
  }

  /** The session, after a short wait where there is none. Rejects with a `LinkError`, or the signal's reason. */
  async session(signal: AbortSignal): Promise<Session> {
    signal.throwIfAborted()
    if (this.#closing.signal.aborted) throw new LinkError('not-connected', false, 'the link has been closed')
    this.#running ??= this.#keep()
    const session = this.#session
    return session?.ended.aborted === false ? session : this.#awaitSession(signal)
  }

  /** Ends the session and every attempt; resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the link is closed'))
    await this.#running
  }

  async #awaitSession(signal: AbortSignal): Promise<Session> {
    const { clock, timing, name } = this.#parts
    const arrival = Promise.withResolvers<Session>()
    this.#waiting.add(arrival.resolve)
    try {
      const either = AbortSignal.any([signal, this.#closing.signal])
      return await withDeadline(clock, timing.wait, either, bounded => abortable(arrival.promise, bounded))
    } catch (error) {
      if (signal.aborted) throw error
      throw new LinkError('not-connected', false, `no connection to ${name}: ${this.#lastFailure}`, { cause: error })
    } finally {
      this.#waiting.delete(arrival.resolve)
    }
  }

  /** Attempt after attempt, slower as long as they fail. Never rejects. */
  async #keep(): Promise<void> {
    const { clock, random, timing } = this.#parts
    const { signal } = this.#closing
    let failures = 0
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const lasted = await this.#attempt(attempt > 0)
      failures = lasted >= STABLE ? 0 : failures + 1
      await clock.sleep(reconnectPause(timing.pauses, failures, random()), signal).catch(() => undefined)
    }
  }

  /** One connection from its beginning to its end; answers how long it lasted. */
  async #attempt(again: boolean): Promise<Millis> {
    const { open, clock, timing } = this.#parts
    const { signal } = this.#closing
    const begun = clock.monotonic()
    try {
      this.#session = await withDeadline(clock, timing.connect, signal, open)
    } catch (error) {
      if (!signal.aborted) this.#failed(error as Error, again, clock.monotonic() - begun)
      return 0
    }
    const linked = clock.monotonic()
    if (again) this.#observe('success', linked - begun)
    await this.#serve(this.#session)
    return clock.monotonic() - linked
  }

  async #serve(session: Session): Promise<void> {
    const { log, name } = this.#parts
    this.#made += 1
    log.info('connected to the appliance', { appliance: name })
    for (const hand of this.#waiting) hand(session)
    const { message } = await this.#watch(session)
    this.#session = undefined
    this.#lastFailure = message
    if (!this.#closing.signal.aborted) log.warn('connection to the appliance lost', { appliance: name, why: message })
  }

  /** Why the session has ended; ends it where the device stays silent although it is asked. */
  async #watch(session: Session): Promise<Error> {
    const { clock, timing } = this.#parts
    const either = AbortSignal.any([session.ended, this.#closing.signal])
    while (!either.aborted) {
      const heard = session.replies
      try {
        await clock.sleep(timing.idle, either)
        if (session.replies === heard) await this.#probe(session, either)
      } catch {
        // Either signal has ended the wait.
      }
    }
    session.destroy(this.#closing.signal.reason as Error)
    return (await aborted(session.ended)) as Error
  }

  async #probe(session: Session, signal: AbortSignal): Promise<void> {
    const { clock, timing } = this.#parts
    try {
      await withDeadline(clock, timing.probe, signal, bounded => session.probe(bounded))
    } catch {
      if (signal.aborted) return
      const silence = timing.idle + timing.probe
      session.destroy(new Error(`the device has not answered for ${silence} ms`))
    }
  }

  /** The same failure is a warning once only. */
  #failed(error: Error, again: boolean, took: Millis): void {
    const { log, name } = this.#parts
    if (again) this.#observe('failure', took)
    const fields = { appliance: name, why: error.message }
    if (error.message === this.#lastFailure) log.debug('the appliance cannot be reached', fields)
    else log.warn('the appliance cannot be reached', fields)
    this.#lastFailure = error.message
  }

  #observe(outcome: 'success' | 'failure', took: Millis): void {
    this.#parts.telemetry.observe({ type: 'device-reconnect', outcome, took })
  }
}
