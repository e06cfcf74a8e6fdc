import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { ApiSession } from './api-session.ts'
import type { DeviceCore } from '../device-core.ts'
import type { DeviceServer, ServerCertificate, ServerOptions } from '../device-server.ts'
import { ListeningPort } from '../listening-port.ts'

/** What a service of the binary API is told. */
export interface ApiServerOptions extends ServerOptions {
  /** With a certificate it is `api-ssl`, otherwise `api`. */
  readonly certificate?: ServerCertificate
}

/** One service of the binary API, plain or TLS. */
export class ApiServer implements DeviceServer {
  /** True: new connections are taken and never answered. */
  ignoreNew = false
  readonly #core: DeviceCore
  readonly #options: ApiServerOptions
  readonly #raw = new Set<Socket>()
  readonly #sessions = new Map<Socket, ApiSession>()
  #waiting: Socket[] = []
  readonly #listening = new ListeningPort(() => this.#create())

  constructor(core: DeviceCore, options: ApiServerOptions) {
    this.#core = core
    this.#options = options
  }

  /** The port that it listens on, or will again. */
  get port(): number {
    return this.#listening.port
  }

  /** The address that it listens on. */
  get host(): string {
    return this.#listening.host
  }

  /** How many sessions are open. */
  get sessions(): number {
    return this.#sessions.size
  }

  /** Listens; port 0 takes any free one, which it keeps for ever after. */
  async listen(host: string, port: number): Promise<void> {
    await this.#listening.listen(host, port)
  }

  /** Listens again where it did before; nothing while it still does. */
  async resume(): Promise<void> {
    await this.#listening.resume()
  }

  /** New connections are refused from now on; those that live go on. */
  pause(): void {
    this.#listening.pause()
  }

  /** Drops every connection, logged in or not. */
  drop(how: 'end' | 'reset'): void {
    for (const session of this.#sessions.values()) session.drop(how)
    for (const socket of this.#raw) socket.destroy()
  }

  /** Makes every session half-open. */
  forget(): void {
    for (const session of this.#sessions.values()) session.forget()
  }

  /** Stops listening and drops everything; resolves when the port is free. */
  async die(): Promise<void> {
    await this.#listening.die(() => this.drop('end'))
  }

  #create(): Server {
    const server = this.#service()
    return server.on('connection', (socket: Socket) => {
      this.#raw.add(socket)
      socket.on('error', () => socket.destroy())
      socket.once('close', () => this.#raw.delete(socket))
    })
  }

  #service(): Server {
    const { certificate } = this.#options
    const accept = (socket: Socket): void => this.#accept(socket)
    if (certificate === undefined) return createServer({ noDelay: true }, accept)
    // RouterOS speaks no TLS 1.3.
    const server = createTlsServer({ ...certificate, maxVersion: 'TLSv1.2', noDelay: true }, accept)
    return server.on('tlsClientError', (_, socket) => socket.destroy())
  }

  #accept(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#leave(socket))
    if (this.ignoreNew) return
    if (this.#sessions.size < this.#options.maxSessions) this.#serve(socket)
    else this.#overflow(socket)
  }

  #overflow(socket: Socket): void {
    const { overMaxSessions } = this.#core.state.switches
    if (overMaxSessions === 'queued') this.#waiting.push(socket)
    else if (overMaxSessions === 'reset' && !('encrypted' in socket)) socket.resetAndDestroy()
    else socket.destroy()
  }

  #serve(socket: Socket): void {
    const session = new ApiSession(socket, this.#core)
    this.#sessions.set(socket, session)
    session.start()
  }

  #leave(socket: Socket): void {
    this.#waiting = this.#waiting.filter(other => other !== socket)
    if (!this.#sessions.delete(socket)) return
    const next = this.#waiting.shift()
    if (next !== undefined) this.#serve(next)
  }
}
