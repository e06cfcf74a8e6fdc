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
}

/**
 * A file of terabytes is allocated within seconds; what takes longer than a minute is not going to come. A link that fell
 * silent is noticed within the 10 to 15 seconds that sidecars give a call, so that they hear what is wrong.
 */
export const DEFAULT_TIMING: ApiTiming = {
  command: 60_000,
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

  async run(command: DeviceCommand, signal: AbortSignal): Promise<DeviceReply> {
    const { clock, telemetry } = this.#parts
    const begun = clock.monotonic()
    const observe = (outcome: Outcome): void =>
      telemetry.observe({ type: 'device-command', command: command.path, outcome, took: clock.monotonic() - begun })
    const progress = { sent: false }
    try {
      const work = (bounded: AbortSignal): Promise<DeviceReply> => this.#send(command, bounded, progress)
      const reply = await withDeadline(clock, this.#timing.command, signal, work)
      observe('success')
      return reply
    } catch (error) {
      observe('failure')
      if (!(error instanceof DeadlineError)) throw error
      const text = `${command.path} was not answered within ${this.#timing.command} ms`
      throw new LinkError('timeout', progress.sent, text, { cause: error })
    }
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  async #send(command: DeviceCommand, signal: AbortSignal, progress: { sent: boolean }): Promise<DeviceReply> {
    const session = await this.#link.session(signal)
    progress.sent = true
    return session.run(command, signal)
  }
}
