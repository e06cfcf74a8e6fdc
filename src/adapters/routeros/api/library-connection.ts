import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { Connector } from 'node-routeros/dist/connector/Connector.js'
import type { ApiConnection, ConnectionOptions, SentenceListener } from './api-connection.ts'
import { SentenceRouter } from './sentence-router.ts'
import { encodeSentence } from './wire-codec.ts'

/*
 * The one place that knows the insides of node-routeros 1.6.9. What is used of it is its Connector, which opens the
 * socket, plain or TLS, and keeps the readers of tags. Its Transmitter, which writes each word on its own (and waits for
 * the peer's delayed acknowledgement in between), and its Receiver, which guesses where a sentence ends, are replaced. Its
 * Channel and RouterOSAPI are not used at all: commands that never settle, categories that get lost, replies unknown to
 * them that throw out of the socket's handler.
 */

/** What the library's Connector is made of; its own declarations hide it. */
interface LibraryConnector extends EventEmitter {
  socket: Socket
  receiver: SentenceReceiver
  transmitter: SentenceTransmitter
  connect(): this
  write(words: readonly string[]): this
  read(tag: string, reader: SentenceListener): void
  stopRead(tag: string): void
  onConnect(): void
}

/** The library divides by it; its own time-out is switched off below, deadlines are the session's business. */
const UNUSED_TIMEOUT_SECONDS = 3600
const LibraryConnector = Connector as unknown as new (
  options: ConnectionOptions & { timeout: number },
) => LibraryConnector

/** A connection on node-routeros. */
export class LibraryConnection implements ApiConnection {
  readonly #connector: HardenedConnector
  readonly #ended = new AbortController()

  constructor(options: ConnectionOptions) {
    this.#connector = new HardenedConnector(options)
  }

  get ended(): AbortSignal {
    return this.#ended.signal
  }

  connect(): Promise<Socket> {
    const connected = Promise.withResolvers<Socket>()
    this.#connector.once('gone', (cause: Error) => {
      this.#ended.abort(cause)
      connected.reject(cause)
    })
    this.#connector.once('connected', () => connected.resolve(this.#connector.socket))
    this.#connector.connect()
    return connected.promise
  }

  send(words: readonly string[]): void {
    this.#connector.write(words)
  }

  listen(tag: string, listener: SentenceListener): void {
    this.#connector.read(tag, listener)
  }

  unlisten(tag: string): void {
    this.#connector.stopRead(tag)
  }

  destroy(cause?: Error): void {
    this.#connector.destroy(cause)
  }
}

/** Emits `connected` once sentences can be sent, and `gone` with the cause exactly once. */
class HardenedConnector extends LibraryConnector {
  readonly #onUntagged: SentenceListener
  #cause: Error | undefined

  constructor(options: ConnectionOptions) {
    super({ ...options, timeout: UNUSED_TIMEOUT_SECONDS })
    this.#onUntagged = options.onUntagged
  }

  override connect(): this {
    super.connect()
    this.transmitter = new SentenceTransmitter(this.socket)
    this.receiver = new SentenceReceiver(this.#onUntagged)
    this.socket.setTimeout(0)
    this.socket.setNoDelay(true)
    this.socket.once('close', () => this.emit('gone', this.#cause ?? new Error('the device closed the connection')))
    return this
  }

  onData(chunk: Buffer): void {
    try {
      this.receiver.processRawData(chunk)
    } catch (error) {
      this.destroy(error as Error)
    }
  }

  onError(error: Error): void {
    this.destroy(error)
  }

  onEnd(): void {
    this.destroy()
  }

  destroy(cause?: Error): void {
    this.#cause ??= cause
    // Without one where connecting failed at once, as for a port that is none.
    const socket: Socket | undefined = this.socket
    socket?.destroy()
  }
}

/** Gathers the words of a sentence and sends them in one piece. */
class SentenceTransmitter {
  readonly #socket: Socket
  #words: string[] = []

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** A word, or `null` for the end of the sentence. */
  write(word: string | null): void {
    if (word !== null) this.#words.push(word)
    else {
      const sentence = this.#words
      this.#words = []
      this.#socket.write(encodeSentence(sentence))
    }
  }

  /** Nothing is ever sent before the connection is there. */
  runPool(): void {
    this.#words = []
  }
}

/** The router of sentences, by the names that the library has for what it does. */
class SentenceReceiver {
  readonly #router: SentenceRouter

  constructor(onUntagged: SentenceListener) {
    this.#router = new SentenceRouter(onUntagged)
  }

  read(tag: string, reader: SentenceListener): void {
    this.#router.listen(tag, reader)
  }

  stop(tag: string): void {
    this.#router.unlisten(tag)
  }

  processRawData(chunk: Buffer): void {
    this.#router.push(chunk)
  }
}
