import type { Logger, LogFields } from '../../src/ports/logger.ts'
import type { Observation, Telemetry } from '../../src/ports/telemetry.ts'

/** Keeps what is logged and observed. */
export class Recorder implements Logger, Telemetry {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields }[] = []
  readonly observations: Observation[] = []

  debug(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'debug', message, fields })
  }

  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', message, fields })
  }

  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', message, fields })
  }

  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', message, fields })
  }

  observe(observation: Observation): void {
    this.observations.push(observation)
  }

  /** Everything that was written, for a search for what must not be in it. */
  get text(): string {
    return JSON.stringify([this.lines, this.observations])
  }
}
