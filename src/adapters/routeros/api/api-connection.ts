import type { Socket } from 'node:net'
import type { ConnectionOptions as TlsOptions } from 'node:tls'

export type SentenceListener = (words: readonly string[]) => void

export interface ConnectionOptions {
  readonly host: string
  readonly port: number
  /** Absent: a plain connection. */
  readonly tls?: TlsOptions
  /** Called for a sentence that is of no tag; throws to end the connection. */
  readonly onUntagged: SentenceListener
}

/** One connection that carries sentences of the binary API. Nothing is known of logins here. */
export interface ApiConnection {
  /** Connects; resolves with the socket once sentences can be sent, rejects with what ended it. To be called once. */
  connect(): Promise<Socket>
  /** Aborts with the cause, exactly once, however the connection ends: by the peer, by an error, or by `destroy`. */
  readonly ended: AbortSignal
  /** Sends the words as one sentence, in one piece. */
  send(words: readonly string[]): void
  /** Hands each sentence with this tag to the listener. */
  listen(tag: string, listener: SentenceListener): void
  /** Sentences with this tag are dropped from now on. */
  unlisten(tag: string): void
  /** Ends it at once; the first cause counts. */
  destroy(cause?: Error): void
}

export type MakeConnection = (options: ConnectionOptions) => ApiConnection
