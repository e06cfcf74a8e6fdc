import type { SnapshotFilter, Snapshots } from '../../app/snapshots.ts'
import { requestName, required, snapshotId, volumeId } from './fields.ts'
import type { Controller, ListSnapshotsRequest } from './gen/csi/v1/csi_pb.ts'
import { snapshotMessage } from './snapshot-message.ts'
import type { UnaryHandlers } from './unary.ts'

type Handlers = Required<
  Pick<UnaryHandlers<typeof Controller>, 'createSnapshot' | 'deleteSnapshot' | 'listSnapshots' | 'getSnapshot'>
>

/** The life of snapshots. Secrets are never needed, and a snapshot is reached from everywhere: both mean nothing. */
export function snapshotHandlers(snapshots: Snapshots): Handlers {
  return {
    createSnapshot: async (request, { signal }) => {
      const name = requestName(request.name)
      const source = volumeId(request.sourceVolumeId, 'source_volume_id')
      const wanted = { name, parameters: request.parameters }
      const volume = required(source, request.sourceVolumeId, 'source_volume_id')
      return { snapshot: snapshotMessage(await snapshots.create({ ...wanted, source: volume }, signal)) }
    },
    deleteSnapshot: async (request, { signal }) => {
      const id = snapshotId(request.snapshotId)
      if (id !== undefined) await snapshots.remove(id, signal)
      return {}
    },
    listSnapshots: async (request, { signal }) => {
      const wanted = { max: request.maxEntries, token: request.startingToken }
      const { items, next } = await snapshots.list(readFilter(request), wanted, signal)
      return { entries: items.map(item => ({ snapshot: snapshotMessage(item) })), nextToken: next ?? '' }
    },
    getSnapshot: async (request, { signal }) => {
      const id = required(snapshotId(request.snapshotId), request.snapshotId, 'snapshot_id')
      return { snapshot: snapshotMessage(await snapshots.get(id, signal)) }
    },
  }
}

/** Ids that can be none of this driver are no mistake here: nothing is listed for them. */
function readFilter(request: ListSnapshotsRequest): SnapshotFilter {
  const { snapshotId: snapshot, sourceVolumeId: source } = request
  return {
    id: snapshot === '' ? undefined : (snapshotId(snapshot) ?? 'unknown'),
    source: source === '' ? undefined : (volumeId(source, 'source_volume_id') ?? 'unknown'),
  }
}
