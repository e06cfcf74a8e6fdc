import type { LogFields, Logger } from '../../ports/logger.ts'

const MOST = 10_000

/** Warns once about each thing, however often it is looked at. Of very many the oldest are forgotten. */
export class WarnOnce {
  readonly #log: Logger
  readonly #warned = new Set<string>()

  constructor(log: Logger) {
    this.#log = log
  }

  warn(thing: string, message: string, fields: LogFields): void {
    if (this.#warned.has(thing)) return
    this.#log.warn(message, fields)
    this.#warned.add(thing)
    const [oldest] = this.#warned
    if (this.#warned.size > MOST && oldest !== undefined) this.#warned.delete(oldest)
  }

  /** The thing is well, or gone. */
  forget(thing: string): void {
    this.#warned.delete(thing)
  }
}
