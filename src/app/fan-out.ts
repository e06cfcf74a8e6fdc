import type { About, Fact } from '../domain/facts.ts'
import type { FactSink } from '../ports/fact-sink.ts'
import type { Logger } from '../ports/logger.ts'

/** Tells every listener each fact; one that fails is logged and keeps nobody else from hearing. */
export class FanOut implements FactSink {
  readonly #listeners: readonly FactSink[]
  readonly #log: Logger

  constructor(listeners: readonly FactSink[], log: Logger) {
    this.#listeners = listeners
    this.#log = log
  }

  publish(fact: Fact, about: About): void {
    for (const listener of this.#listeners) {
      try {
        listener.publish(fact, about)
      } catch (error) {
        this.#log.error('a fact could not be told', { fact: fact.type, volume: about.volume, error })
      }
    }
  }
}
