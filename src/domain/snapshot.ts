import type { Bytes, GroupId, Instant, SnapshotId, VolumeId } from './ids.ts'
import type { Comparison } from './volume.ts'

/** A snapshot to be made. */
export interface SnapshotSpec {
  readonly id: SnapshotId
  readonly source: VolumeId
  /** The group that it is a member of; undefined for one of its own. */
  readonly group: GroupId | undefined
}

/** A snapshot as the backend has it. */
export interface Snapshot {
  readonly id: SnapshotId
  readonly source: VolumeId
  /** What a volume made from it has at least; exact. */
  readonly bytes: Bytes
  readonly createdAt: Instant
  /** False while its bytes are being copied; nothing can be made from it before. */
  readonly ready: boolean
  readonly group: GroupId | undefined
}

/** Whether the snapshot that is there is the one that is asked for, so that asking again returns it. */
export function compareSnapshot(have: Snapshot, want: SnapshotSpec): Comparison {
  if (have.source !== want.source) {
    return { same: false, difference: `it was taken of volume ${have.source}, not of ${want.source}` }
  }
  if (have.group === want.group) return { same: true }
  const [is, asked] = [have.group, want.group].map(group => group ?? 'none')
  return { same: false, difference: `its group is ${is}, not ${asked}` }
}
