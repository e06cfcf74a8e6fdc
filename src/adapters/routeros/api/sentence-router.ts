import type { SentenceListener } from './api-connection.ts'
import { SentenceReader } from './wire-codec.ts'

const TAG = '.tag='

/** Hands each sentence of a stream to the listener of its tag. A reply that comes too late for its listener is dropped. */
export class SentenceRouter {
  readonly #sentences = new SentenceReader()
  readonly #listeners = new Map<string, SentenceListener>()
  readonly #onUntagged: SentenceListener

  constructor(onUntagged: SentenceListener) {
    this.#onUntagged = onUntagged
  }

  listen(tag: string, listener: SentenceListener): void {
    this.#listeners.set(tag, listener)
  }

  unlisten(tag: string): void {
    this.#listeners.delete(tag)
  }

  /** Throws where the stream is no sentences any more, and what a listener throws. */
  push(chunk: Buffer): void {
    for (const words of this.#sentences.push(chunk)) {
      const tag = takeTag(words)
      // A tagged `!fatal` ends the connection like any other.
      if (tag === undefined || words[0] === '!fatal') this.#onUntagged(words)
      else this.#listeners.get(tag)?.(words)
    }
  }
}

/** Takes the tag out of a sentence, which is nobody else's yet. Undefined where it has none. */
function takeTag(words: string[]): string | undefined {
  const at = words.findIndex(word => word.startsWith(TAG))
  return at < 0 ? undefined : words.splice(at, 1)[0]?.slice(TAG.length)
}
