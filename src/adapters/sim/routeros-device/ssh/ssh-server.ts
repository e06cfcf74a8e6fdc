import { createServer, type Socket } from 'node:net'
import ssh2, { type ClientInfo, type Connection } from 'ssh2'
import type { DeviceCore } from '../device-core.ts'
import type { DeviceServer, ServerOptions } from '../device-server.ts'
import { ListeningPort } from '../listening-port.ts'
import { SshSession } from './ssh-session.ts'

/** What the SSH service is told. */
export interface SshServerOptions extends ServerOptions {
  /** Private host keys, PEM or OpenSSH's format: RSA of 2048 bits, ed25519, or both. */
  readonly hostKeys: readonly string[]
}

/** The library pings its clients; a device does not. */
const NEVER_MS = 2 ** 31 - 1

/** The SSH service: the console for commands and for people. */
export class SshServer implements DeviceServer {
  /** True: new connections are taken and never answered. */
  ignoreNew = false
  readonly #core: DeviceCore
  readonly #options: SshServerOptions
  readonly #ssh: ssh2.Server
  readonly #raw = new Set<Socket>()
  readonly #sessions = new Map<Socket, SshSession>()
  /** Sessions by the address of their clients: the library names a new connection by that. */
  readonly #byPeer = new Map<string, SshSession>()
  #waiting: Socket[] = []
  readonly #listening = new ListeningPort(() => createServer({ noDelay: true }, socket => this.#accept(socket)))

  constructor(core: DeviceCore, options: SshServerOptions) {
    this.#core = core
    this.#options = options
    const hostKeys = [...options.hostKeys]
    this.#ssh = new ssh2.Server({ hostKeys, ident: 'ROSSSH', keepaliveInterval: NEVER_MS }, (connection, info) =>
      this.#connected(connection, info),
    )
  }

  get port(): number {
    return this.#listening.port
  }

  get host(): string {
    return this.#listening.host
  }

  get sessions(): number {
    return this.#sessions.size
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
    for (const session of this.#sessions.values()) session.drop(how)
    for (const socket of this.#raw) socket.destroy()
  }

  forget(): void {
    for (const session of this.#sessions.values()) session.forget()
  }

  async die(): Promise<void> {
    await this.#listening.die(() => this.drop('end'))
  }

  #accept(socket: Socket): void {
    this.#raw.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#leave(socket))
    if (this.ignoreNew) return
    if (this.#sessions.size < this.#options.maxSessions) this.#serve(socket)
    else this.#overflow(socket)
  }

  #overflow(socket: Socket): void {
    const { overMaxSessions } = this.#core.state.switches
    if (overMaxSessions === 'queued') this.#waiting.push(socket)
    else if (overMaxSessions === 'reset') socket.resetAndDestroy()
    else socket.destroy()
  }

  #serve(socket: Socket): void {
    const session = new SshSession(socket, this.#core)
    const peer = peerOf(socket.remoteAddress, socket.remotePort)
    this.#sessions.set(socket, session)
    this.#byPeer.set(peer, session)
    socket.once('close', () => {
      if (this.#byPeer.get(peer) === session) this.#byPeer.delete(peer)
    })
    this.#ssh.injectSocket(socket)
  }

  #connected(connection: Connection, { ip, port }: ClientInfo): void {
    const session = this.#byPeer.get(peerOf(ip, port))
    if (session === undefined) connection.end()
    else session.serve(connection)
  }

  #leave(socket: Socket): void {
    this.#raw.delete(socket)
    this.#waiting = this.#waiting.filter(other => other !== socket)
    if (!this.#sessions.delete(socket)) return
    const next = this.#waiting.shift()
    if (next !== undefined) this.#serve(next)
  }
}

function peerOf(address: string | undefined, port: number | undefined): string {
  return `${address ?? ''} ${port ?? 0}`
}
