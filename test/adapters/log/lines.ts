import { type LogFormat, type LogLevel, PinoLogger } from '../../../src/adapters/log/pino-logger.ts'

/** A logger whose lines stay in memory. */
export function loggerWithLines(level: LogLevel = 'info', format: LogFormat = 'json') {
  const lines: string[] = []
  const logger = new PinoLogger({ level, format, stream: { write: line => void lines.push(line) } })
  return {
    logger,
    lines,
    /** The last line, read back from JSON. */
    last: () => JSON.parse(lines.at(-1) ?? 'null') as Record<string, unknown>,
  }
}
