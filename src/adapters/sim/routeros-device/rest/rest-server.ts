import { createServer as createHttpServer } from 'node:http'
import type { DeviceCore } from '../device-core.ts'
import type { DeviceServer, ServerCertificate, ServerOptions } from '../device-server.ts'
import { ListeningPort } from '../listening-port.ts'
import { RestConnections } from './rest-connections.ts'
import { RestFront } from './rest-front.ts'

/** What the REST service is told. */
export interface RestServerOptions extends ServerOptions {
  /** With a certificate it is `www-ssl`, otherwise `www`. */
  readonly certificate?: ServerCertificate
  /** How long a request may run, in milliseconds; 60,000 (manual). */
  readonly limitMs?: number
  /** How long a login is kept, in milliseconds; 600,000 (manual). */
  readonly loginCacheMs?: number
}

const LIMIT_MS = 60_000
const LOGIN_CACHE_MS = 600_000
/** How long an idle connection is kept. Its real length is unknown. */
const KEEP_ALIVE_MS = 600_000

/** The REST API of a device, over HTTPS (TLS 1.2) or over HTTP. */
export class RestServer implements DeviceServer {
  readonly #connections: RestConnections
  readonly #front: RestFront
  readonly #listening = new ListeningPort(() => this.#connections.createServer())

  constructor(core: DeviceCore, options: RestServerOptions) {
    const { maxSessions, certificate, limitMs = LIMIT_MS, loginCacheMs = LOGIN_CACHE_MS } = options
    const http = createHttpServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) =>
      this.#front.serve(request, response),
    )
    http.on('clientError', (_, socket) => socket.destroy())
    this.#connections = new RestConnections(core, http, { maxSessions, certificate })
    const scheme = certificate === undefined ? 'http' : 'https'
    this.#front = new RestFront(core, this.#connections, { scheme, limitMs, loginCacheMs })
  }

  get host(): string {
    return this.#listening.host
  }

  get port(): number {
    return this.#listening.port
  }

  get sessions(): number {
    return this.#connections.count
  }

  get ignoreNew(): boolean {
    return this.#connections.ignoreNew
  }

  set ignoreNew(ignore: boolean) {
    this.#connections.ignoreNew = ignore
  }

  get enabled(): boolean {
    return this.#front.enabled
  }

  /** False: the REST API is turned off for this protocol, as with `rest-plain=no` or `rest-secure=no`. */
  set enabled(enabled: boolean) {
    this.#front.enabled = enabled
  }

  async listen(host: string, port: number): Promise<void> {
    await this.#listening.listen(host, port)
  }

  async resume(): Promise<void> {
    await this.#listening.resume()
  }

  pause(): void {
    this.#listening.pause()
  }

  drop(how: 'end' | 'reset'): void {
    this.#connections.dropAll(how)
  }

  forget(): void {
    this.#connections.forgetAll()
  }

  async die(): Promise<void> {
    await this.#listening.die(() => {
      this.drop('end')
      this.#front.endLogins()
    })
  }
}
