import type { ContainerModuleLoadOptions, ServiceIdentifier } from 'inversify'
import { ApplianceInventory } from '../../ports/appliance-inventory.ts'
import { BackendHealth } from '../../ports/backend-health.ts'
import { BackendInspection } from '../../ports/backend-inspection.ts'
import { BackingFiles } from '../../ports/backing-files.ts'
import { Clock } from '../../ports/clock.ts'
import { HardwareProbes } from '../../ports/hardware-probes.ts'
import { Appliance } from './appliance.ts'
import { RouterOsLink } from './link.ts'
import { ACCESSES } from './operations/access-checks.ts'
import { RouterOsBackingFiles } from './operations/backing-files.ts'
import { HealthReader } from './operations/health-reader.ts'
import { RouterOsInspection } from './operations/inspection.ts'
import { RouterOsInventory } from './operations/inventory.ts'
import type { OperationsOptions } from './operations/options.ts'
import { Reader } from './operations/reader.ts'
import { RouterOsProbes } from './probes/probes.ts'
import type { Transport } from './transport.ts'

type Bind = ContainerModuleLoadOptions['bind']

/**
 * Binds what looks at the appliance as a whole: `BackendHealth`, `BackendInspection`, `BackingFiles`, `ApplianceInventory` and
 * `HardwareProbes`.
 */
export function bindOperations(bind: Bind, transport: ServiceIdentifier<Transport>, options: OperationsOptions): void {
  const { basePath, user } = options
  const access = { user, ...(ACCESSES[options.transport] ?? { service: options.transport, policies: [] }) }
  bind(BackendHealth)
    .toResolvedValue(
      (way: Transport) => new RouterOsLink(way, options.address, new HealthReader(new Reader(way, basePath))),
      [transport],
    )
    .inSingletonScope()
  bind(BackendInspection)
    .toResolvedValue((way: Transport) => new RouterOsInspection(new Reader(way, basePath), access), [transport])
    .inSingletonScope()
  bind(BackingFiles)
    .toResolvedValue((way: Transport) => new RouterOsBackingFiles(new Appliance(way, basePath)), [transport])
    .inSingletonScope()
  bind(ApplianceInventory)
    .toResolvedValue((way: Transport) => new RouterOsInventory(new Appliance(way, basePath)), [transport])
    .inSingletonScope()
  bind(HardwareProbes)
    .toResolvedValue((way: Transport, clock: Clock) => new RouterOsProbes(way, options, clock), [transport, Clock])
    .inSingletonScope()
}
