import { ContainerModule, type ResolutionContext, type ServiceIdentifier } from 'inversify'
import type { Millis } from '../domain/ids.ts'
import { BackendHealth } from '../ports/backend-health.ts'
import { BackingFiles } from '../ports/backing-files.ts'
import { Clock } from '../ports/clock.ts'
import { ClusterReferences } from '../ports/cluster-references.ts'
import { FactListener } from '../ports/fact-sink.ts'
import { HardwareCensus } from '../ports/hardware-census.ts'
import { HostAccess } from '../ports/host-access.ts'
import { Logger } from '../ports/logger.ts'
import { OrphanCensus } from '../ports/orphan-census.ts'
import { OrphanLedger } from '../ports/orphan-ledger.ts'
import { SnapshotBackend } from '../ports/snapshot-backend.ts'
import { Telemetry } from '../ports/telemetry.ts'
import { VolumeBackend } from '../ports/volume-backend.ts'
import { AttachmentRegistry } from './attachment-registry.ts'
import { HardwareWatch } from './hardware-watch.ts'
import { OrphanCheck } from './orphan-check.ts'
import { OrphanSurvey } from './orphan-survey.ts'
import { OrphanSweep } from './orphan-sweep.ts'
import { RecentUse } from './recent-use.ts'
import { Snapshots } from './snapshots.ts'
import { Volumes } from './volumes.ts'

export interface OperationsSettings {
  readonly orphanInterval: Millis
  /** How long nothing may have named a thing before it is due. */
  readonly orphanGrace: Millis
  readonly orphanDelete: boolean
  readonly hardwareInterval: Millis
}

/** What keeps an eye on the appliance: the orphan check and the hardware's figures. */
export const operationsModule = (settings: OperationsSettings): ContainerModule =>
  new ContainerModule(({ bind }) => {
    const single = <T>(token: ServiceIdentifier<T>, make: (context: ResolutionContext) => T) =>
      bind(token).toDynamicValue(make).inSingletonScope()
    const told = (c: ResolutionContext) => ({ clock: c.get<Clock>(Clock), log: c.get<Logger>(Logger) })

    single(RecentUse, () => new RecentUse())
    bind(FactListener).toService(RecentUse)
    single(OrphanSurvey, c => surveyOf(c, settings))
    single(OrphanSweep, c => sweepOf(c))
    single(
      OrphanCheck,
      c => new OrphanCheck({ ...told(c), ...settings, survey: c.get(OrphanSurvey), sweep: c.get(OrphanSweep) }),
    )
    bind<OrphanCensus>(OrphanCensus).toService(OrphanCheck)
    single(
      HardwareWatch,
      c => new HardwareWatch({ ...told(c), ...settings, health: c.get<BackendHealth>(BackendHealth) }),
    )
    bind<HardwareCensus>(HardwareCensus).toService(HardwareWatch)
  })

const surveyOf = (c: ResolutionContext, { orphanGrace }: OperationsSettings) =>
  new OrphanSurvey({
    backend: c.get<VolumeBackend>(VolumeBackend),
    snapshotBackend: c.get<SnapshotBackend>(SnapshotBackend),
    files: c.get<BackingFiles>(BackingFiles),
    hosts: c.get<HostAccess>(HostAccess),
    registry: c.get(AttachmentRegistry),
    references: c.get<ClusterReferences>(ClusterReferences),
    ledger: c.get<OrphanLedger>(OrphanLedger),
    recent: c.get(RecentUse),
    clock: c.get<Clock>(Clock),
    orphanGrace,
  })

const sweepOf = (c: ResolutionContext) =>
  new OrphanSweep({
    survey: c.get(OrphanSurvey),
    volumes: c.get(Volumes),
    snapshots: c.get(Snapshots),
    files: c.get<BackingFiles>(BackingFiles),
    telemetry: c.get<Telemetry>(Telemetry),
    log: c.get<Logger>(Logger),
  })
