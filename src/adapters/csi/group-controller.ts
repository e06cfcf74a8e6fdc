import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { GroupSnapshots } from '../../app/group-snapshots.ts'
import type { Readiness } from '../../app/readiness.ts'
import type { GroupSnapshot } from '../../domain/group-snapshot.ts'
import type { SnapshotId, VolumeId } from '../../domain/ids.ts'
import { groupId, invalid, requestName, required, snapshotId, volumeId } from './fields.ts'
import { type GroupController, GroupControllerServiceCapability_RPC_Type as RPC } from './gen/csi/v1/csi_pb.ts'
import { onceReady } from './once-ready.ts'
import { snapshotMessage } from './snapshot-message.ts'
import type { UnaryHandlers } from './unary.ts'

type Handlers = UnaryHandlers<typeof GroupController>

/** The GroupController service. Every call is `unavailable` until the driver is ready, whatever else is wrong with it. */
export function groupHandlers(groups: GroupSnapshots, readiness: Readiness): Handlers {
  const handlers: Handlers = {
    groupControllerGetCapabilities: async () => ({
      capabilities: groups.isAble()
        ? [{ type: { case: 'rpc', value: { type: RPC.CREATE_DELETE_GET_VOLUME_GROUP_SNAPSHOT } } }]
        : [],
    }),
    createVolumeGroupSnapshot: async (request, { signal }) => {
      const name = requestName(request.name)
      const sources = readSources(request.sourceVolumeIds)
      const wanted = { name, parameters: request.parameters, sources: sources() }
      return { groupSnapshot: groupMessage(await groups.create(wanted, signal)) }
    },
    deleteVolumeGroupSnapshot: async (request, { signal }) => {
      const id = groupId(request.groupSnapshotId)
      const named = readMembers(request.snapshotIds)
      if (id !== undefined) await groups.remove(id, named, signal)
      return {}
    },
    getVolumeGroupSnapshot: async (request, { signal }) => {
      const id = groupId(request.groupSnapshotId)
      const named = readMembers(request.snapshotIds)
      const wanted = required(id, request.groupSnapshotId, 'group_snapshot_id')
      return { groupSnapshot: groupMessage(await groups.get(wanted, named, signal)) }
    },
  }
  return onceReady(handlers, readiness)
}

/** Well-formed ids; whether they can be volumes of ours is asked for when all other fields have been read. */
function readSources(texts: readonly string[]): () => readonly VolumeId[] {
  if (texts.length === 0) throw invalid('source_volume_ids', 'are missing: at least one is needed')
  const field = (index: number) => `source_volume_ids[${index}]`
  const ids = texts.map((text, index) => volumeId(text, field(index)))
  return () => ids.map((id, index) => required(id, texts[index] ?? '', field(index)))
}

/** A name that none of our snapshots can have is no member of any group. */
function readMembers(texts: readonly string[]): readonly SnapshotId[] {
  return texts.map((text, index) => {
    const id = snapshotId(text, `snapshot_ids[${index}]`)
    if (id !== undefined) return id
    throw invalid(`snapshot_ids[${index}]`, `${JSON.stringify(text)} is no snapshot of this driver`)
  })
}

const groupMessage = ({ id, members, createdAt, ready }: GroupSnapshot) => ({
  groupSnapshotId: id,
  snapshots: members.map(snapshotMessage),
  creationTime: timestampFromMs(createdAt),
  readyToUse: ready,
})
