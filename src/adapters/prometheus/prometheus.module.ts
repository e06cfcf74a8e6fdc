import { ContainerModule, type ContainerModuleLoadOptions } from 'inversify'
import { Registry } from 'prom-client'
import { AttachmentCensus } from '../../ports/attachment-census.ts'
import { BackendHealth } from '../../ports/backend-health.ts'
import { Clock } from '../../ports/clock.ts'
import { FactListener } from '../../ports/fact-sink.ts'
import { FencingCensus } from '../../ports/fencing-census.ts'
import { HardwareCensus } from '../../ports/hardware-census.ts'
import { Logger } from '../../ports/logger.ts'
import { NvmeInitiator } from '../../ports/nvme-initiator.ts'
import { OrphanCensus } from '../../ports/orphan-census.ts'
import { Telemetry } from '../../ports/telemetry.ts'
import { FactMetrics } from './fact-metrics.ts'
import { MetricsServer } from './http.ts'
import type { ListenAddress } from './listen-address.ts'
import { ReadyCheck } from './ready-check.ts'
import { type Role, type RoleTables, roleTables } from './role-tables.ts'
import { controllerGauges, type ControllerState, nodeGauges } from './state-gauges.ts'
import { PrometheusTelemetry } from './telemetry.ts'

export { MetricsServer } from './http.ts'
export { type ListenAddress, parseListenAddress } from './listen-address.ts'
export { ReadyCheck } from './ready-check.ts'

export interface PrometheusOptions {
  readonly role: Role
  readonly driverName: string
  /** Undefined: metrics are counted and served to nobody. */
  readonly listen: ListenAddress | undefined
}

/** What facts and observations do to the metrics, and the registry they are in; never the library's global one. */
const Tables = Symbol.for('PrometheusTables')
/** The same registry with the gauges in it. */
const Scraped = Symbol.for('PrometheusScraped')
/** What the gauges of a controller read. */
const Gauges = Symbol.for('PrometheusGauges')

type Bind = ContainerModuleLoadOptions['bind']

/**
 * Binds a `FactListener`, `Telemetry` and the `MetricsServer`, which has to be started. Needs `ReadyCheck`, `Clock` and
 * `Logger`; on a controller also `AttachmentCensus`, `BackendHealth`, `OrphanCensus`, `HardwareCensus` and
 * `FencingCensus`, on a node `NvmeInitiator`.
 */
export function prometheusModule({ role, driverName, listen }: PrometheusOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(Tables)
      .toResolvedValue(() => roleTables(new Registry(), role, driverName))
      .inSingletonScope()
    bind(FactListener)
      .toResolvedValue((tables: RoleTables, logger: Logger) => new FactMetrics(tables.facts, logger), [Tables, Logger])
      .inSingletonScope()
    bind(Telemetry)
      .toResolvedValue(
        (t: RoleTables, logger: Logger) => new PrometheusTelemetry(t.observations, logger),
        [Tables, Logger],
      )
      .inSingletonScope()
    bindGauges[role](bind)
    bind(MetricsServer)
      .toResolvedValue(
        (registry: Registry, ready: ReadyCheck, clock: Clock, logger: Logger) =>
          new MetricsServer({ registry, ready, clock, logger, listen }),
        [Scraped, ReadyCheck, Clock, Logger],
      )
      .inSingletonScope()
      .onDeactivation(server => server.close())
  })
}

/** Only the server asks for the gauges: what they read may itself depend on `Telemetry` or tell facts. */
const bindGauges: { readonly [R in Role]: (bind: Bind) => void } = {
  controller: bind => {
    bind(Scraped)
      .toResolvedValue(
        ({ registry }: RoleTables, state: ControllerState) => {
          controllerGauges(registry, state)
          return registry
        },
        [Tables, Gauges],
      )
      .inSingletonScope()
    bind(Gauges)
      .toDynamicValue(
        (c): ControllerState => ({
          census: c.get<AttachmentCensus>(AttachmentCensus),
          health: c.get<BackendHealth>(BackendHealth),
          orphans: c.get<OrphanCensus>(OrphanCensus),
          hardware: c.get<HardwareCensus>(HardwareCensus),
          fencing: c.get<FencingCensus>(FencingCensus),
          logger: c.get<Logger>(Logger),
        }),
      )
      .inSingletonScope()
  },
  node: bind => {
    bind(Scraped)
      .toResolvedValue(
        ({ registry }: RoleTables, initiator: NvmeInitiator, logger: Logger) => {
          nodeGauges(registry, { initiator, logger })
          return registry
        },
        [Tables, NvmeInitiator, Logger],
      )
      .inSingletonScope()
  },
}
