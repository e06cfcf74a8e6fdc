import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { Connector } from 'node-routeros/dist/connector/Connector.js'
import { encodeSentence, SentenceReader } from './wire-codec.ts'

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

interface ConnectorOptions {
  readonly host: string
  readonly port: number
  /** Absent: a plain connection. */
  readonly tls?: ConnectionOptions
  /** Called for a sentence that is of no tag; throws to end the connection. */
  readonly onUntagged: SentenceListener
}

type SentenceListener = (words: readonly string[]) => void

const TAG = '.tag='
/** The library divides by it; its own time-out is switched off below, deadlines are the session's business. */
const UNUSED_TIMEOUT_SECONDS = 3600
const LibraryConnector = Connector as unknown as new (
  options: ConnectorOptions & { timeout: number },
) => LibraryConnector

/**
 * One connection. Emits `connected` once commands can be sent, and `gone` with the cause exactly once, however the
 * connection ends: by the peer, by an error, or by `destroy`.
 */
export class ApiConnector extends LibraryConnector {
  readonly #onUntagged: SentenceListener
  #cause: Error | undefined

  constructor(options: ConnectorOptions) {
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

  /** Ends the connection at once; the first cause counts. */
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

/** Hands each sentence to the reader of its tag. A reply that comes too late for its reader is dropped. */
class SentenceReceiver {
  readonly #sentences = new SentenceReader()
  readonly #readers = new Map<string, SentenceListener>()
  readonly #onUntagged: SentenceListener

  constructor(onUntagged: SentenceListener) {
    this.#onUntagged = onUntagged
  }

  read(tag: string, reader: SentenceListener): void {
    this.#readers.set(tag, reader)
  }

  stop(tag: string): void {
    this.#readers.delete(tag)
  }

  processRawData(chunk: Buffer): void {
    for (const words of this.#sentences.push(chunk)) {
      const tag = words.find(word => word.startsWith(TAG))?.slice(TAG.length)
      const body = words.filter(word => !word.startsWith(TAG))
      // A tagged `!fatal` ends the connection like any other.
      if (tag === undefined || body[0] === '!fatal') this.#onUntagged(body)
      else this.#readers.get(tag)?.(body)
    }
  }
}
