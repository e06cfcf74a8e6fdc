import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { Snapshot } from '../../domain/snapshot.ts'

/** A snapshot as it is told. */
export const snapshotMessage = ({ id, source, bytes, createdAt, ready, group }: Snapshot) => ({
  snapshotId: id,
  sourceVolumeId: source,
  sizeBytes: BigInt(bytes),
  creationTime: timestampFromMs(createdAt),
  readyToUse: ready,
  groupSnapshotId: group ?? '',
})
