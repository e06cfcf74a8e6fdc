import { createServer, type Server, type Socket } from 'node:net'
import { chmod } from 'node:fs/promises'
import type { Bytes } from '../../../domain/ids.ts'
import { RelaySession } from './relay-session.ts'
import { type SocketPath, socketPath } from './socket-path.ts'

/** What a pod can do with a volume. Errors are StorageErrors; the signals end the wait. */
export interface BlockStore {
  size(): Bytes
  read(offset: number, length: number, signal: AbortSignal): Promise<Buffer>
  write(offset: number, data: Uint8Array, signal: AbortSignal): Promise<void>
  flush(signal: AbortSignal): Promise<void>
}

/** A UNIX socket that stands where a device node or a file would be, and speaks the block protocol for it. */
export class Relay {
  readonly #server: Server
  readonly #path: SocketPath
  readonly #sockets = new Set<Socket>()
  readonly #stop = new AbortController()

  private constructor(store: BlockStore, path: SocketPath) {
    this.#path = path
    this.#server = createServer(socket => this.#accept(socket, store))
  }

  /** Listens at a path where nothing may be. */
  static async listen(store: BlockStore, path: string): Promise<Relay> {
    const relay = new Relay(store, await socketPath(path))
    try {
      await relay.#listen()
      await chmod(path, 0o600)
      return relay
    } catch (error) {
      await relay.close()
      throw error
    }
  }

  /** Ends every connection and takes the socket away. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the volume is unmounted'))
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>(resolve => this.#server.close(() => resolve()))
    await this.#path.close()
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#path.path, resolve)
    })
  }

  #accept(socket: Socket, store: BlockStore): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#sockets.delete(socket))
    // A stream that breaks off or speaks another protocol ends with its socket; nobody else has to hear of it.
    new RelaySession(socket, store, this.#stop.signal).serve().catch(() => socket.destroy())
  }
}
