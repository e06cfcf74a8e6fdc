import { ContainerModule } from 'inversify'
import { FactListener } from '../../ports/fact-sink.ts'
import { Logger } from '../../ports/logger.ts'
import { AuditLog } from './audit-log.ts'
import { type LogOptions, PinoLogger } from './pino-logger.ts'

export type { LogFormat, LogLevel, LogOptions } from './pino-logger.ts'

/** `Logger`, and a `FactListener` that writes the audit lines. */
export function logModule(options: LogOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(Logger)
      .toResolvedValue(() => new PinoLogger(options))
      .inSingletonScope()
    bind(FactListener)
      .toResolvedValue((logger: Logger) => new AuditLog(logger), [Logger])
      .inSingletonScope()
  })
}
