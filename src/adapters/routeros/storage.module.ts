import type { ContainerModuleLoadOptions } from 'inversify'
import { Clock } from '../../ports/clock.ts'
import { Logger } from '../../ports/logger.ts'
import { SnapshotBackend } from '../../ports/snapshot-backend.ts'
import { VolumeBackend } from '../../ports/volume-backend.ts'
import type { Holdings } from './holdings.ts'
import { RouterOsSnapshotBackend } from './snapshot-backend.ts'
import { RouterOsVolumeBackend } from './volume-backend.ts'

/** Binds `VolumeBackend` and `SnapshotBackend`, on what is held under this key. */
export function bindStorage(bind: ContainerModuleLoadOptions['bind'], holdings: symbol): void {
  bind(VolumeBackend)
    .toResolvedValue(
      (held: Holdings, clock: Clock, log: Logger) => new RouterOsVolumeBackend(held, clock, log),
      [holdings, Clock, Logger],
    )
    .inSingletonScope()
  bind(SnapshotBackend)
    .toResolvedValue(
      (held: Holdings, clock: Clock, log: Logger) => new RouterOsSnapshotBackend(held, clock, log),
      [holdings, Clock, Logger],
    )
    .inSingletonScope()
}
