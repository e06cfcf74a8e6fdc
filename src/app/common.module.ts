import { ContainerModule } from 'inversify'
import { Clock } from '../ports/clock.ts'
import { FactListener, FactSink } from '../ports/fact-sink.ts'
import { Logger } from '../ports/logger.ts'
import { FanOut } from './fan-out.ts'
import { KeyedLock } from './keyed-lock.ts'
import { OperationLog } from './operation-log.ts'
import { Readiness } from './readiness.ts'

/** What the controller and the node have in common. */
export const commonModule = (): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(KeyedLock)
      .toResolvedValue(() => new KeyedLock())
      .inSingletonScope()
    bind(Readiness)
      .toResolvedValue(() => new Readiness())
      .inSingletonScope()
    bind<FactSink>(FactSink)
      .toResolvedValue(
        (sinks: FactSink[], log: Logger) => new FanOut(sinks, log),
        [{ isMultiple: true, serviceIdentifier: FactListener }, Logger],
      )
      .inSingletonScope()
    bind(OperationLog)
      .toResolvedValue((facts: FactSink, clock: Clock) => new OperationLog(facts, clock), [FactSink, Clock])
      .inSingletonScope()
  })
