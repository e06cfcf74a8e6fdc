import { ContainerModule } from 'inversify'
import { Clock } from '../../../ports/clock.ts'
import { Filesystem } from '../../../ports/filesystem.ts'
import { Logger } from '../../../ports/logger.ts'
import { NvmeInitiator } from '../../../ports/nvme-initiator.ts'
import { Telemetry } from '../../../ports/telemetry.ts'
import { DeviceTable } from './device-table.ts'
import type { MissingNqn } from './device.ts'
import { SimulatedFilesystem } from './filesystem.ts'
import { SimulatedInitiator } from './initiator.ts'
import { observedFilesystem, observedInitiator } from './observed.ts'

export interface SimHostOptions {
  /** Which kernel the node behaves like when its target refuses a device that it had; `retries` where it is not given. */
  readonly onMissingNqn?: MissingNqn
  /** The address that the node's connections to volumes come from; whichever the system takes where it is not given. */
  readonly address?: string
}

/** `NvmeInitiator` and `Filesystem` of a node that has no kernel for them. Needs `Clock`, `Logger` and `Telemetry`. */
export function simHostModule({ onMissingNqn = 'retries', address }: SimHostOptions = {}): ContainerModule {
  const nature = { onMissingNqn, ...(address !== undefined && { address }) }
  return new ContainerModule(({ bind }) => {
    bind(DeviceTable)
      .toResolvedValue((clock: Clock, logger: Logger) => new DeviceTable(clock, logger, nature), [Clock, Logger])
      .inSingletonScope()
      .onDeactivation(devices => devices.close())
    bind(SimulatedFilesystem)
      .toResolvedValue(devices => new SimulatedFilesystem(devices), [DeviceTable])
      .inSingletonScope()
      .onDeactivation(filesystem => filesystem.close())
    bind<NvmeInitiator>(NvmeInitiator)
      .toResolvedValue(
        (devices: DeviceTable, telemetry: Telemetry, clock: Clock) =>
          observedInitiator(new SimulatedInitiator(devices), telemetry, clock),
        [DeviceTable, Telemetry, Clock],
      )
      .inSingletonScope()
    bind<Filesystem>(Filesystem)
      .toResolvedValue(
        (filesystem: SimulatedFilesystem, telemetry: Telemetry) => observedFilesystem(filesystem, telemetry),
        [SimulatedFilesystem, Telemetry],
      )
      .inSingletonScope()
  })
}
