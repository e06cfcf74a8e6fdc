import type { About, Fact } from '../../domain/facts.ts'
import type { FactSink } from '../../ports/fact-sink.ts'
import type { Logger } from '../../ports/logger.ts'

/** One line for each fact: what happened to which volume, who holds it now, how long it took (milliseconds, one decimal). */
export class AuditLog implements FactSink {
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  publish(fact: Fact, about: About): void {
    const { volume, at, holders } = about
    const took = Math.round(about.took * 10) / 10
    this.#logger.info(`fact: ${fact.type}`, { volume, at, took, holders, fact })
  }
}
