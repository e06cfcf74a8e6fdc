import { StorageError } from '../../../domain/errors.ts'
import type { Millis } from '../../../domain/ids.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Logger } from '../../../ports/logger.ts'
import type { Outcome, Telemetry } from '../../../ports/telemetry.ts'
import { requirePlain } from '../command-guard.ts'
import { DeadlineError, withDeadline } from '../deadline.ts'
import { type DeviceCommand, type DeviceReply, LinkError, type ReplyRow, type Transport } from '../transport.ts'
import { SessionLink, type LinkTiming } from './session-link.ts'
import { OVER, type Sending, type Session } from './session.ts'

export interface TransportTiming extends LinkTiming {
  /** For a command from its call to its whole reply. */
  readonly command: Millis
  /** How long a command may still take effect after its answer was given up. */
  readonly late: Millis
}

/**
 * A file of terabytes is allocated within seconds; what takes longer than a minute is not going to come. A link that fell
 * silent is noticed within the 10 to 15 seconds that sidecars give a call, so that they hear what is wrong.
 */
export const DEFAULT_TIMING: TransportTiming = {
  command: 60_000,
  late: 60_000,
  connect: 5000,
  wait: 2000,
  idle: 5000,
  probe: 4000,
  pauses: { first: 200, longest: 10_000 },
}

export interface TransportParts {
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  /** From 0 to 1; spreads the attempts to connect again. */
  readonly random?: () => number
}

/** What sets one transport apart from another. */
export interface Way {
  /** For logs and errors: where it leads. */
  readonly name: string
  /** Connects, makes sure who the device is, and only then says who we are. Leaves nothing open where that fails. */
  readonly open: (signal: AbortSignal) => Promise<Session>
  readonly streams: boolean
  /** A command is given no longer than this, whatever the timing says. */
  readonly longest?: Millis
}

/** A transport that keeps one session open. */
export class SessionTransport implements Transport {
  readonly streams: boolean
  readonly #name: string
  readonly #link: SessionLink
  readonly #timing: TransportTiming
  readonly #longest: Millis
  readonly #parts: TransportParts
  readonly #closing = new AbortController()

  constructor({ name, open, streams, longest = Infinity }: Way, timing: TransportTiming, parts: TransportParts) {
    this.streams = streams
    this.#name = name
    this.#timing = timing
    this.#longest = longest
    this.#parts = parts
    this.#link = new SessionLink({ ...parts, random: parts.random ?? Math.random, name, open, timing })
  }

  get connected(): boolean {
    return this.#link.connected
  }

  get made(): number {
    return this.#link.made
  }

  async run(command: DeviceCommand, signal: AbortSignal, over = new AbortController()): Promise<DeviceReply> {
    this.#requireRunnable(command, over)
    const { clock, telemetry } = this.#parts
    const span = Math.min(this.#timing.command, this.#longest)
    const begun = clock.monotonic()
    const observe = (outcome: Outcome): void =>
      telemetry.observe({ type: 'device-command', command: command.path, outcome, took: clock.monotonic() - begun })
    const sending: Sending = { sent: false, over }
    try {
      const reply = await withDeadline(clock, span, signal, (bounded, heard) =>
        this.#send(telling(command, heard), bounded, sending),
      )
      observe('success')
      return reply
    } catch (error) {
      observe('failure')
      this.#endLater(over, sending.sent && !(error instanceof LinkError && !error.unclear))
      if (!(error instanceof DeadlineError)) throw error
      const text = `${command.path} was not answered within ${span} ms`
      throw new LinkError('timeout', sending.sent, text, { cause: error })
    }
  }

  close(): Promise<void> {
    this.#closing.abort()
    return this.#link.close()
  }

  /** Nothing of a command that is refused here is ever sent. */
  #requireRunnable(command: DeviceCommand, over: AbortController): void {
    try {
      requirePlain(command)
      if (this.streams || command.progress === undefined) return
      const text = `${command.path} takes too long for ${this.#name}: it needs the binary API or SSH`
      throw new StorageError('unsupported', text)
    } catch (error) {
      over.abort(OVER)
      throw error
    }
  }

  /** A command that waited in a session which ended goes to the next one: nobody has heard of it. */
  async #send(command: DeviceCommand, signal: AbortSignal, sending: Sending): Promise<DeviceReply> {
    for (;;) {
      const session = await this.#link.session(signal)
      signal.throwIfAborted()
      try {
        return await session.run(command, signal, sending)
      } catch (error) {
        const isUnheard = error instanceof LinkError && error.failure === 'lost' && !error.unclear
        if (!isUnheard) throw error
      }
    }
  }

  /** What was sent and not answered is over with its late answer or, without one, after a while. */
  #endLater(over: AbortController, wasSent: boolean): void {
    if (over.signal.aborted) return
    if (!wasSent) return over.abort(OVER)
    const either = AbortSignal.any([over.signal, this.#closing.signal])
    const lapse = this.#parts.clock.sleep(this.#timing.late, either).catch(() => undefined)
    void lapse.then(() => over.abort(OVER))
  }
}

/** The command, of which each row that tells its progress also says that it is being worked on. */
function telling(command: DeviceCommand, heard: () => void): DeviceCommand {
  const { progress } = command
  if (progress === undefined) return command
  const hear = (row: ReplyRow): void => {
    heard()
    progress(row)
  }
  return { ...command, progress: hear }
}
