import { ContainerModule, type ResolutionContext, type ServiceIdentifier } from 'inversify'
import { exportRule, type FencingMode } from '../domain/fencing.ts'
import type { Millis } from '../domain/ids.ts'
import type { Installation } from '../domain/volume-parameters.ts'
import { AttachmentCensus } from '../ports/attachment-census.ts'
import { BackendHealth } from '../ports/backend-health.ts'
import { BackendInspection } from '../ports/backend-inspection.ts'
import { Clock } from '../ports/clock.ts'
import { Cluster } from '../ports/cluster.ts'
import { Digests } from '../ports/digests.ts'
import { FactSink } from '../ports/fact-sink.ts'
import { FencingCensus } from '../ports/fencing-census.ts'
import { HostAccess } from '../ports/host-access.ts'
import { Logger } from '../ports/logger.ts'
import { NetworkFence } from '../ports/network-fence.ts'
import { SnapshotBackend } from '../ports/snapshot-backend.ts'
import { Telemetry } from '../ports/telemetry.ts'
import { VolumeBackend } from '../ports/volume-backend.ts'
import { AttachmentRegistry } from './attachment-registry.ts'
import { Attachments } from './attachments.ts'
import { ContentSources } from './content-sources.ts'
import { ControllerLife } from './controller-life.ts'
import { Deadlines } from './deadlines.ts'
import { Detached } from './detached.ts'
import { Exports } from './exports.ts'
import { FencingCounts } from './fencing-counts.ts'
import { GroupSnapshots } from './group-snapshots.ts'
import { HardwareWatch } from './hardware-watch.ts'
import { Housekeeping } from './housekeeping.ts'
import { KeyedLock } from './keyed-lock.ts'
import { LostNodes } from './lost-nodes.ts'
import { OperationLog } from './operation-log.ts'
import { OrphanCheck } from './orphan-check.ts'
import { PublishedNodes } from './published-nodes.ts'
import { Readiness } from './readiness.ts'
import { Rebuilding } from './rebuilding.ts'
import { ReconcileExports } from './reconcile-exports.ts'
import { RecordWatch } from './record-watch.ts'
import { Snapshots } from './snapshots.ts'
import { UnconfirmedRecords } from './unconfirmed-records.ts'
import { VolumeChanges } from './volume-changes.ts'
import { Volumes } from './volumes.ts'

export interface ControllerSettings {
  readonly installation: Installation
  readonly onlineExpansion: boolean
  readonly fencing: FencingMode
  /** An export can name several hosts. */
  readonly hostLists: boolean
  /** How long a lost node, a vanished record or an unjustified export is waited for. */
  readonly grace: Millis
  readonly reconcileInterval: Millis
}

/** Every part a use case of the controller may need, by name. */
function partsOf(context: ResolutionContext) {
  return {
    backend: context.get<VolumeBackend>(VolumeBackend),
    hosts: context.get<HostAccess>(HostAccess),
    network: context.get<NetworkFence>(NetworkFence),
    health: context.get<BackendHealth>(BackendHealth),
    inspection: context.get<BackendInspection>(BackendInspection),
    cluster: context.get<Cluster>(Cluster),
    digests: context.get<Digests>(Digests),
    clock: context.get<Clock>(Clock),
    log: context.get<Logger>(Logger),
    telemetry: context.get<Telemetry>(Telemetry),
    registry: context.get(AttachmentRegistry),
    exports: context.get(Exports),
    lock: context.get(KeyedLock),
    operations: context.get(OperationLog),
    readiness: context.get(Readiness),
    unconfirmed: context.get(UnconfirmedRecords),
  }
}

const exportParts = (context: ResolutionContext) => ({
  hosts: context.get<HostAccess>(HostAccess),
  network: context.get<NetworkFence>(NetworkFence),
  cluster: context.get<Cluster>(Cluster),
  digests: context.get<Digests>(Digests),
})

/** The parts for what is done with volumes that nobody may be using meanwhile. */
const dataParts = (context: ResolutionContext) => ({
  ...partsOf(context),
  snapshots: context.get<SnapshotBackend>(SnapshotBackend),
  detached: context.get(Detached),
})

const volumeParts = (context: ResolutionContext) => ({
  ...dataParts(context),
  sources: context.get(ContentSources),
  published: context.get(PublishedNodes),
})

const recordParts = (context: ResolutionContext) => ({
  ...partsOf(context),
  attachments: context.get(Attachments),
  reconcile: context.get(ReconcileExports),
})

/** The use cases of the controller. */
export const controllerModule = (settings: ControllerSettings): ContainerModule =>
  new ContainerModule(({ bind }) => {
    const { grace, installation, onlineExpansion, reconcileInterval: interval } = settings
    const single = <T>(token: ServiceIdentifier<T>, make: (context: ResolutionContext) => T) =>
      bind(token).toDynamicValue(make).inSingletonScope()

    single(UnconfirmedRecords, () => new UnconfirmedRecords())
    single(AttachmentRegistry, c => new AttachmentRegistry(c.get<Clock>(Clock), c.get<FactSink>(FactSink)))
    bind<AttachmentCensus>(AttachmentCensus).toService(AttachmentRegistry)
    single(Exports, c => new Exports({ ...exportParts(c), rule: exportRule(settings.fencing, settings.hostLists) }))
    single(
      FencingCounts,
      c => new FencingCounts(settings.fencing, { ...exportParts(c), registry: c.get(AttachmentRegistry) }),
    )
    bind<FencingCensus>(FencingCensus).toService(FencingCounts)
    single(PublishedNodes, c => new PublishedNodes(partsOf(c)))
    single(Detached, c => new Detached({ ...partsOf(c), reconcile: c.get(ReconcileExports) }))
    single(ContentSources, c => new ContentSources(dataParts(c)))
    single(Volumes, c => new Volumes({ ...volumeParts(c), installation }))
    single(VolumeChanges, c => new VolumeChanges({ ...dataParts(c), onlineExpansion }))
    single(Snapshots, c => new Snapshots(dataParts(c)))
    single(GroupSnapshots, c => new GroupSnapshots(dataParts(c)))
    single(
      Attachments,
      c => new Attachments({ ...partsOf(c), reconcile: c.get(ReconcileExports), nvmePort: installation.nvmePort }),
    )
    single(Rebuilding, c => new Rebuilding(partsOf(c)))
    single(Deadlines, c => new Deadlines(partsOf(c)))
    single(LostNodes, c => new LostNodes({ ...partsOf(c), grace }))
    single(RecordWatch, c => new RecordWatch({ ...recordParts(c), grace }))
    single(ReconcileExports, c => new ReconcileExports({ ...partsOf(c), grace, interval }))
    single(Housekeeping, c => housekeepingOf(c))
    single(
      ControllerLife,
      c => new ControllerLife({ ...partsOf(c), rebuilding: c.get(Rebuilding), housekeeping: c.get(Housekeeping) }),
    )
  })

const housekeepingOf = (c: ResolutionContext) =>
  new Housekeeping({
    cluster: c.get<Cluster>(Cluster),
    clock: c.get<Clock>(Clock),
    log: c.get<Logger>(Logger),
    deadlines: c.get(Deadlines),
    lostNodes: c.get(LostNodes),
    records: c.get(RecordWatch),
    exports: c.get(ReconcileExports),
    orphans: c.get(OrphanCheck),
    hardware: c.get(HardwareWatch),
  })
