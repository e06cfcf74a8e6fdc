import { ContainerModule, type ResolutionContext, type ServiceIdentifier } from 'inversify'
import type { Millis } from '../domain/ids.ts'
import type { Installation } from '../domain/volume-parameters.ts'
import { AttachmentCensus } from '../ports/attachment-census.ts'
import { Clock } from '../ports/clock.ts'
import { Cluster } from '../ports/cluster.ts'
import { Digests } from '../ports/digests.ts'
import { FactSink } from '../ports/fact-sink.ts'
import { HostAccess } from '../ports/host-access.ts'
import { Logger } from '../ports/logger.ts'
import { Telemetry } from '../ports/telemetry.ts'
import { VolumeBackend } from '../ports/volume-backend.ts'
import { AttachmentRegistry } from './attachment-registry.ts'
import { Attachments } from './attachments.ts'
import { ControllerLife } from './controller-life.ts'
import { Deadlines } from './deadlines.ts'
import { Exports } from './exports.ts'
import { Housekeeping } from './housekeeping.ts'
import { KeyedLock } from './keyed-lock.ts'
import { LostNodes } from './lost-nodes.ts'
import { OperationLog } from './operation-log.ts'
import { Readiness } from './readiness.ts'
import { Rebuilding } from './rebuilding.ts'
import { ReconcileExports } from './reconcile-exports.ts'
import { RecordWatch } from './record-watch.ts'
import { UnconfirmedRecords } from './unconfirmed-records.ts'
import { Volumes } from './volumes.ts'

export interface ControllerSettings {
  readonly installation: Installation
  readonly onlineExpansion: boolean
  /** How long a lost node, a vanished record or an unjustified export is waited for. */
  readonly grace: Millis
  readonly reconcileInterval: Millis
}

/** Every part a use case of the controller may need, by name. */
function partsOf(context: ResolutionContext) {
  return {
    backend: context.get<VolumeBackend>(VolumeBackend),
    hosts: context.get<HostAccess>(HostAccess),
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

/** The use cases of the controller. */
export const controllerModule = (settings: ControllerSettings): ContainerModule =>
  new ContainerModule(({ bind }) => {
    const { grace, installation, onlineExpansion, reconcileInterval: interval } = settings
    const single = <T>(token: ServiceIdentifier<T>, make: (context: ResolutionContext) => T) =>
      bind(token).toDynamicValue(make).inSingletonScope()

    single(UnconfirmedRecords, () => new UnconfirmedRecords())
    single(AttachmentRegistry, c => new AttachmentRegistry(c.get<Clock>(Clock), c.get<FactSink>(FactSink)))
    bind<AttachmentCensus>(AttachmentCensus).toService(AttachmentRegistry)
    single(Exports, c => new Exports(c.get<HostAccess>(HostAccess), c.get<Cluster>(Cluster), c.get<Digests>(Digests)))
    single(
      Volumes,
      c => new Volumes({ ...partsOf(c), installation, onlineExpansion, reconcile: c.get(ReconcileExports) }),
    )
    single(Attachments, c => new Attachments({ ...partsOf(c), reconcile: c.get(ReconcileExports) }))
    single(Rebuilding, c => new Rebuilding(partsOf(c)))
    single(Deadlines, c => new Deadlines(partsOf(c)))
    single(LostNodes, c => new LostNodes({ ...partsOf(c), grace }))
    single(RecordWatch, c => new RecordWatch({ ...partsOf(c), attachments: c.get(Attachments), grace }))
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
  })
