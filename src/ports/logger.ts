export type LogFields = Readonly<Record<string, unknown>>

/** Structured log. Fields must not hold secrets; the writer redacts nothing by guessing. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}
export const Logger = Symbol.for('Logger')
