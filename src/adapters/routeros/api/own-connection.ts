import { createConnection, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ApiConnection, ConnectionOptions, SentenceListener } from './api-connection.ts'
import { SentenceRouter } from './sentence-router.ts'
import { encodeSentence } from './wire-codec.ts'

/** A connection on Node's own sockets. */
export class OwnConnection implements ApiConnection {
  readonly #options: ConnectionOptions
  readonly #router: SentenceRouter
  readonly #ended = new AbortController()
  #socket: Socket | undefined
  #cause: Error | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#router = new SentenceRouter(options.onUntagged)
  }

  get ended(): AbortSignal {
    return this.#ended.signal
  }

  connect(): Promise<Socket> {
    const { host, port, tls } = this.#options
    const connected = Promise.withResolvers<Socket>()
    this.ended.addEventListener('abort', () => connected.reject(this.ended.reason as Error), { once: true })
    const socket = tls === undefined ? createConnection({ host, port }) : connectTls({ ...tls, host, port })
    this.#socket = socket
    socket.setNoDelay(true)
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => connected.resolve(socket))
    socket.on('data', chunk => this.#take(chunk))
    socket.on('error', error => this.destroy(error))
    socket.once('end', () => this.destroy())
    socket.once('close', () => this.#ended.abort(this.#cause ?? new Error('the device closed the connection')))
    return connected.promise
  }

  send(words: readonly string[]): void {
    this.#socket?.write(encodeSentence(words))
  }

  listen(tag: string, listener: SentenceListener): void {
    this.#router.listen(tag, listener)
  }

  unlisten(tag: string): void {
    this.#router.unlisten(tag)
  }

  destroy(cause?: Error): void {
    this.#cause ??= cause
    this.#socket?.destroy()
  }

  #take(chunk: Buffer): void {
    try {
      this.#router.push(chunk)
    } catch (error) {
      this.destroy(error as Error)
    }
  }
}
