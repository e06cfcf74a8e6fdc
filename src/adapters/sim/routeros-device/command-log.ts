import type { Service } from './command.ts'

/** One command as it arrived. */
export interface LoggedCommand {
  readonly path: string
  /** The other words, in the order sent, without tags and without anything secret. */
  readonly words: readonly string[]
  /** When it arrived. */
  readonly at: Date
  /** Number of the connection, counted from 1 over the device's life. */
  readonly connection: number
  readonly service: Service
}

/** Older entries are dropped beyond this many. */
const LIMIT = 20_000
const SECRET = /^=[^=]*(?:password|secret|encryption-key)[^=]*=/

/** What clients asked for over all services, so that tests can count round trips. Logins are in it without their words. */
export class CommandLog {
  readonly #entries: LoggedCommand[] = []

  get entries(): readonly LoggedCommand[] {
    return this.#entries
  }

  /** Notes a command: its path, then its words as the binary API has them. */
  add(words: readonly string[], at: Date, connection: number, service: Service): void {
    const [path = '', ...rest] = words
    const kept = path === '/login' ? [] : rest.filter(word => !word.startsWith('.tag=') && !SECRET.test(word))
    this.#entries.push({ path, words: kept, at, connection, service })
    if (this.#entries.length > LIMIT) this.#entries.shift()
  }

  clear(): void {
    this.#entries.length = 0
  }
}
