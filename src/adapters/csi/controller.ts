import type { Attachments } from '../../app/attachments.ts'
import type { Readiness } from '../../app/readiness.ts'
import type { Snapshots } from '../../app/snapshots.ts'
import type { VolumeChanges } from '../../app/volume-changes.ts'
import type { Volumes } from '../../app/volumes.ts'
import type { SnapshotAbility } from '../../ports/snapshot-backend.ts'
import { attachmentHandlers } from './controller-attachments.ts'
import { changeHandlers } from './controller-changes.ts'
import { snapshotHandlers } from './controller-snapshots.ts'
import { volumeHandlers } from './controller-volumes.ts'
import { type Controller, ControllerServiceCapability_RPC_Type as RPC } from './gen/csi/v1/csi_pb.ts'
import { onceReady } from './once-ready.ts'
import type { UnaryHandlers } from './unary.ts'

export interface ControllerUseCases {
  readonly volumes: Volumes
  readonly changes: VolumeChanges
  readonly snapshots: Snapshots
  readonly attachments: Attachments
  readonly readiness: Readiness
}

/** Exactly what works, whatever the pool is. */
const ALWAYS = [
  RPC.CREATE_DELETE_VOLUME,
  RPC.PUBLISH_UNPUBLISH_VOLUME,
  RPC.LIST_VOLUMES,
  RPC.LIST_VOLUMES_PUBLISHED_NODES,
  RPC.GET_VOLUME,
  RPC.GET_CAPACITY,
  RPC.EXPAND_VOLUME,
  RPC.MODIFY_VOLUME,
  RPC.SINGLE_NODE_MULTI_WRITER,
]

/** What the pool decides. Sidecars ask once: a pool that becomes another kind needs them to be started anew. */
const WITH_SNAPSHOTS = [RPC.CREATE_DELETE_SNAPSHOT, RPC.LIST_SNAPSHOTS, RPC.GET_SNAPSHOT, RPC.CLONE_VOLUME]

const capabilities = ({ way }: SnapshotAbility) => [...ALWAYS, ...(way === 'none' ? [] : WITH_SNAPSHOTS)]

/** The Controller service. Every call is `unavailable` until the driver is ready, whatever else is wrong with it. */
export function controllerHandlers(
  { volumes, changes, snapshots, attachments, readiness }: ControllerUseCases,
  rdsAddress: string,
): UnaryHandlers<typeof Controller> {
  const handlers: UnaryHandlers<typeof Controller> = {
    ...volumeHandlers(volumes, rdsAddress),
    ...changeHandlers(changes),
    ...snapshotHandlers(snapshots),
    ...attachmentHandlers(attachments),
    controllerGetCapabilities: async () => ({
      capabilities: capabilities(snapshots.ability()).map(type => ({ type: { case: 'rpc', value: { type } } })),
    }),
  }
  return onceReady(handlers, readiness)
}
