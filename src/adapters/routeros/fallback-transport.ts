import type { Logger } from '../../ports/logger.ts'
import { OVER } from './link/session.ts'
import { type DeviceCommand, type DeviceReply, LinkError, type Transport, TrapError } from './transport.ts'

/** A transport, and what it is called in the log. */
export interface NamedTransport {
  readonly name: string
  readonly transport: Transport
}

type Several = readonly [first: NamedTransport, ...others: NamedTransport[]]

/**
 * Several ways to one device in the order of preference. A command goes over the first that is connected or, where none
 * is, over the first that can be; to another one it goes only where the device cannot have heard of it. Those before go on
 * trying to connect, so that the first is taken again as soon as it is back. Each change of the way is a warning in the log.
 */
export class FallbackTransport implements Transport {
  readonly #ways: Several
  readonly #log: Logger
  #used: NamedTransport

  constructor(ways: Several, log: Logger) {
    this.#ways = ways
    this.#log = log
    this.#used = ways[0]
  }

  /** Of the way that the next command takes. */
  get streams(): boolean {
    return this.#preferred().transport.streams
  }

  get connected(): boolean {
    return this.#ways.some(({ transport }) => transport.connected)
  }

  get made(): number {
    return this.#ways.reduce((sum, { transport }) => sum + transport.made, 0)
  }

  async run(command: DeviceCommand, signal: AbortSignal, over = new AbortController()): Promise<DeviceReply> {
    const failures: LinkError[] = []
    for (const way of this.#order()) {
      const end = new AbortController()
      try {
        const reply = await way.transport.run(command, signal, end)
        over.abort(OVER)
        this.#use(way, failures)
        return reply
      } catch (error) {
        if (isUnheard(error)) {
          failures.push(error)
          continue
        }
        follow(end.signal, over)
        if (error instanceof TrapError) this.#use(way, failures)
        throw error
      }
    }
    over.abort(OVER)
    throw together(failures)
  }

  async close(): Promise<void> {
    await Promise.all(this.#ways.map(({ transport }) => transport.close()))
  }

  #preferred(): NamedTransport {
    return this.#ways.find(({ transport }) => transport.connected) ?? this.#ways[0]
  }

  /** Nobody waits for a way that is not there while another one is. */
  #order(): readonly NamedTransport[] {
    const connected = this.#ways.filter(({ transport }) => transport.connected)
    return [...connected, ...this.#ways.filter(way => !connected.includes(way))]
  }

  /** The device has answered over this way. */
  #use(way: NamedTransport, failures: readonly LinkError[]): void {
    if (way === this.#used) return
    const why = failures.map(({ message }) => message).join('; ')
    const fields = { from: this.#used.name, to: way.name, ...(why !== '' && { why }) }
    this.#log.warn('another transport to the appliance is used from now on', fields)
    this.#used = way
  }
}

/** The device cannot have heard of the command. */
const isUnheard = (error: unknown): error is LinkError =>
  error instanceof LinkError && !error.unclear && error.failure !== 'timeout'

function follow(end: AbortSignal, over: AbortController): void {
  if (end.aborted) over.abort(OVER)
  else end.addEventListener('abort', () => over.abort(OVER), { once: true })
}

function together(failures: readonly LinkError[]): LinkError {
  const text = failures.map(({ message }) => message).join('; ')
  return new LinkError('not-connected', false, text, { cause: failures[0] })
}
