import { Agent } from 'node:https'
import type { Duplex } from 'node:stream'
import { openTls } from '../link/open-tls.ts'
import type { TlsTrust } from '../tls-trust.ts'

/** Connections that have not been used for so long are not used again: the device may be about to close them. */
const IDLE = 3000

/** Hears of the connection, or of why there is none; its declaration wants a stream in either case. */
type Done = (error: Error | null, stream: Duplex) => void

/** Keeps connections to a device that has proven who it is; requests, with their password, go over nothing else. */
export class TrustingAgent extends Agent {
  readonly #to: { readonly host: string; readonly port: number }
  readonly #trust: TlsTrust
  readonly #closing = new AbortController()

  constructor(to: { readonly host: string; readonly port: number }, trust: TlsTrust) {
    // A session that is taken up again shows no certificate.
    super({ keepAlive: true, maxSockets: 1, maxCachedSessions: 0, timeout: IDLE })
    this.#to = to
    this.#trust = trust
  }

  override createConnection(_options: unknown, done?: Done): undefined {
    void this.#connect(done)
  }

  override destroy(): void {
    this.#closing.abort(new Error('the link is closed'))
    super.destroy()
  }

  async #connect(done: Done | undefined): Promise<void> {
    const opened = await openTls(this.#to, this.#trust, this.#closing.signal).catch((error: Error) => error)
    if (opened instanceof Error) (done as ((error: Error) => void) | undefined)?.(opened)
    else done?.(null, opened)
  }
}
