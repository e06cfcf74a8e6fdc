import type { Millis } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Outcome, Telemetry } from '../../ports/telemetry.ts'
import { ApiLink, type LinkTiming } from './api-link.ts'
import { type ApiAccess, ApiSession } from './api-session.ts'
import { DeadlineError, withDeadline } from './deadline.ts'
import { type DeviceCommand, type DeviceReply, LinkError, type Transport } from './transport.ts'

export interface ApiTiming extends LinkTiming {
  /** For a command from its call to its whole reply. */
  readonly command: Millis
  /** How long a command may still take effect after its answer was given up. */
  readonly late: Millis
}

/**
 * A file of terabytes is allocated within seconds; what takes longer than a minute is not going to come. A link that fell
 * silent is noticed within the 10 to 15 seconds that sidecars give a call, so that they hear what is wrong.
 */
export const DEFAULT_TIMING: ApiTiming = {
  command: 60_000,
  late: 60_000,
  connect: 5000,
  wait: 2000,
  idle: 5000,
  probe: 4000,
  pauses: { first: 200, longest: 10_000 },
}

interface Parts {
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  /** From 0 to 1; spreads the attempts to connect again. */
  readonly random?: () => number
}

/** RouterOS' binary API: one connection, on which commands overlap. */
export class ApiTransport implements Transport {
  readonly #link: ApiLink
  readonly #timing: ApiTiming
  readonly #parts: Parts
  readonly #closing = new AbortController()

  constructor(access: ApiAccess, timing: ApiTiming, parts: Parts) {
    this.#timing = timing
    this.#parts = parts
    this.#link = new ApiLink({
      ...parts,
      random: parts.random ?? Math.random,
      name: `${access.address}:${access.port}`,
      open: signal => ApiSession.open(access, signal),
      timing,
    })
  }

  get connected(): boolean {
    return this.#link.connected
  }

  async run(command: DeviceCommand, signal: AbortSignal, over = new AbortController()): Promise<DeviceReply> {
    const { clock, telemetry } = this.#parts
    const begun = clock.monotonic()
    const observe = (outcome: Outcome): void =>
      telemetry.observe({ type: 'device-command', command: command.path, outcome, took: clock.monotonic() - begun })
    const progress = { sent: false }
    try {
      const work = (bounded: AbortSignal): Promise<DeviceReply> => this.#send(command, bounded, { over, progress })
      const reply = await withDeadline(clock, this.#timing.command, signal, work)
      observe('success')
      return reply
    } catch (error) {
      observe('failure')
      this.#endLater(over, progress.sent && !(error instanceof LinkError && !error.unclear))
      if (!(error instanceof DeadlineError)) throw error
      const text = `${command.path} was not answered within ${this.#timing.command} ms`
      throw new LinkError('timeout', progress.sent, text, { cause: error })
    }
  }

  close(): Promise<void> {
    this.#closing.abort()
    return this.#link.close()
  }

  async #send(
    command: DeviceCommand,
    signal: AbortSignal,
    { over, progress }: { readonly over: AbortController; readonly progress: { sent: boolean } },
  ): Promise<DeviceReply> {
    const session = await this.#link.session(signal)
    signal.throwIfAborted()
    progress.sent = true
    return session.run(command, signal, over)
  }

  /** What was sent and not answered is over with its late answer or, without one, after a while. */
  #endLater(over: AbortController, wasSent: boolean): void {
    if (over.signal.aborted) return
    if (!wasSent) return over.abort()
    const either = AbortSignal.any([over.signal, this.#closing.signal])
    const lapse = this.#parts.clock.sleep(this.#timing.late, either).catch(() => undefined)
    void lapse.then(() => over.abort())
  }
}
