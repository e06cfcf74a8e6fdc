import { type About, type Fact, type FactTable, tell } from '../../domain/facts.ts'
import type { FactSink } from '../../ports/fact-sink.ts'
import type { Logger } from '../../ports/logger.ts'

/** Counts what happened, by the table of its role. */
export class FactMetrics implements FactSink {
  readonly #table: FactTable
  readonly #logger: Logger

  constructor(table: FactTable, logger: Logger) {
    this.#table = table
    this.#logger = logger
  }

  publish(fact: Fact, about: About): void {
    try {
      tell(this.#table, fact, about)
    } catch (err) {
      this.#logger.error(`fact ${fact.type} could not be counted in full`, { volume: about.volume, err })
    }
  }
}
