import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Millis } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { ListenAddress } from './listen-address.ts'
import { respond, type RoutesOptions } from './routes.ts'

const FIRST_RETRY: Millis = 1000
const LONGEST_RETRY: Millis = 60_000
/** How long answers under way may take once the server closes. */
const DRAIN: Millis = 1000
/** How long a client may take to send its request. */
const REQUEST_LIMIT: Millis = 10_000

export interface MetricsServerOptions extends RoutesOptions {
  /** Undefined: no server at all. */
  readonly listen: ListenAddress | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** Serves metrics and health over HTTP. The driver never depends on it: without its port it goes on, and says so. */
export class MetricsServer {
  readonly #options: MetricsServerOptions
  readonly #stop = new AbortController()
  #server: Server | undefined
  #starting: Promise<void> = Promise.resolve()
  #retrying: Promise<void> = Promise.resolve()

  constructor(options: MetricsServerOptions) {
    this.#options = options
  }

  /** Where it listens; undefined while it does not. */
  get address(): AddressInfo | undefined {
    const address = this.#server?.address()
    return typeof address === 'object' && address !== null ? address : undefined
  }

  /**
   * Resolves once it listens or has failed to for the first time; never rejects. A port that is taken is asked for
   * again, less and less often, until `close`.
   */
  async start(): Promise<void> {
    const { listen } = this.#options
    if (listen === undefined || this.#stop.signal.aborted) return
    this.#starting = this.#open(listen)
    await this.#starting
  }

  /** Stops listening. Answers under way get a moment to finish. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the metrics server is closed'))
    await this.#starting
    await this.#retrying
    const server = this.#server
    this.#server = undefined
    if (server !== undefined) await this.#drain(server)
  }

  async #open(listen: ListenAddress): Promise<void> {
    const { logger } = this.#options
    const problem = await this.#bind(listen)
    if (problem === undefined) return
    logger.error(
      `no metrics: ${written(listen)} cannot be listened on (${problem.message}); the driver goes on without and keeps ` +
        'trying. Free the port or set --metrics-address',
    )
    this.#retrying = this.#retry(listen)
  }

  async #retry(listen: ListenAddress): Promise<void> {
    const { clock } = this.#options
    const { signal } = this.#stop
    for (let wait = FIRST_RETRY; !signal.aborted; wait = Math.min(wait * 2, LONGEST_RETRY)) {
      await clock.sleep(wait, signal).catch(() => undefined)
      if (signal.aborted || (await this.#bind(listen)) === undefined) return
    }
  }

  /** Why it cannot listen, or undefined once it does. */
  async #bind(listen: ListenAddress): Promise<Error | undefined> {
    const { logger } = this.#options
    const server = createServer((request, response) => void this.#answer(request, response))
    server.requestTimeout = REQUEST_LIMIT
    server.headersTimeout = REQUEST_LIMIT
    const problem = await new Promise<Error | undefined>(resolve => {
      server.once('error', resolve)
      server.listen({ port: listen.port, ...(listen.host === undefined ? {} : { host: listen.host }) }, () =>
        resolve(undefined),
      )
    })
    if (problem !== undefined) return problem
    server.on('error', err => logger.warn('metrics server', { err }))
    this.#server = server
    logger.info('metrics are served', { ...this.address })
    return undefined
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await respond(request, response, this.#options)
    } catch (err) {
      this.#options.logger.error('metrics could not be served', { err })
      if (!response.headersSent) response.writeHead(500)
      response.end()
    }
  }

  async #drain(server: Server): Promise<void> {
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    server.closeIdleConnections()
    const drained = new AbortController()
    const limit = this.#options.clock.sleep(DRAIN, drained.signal).then(
      () => server.closeAllConnections(),
      () => undefined,
    )
    await closed
    drained.abort()
    await limit
  }
}

const written = ({ host, port }: ListenAddress): string => `${host ?? '(every address)'}:${port}`
