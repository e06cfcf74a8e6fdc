import type { Server as HttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { DeviceCore } from '../device-core.ts'
import type { ServerCertificate, ServerOptions } from '../device-server.ts'

export interface RestConnectionsOptions extends ServerOptions {
  /** With a certificate it is `www-ssl`, otherwise `www`. */
  readonly certificate: ServerCertificate | undefined
}

const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress}|${remotePort}`

/** The connections of a web server: counted, dropped, forgotten. They outlive the server that took them. */
export class RestConnections {
  /** True: new connections are taken and never answered. */
  ignoreNew = false
  readonly #core: DeviceCore
  readonly #http: HttpServer
  readonly #options: RestConnectionsOptions
  readonly #raw = new Map<string, Socket>()
  /** Each with its number. */
  readonly #served = new Map<Socket, number>()
  readonly #mute = new WeakSet<Socket>()
  #waiting: Socket[] = []

  constructor(core: DeviceCore, http: HttpServer, options: RestConnectionsOptions) {
    this.#core = core
    this.#http = http
    this.#options = options
  }

  /** How many connections are served. */
  get count(): number {
    return this.#served.size
  }

  /** A server that feeds the web server; it can be closed while its connections live on. */
  createServer(): Server {
    const { certificate } = this.#options
    const accept = (socket: Socket): void => this.#accept(socket)
    // RouterOS speaks no TLS 1.3.
    const secure = certificate && createTlsServer({ ...certificate, maxVersion: 'TLSv1.2', noDelay: true }, accept)
    const server = secure ?? createServer({ noDelay: true }, accept)
    secure?.on('tlsClientError', (_, socket) => socket.destroy())
    return server.on('connection', (socket: Socket) => this.#follow(socket))
  }

  /** Number of a connection, counted over all services of the device. */
  numberOf(socket: Socket): number {
    return this.#served.get(socket) ?? 0
  }

  /** Whether nothing is answered on this connection any more. */
  isMute(socket: Socket): boolean {
    return this.#mute.has(socket)
  }

  /** Drops one connection, with FIN or with RST. */
  drop(socket: Socket, how: 'end' | 'reset'): void {
    // Below TLS only the TCP socket itself can send an RST.
    const raw = this.#raw.get(peerOf(socket))
    if (how === 'reset' && raw !== undefined) raw.resetAndDestroy()
    else socket.destroy()
  }

  dropAll(how: 'end' | 'reset'): void {
    for (const socket of this.#served.keys()) this.drop(socket, how)
    for (const socket of this.#raw.values()) socket.destroy()
  }

  /** Makes every connection half-open: nothing is read, answered or closed any more. */
  forgetAll(): void {
    for (const socket of this.#served.keys()) {
      this.#mute.add(socket)
      socket.pause()
    }
  }

  #follow(raw: Socket): void {
    const peer = peerOf(raw)
    this.#raw.set(peer, raw)
    raw.on('error', () => raw.destroy())
    raw.once('close', () => this.#raw.delete(peer))
  }

  #accept(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#leave(socket))
    if (this.ignoreNew) return
    if (this.#served.size < this.#options.maxSessions) this.#serve(socket)
    else this.#overflow(socket)
  }

  #overflow(socket: Socket): void {
    const { overMaxSessions } = this.#core.state.switches
    if (overMaxSessions === 'queued') this.#waiting.push(socket)
    else this.drop(socket, overMaxSessions === 'reset' ? 'reset' : 'end')
  }

  #serve(socket: Socket): void {
    this.#served.set(socket, this.#core.nextConnection())
    this.#http.emit('connection', socket)
  }

  #leave(socket: Socket): void {
    this.#waiting = this.#waiting.filter(other => other !== socket)
    if (!this.#served.delete(socket)) return
    const next = this.#waiting.shift()
    if (next !== undefined) this.#serve(next)
  }
}
