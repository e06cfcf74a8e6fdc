import { type DestinationStream, destination, pino, type Logger as Pino, stdTimeFunctions } from 'pino'
import type { LogFields, Logger } from '../../ports/logger.ts'
import { type PlainOptions, plainFields } from './plain.ts'
import { textLine } from './text-line.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
/** `json` for machines, `text` for people. */
export type LogFormat = 'json' | 'text'

export interface LogOptions {
  /** The least that is written. */
  readonly level: LogLevel
  readonly format: LogFormat
  /** Where lines go; standard output where none is given. */
  readonly stream?: DestinationStream
}

/** One line for each call, written before the call returns, so that nothing is lost when the process ends. */
export class PinoLogger implements Logger {
  readonly #pino: Pino
  readonly #plain: PlainOptions

  constructor({ level, format, stream }: LogOptions) {
    const out = stream ?? destination({ dest: 1, sync: true })
    this.#plain = { stacks: level === 'debug' }
    this.#pino = pino(
      {
        level,
        base: null,
        timestamp: stdTimeFunctions.isoTime,
        formatters: { level: label => ({ level: label }) },
        // Fields are plain already; the serializer that comes with the library would add to what looks like an error.
        serializers: { err: (value: unknown) => value },
      },
      format === 'json' ? out : { write: (line: string) => out.write(textLine(line)) },
    )
  }

  debug(message: string, fields?: LogFields): void {
    this.#write('debug', message, fields)
  }

  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields)
  }

  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields)
  }

  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields)
  }

  #write(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (this.#pino.isLevelEnabled(level)) this.#pino[level](plainFields(fields, this.#plain), message)
  }
}
