import { createServer, type Server, type Socket } from 'node:net'
import type { BlockExports } from './block-exports.ts'
import { HostSession } from './host-session.ts'

/** A TCP port that serves the bytes of whatever `exports` lets in. */
export class BlockServer {
  readonly #exports: BlockExports
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #port = 0

  constructor(exports: BlockExports) {
    this.#exports = exports
  }

  /** The port that it listens on; after `die` the one that it will listen on again. 0 before the first `listen`. */
  get port(): number {
    return this.#port
  }

  /** How many connections are open now. */
  get connections(): number {
    return this.#sockets.size
  }

  /** Listens at `host`, on `port` or, when that is 0, on the one it had before or any free one. */
  async listen(host: string, port: number): Promise<void> {
    const server = createServer({ noDelay: true }, socket => this.#accept(socket))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port: port === 0 ? this.#port : port }, resolve)
    })
    const address = server.address()
    this.#server = server
    if (typeof address === 'object' && address !== null) this.#port = address.port
  }

  /** Stops listening and cuts every session at once, like a machine that lost its power. */
  async die(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    for (const socket of this.#sockets) socket.destroy()
    if (server !== undefined) await new Promise<void>(resolve => server.close(() => resolve()))
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#sockets.delete(socket))
    // A session ends with its socket and reports its refusals to the host; nothing is left to say here.
    new HostSession(socket, this.#exports, this.#port).serve().catch(() => socket.destroy())
  }
}
