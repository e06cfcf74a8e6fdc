import type { SnapshotId, VolumeId } from '../domain/ids.ts'
import type { StrayHolding } from '../domain/orphans.ts'

/** What is there of a volume or snapshot without the disk that would make it one. */
export type StrayFile = StrayHolding & {
  /** What its name says that it was made from; undefined where it says nothing. */
  readonly from: VolumeId | SnapshotId | undefined
}

/** The files of volumes and snapshots, for orphan hunting only. Errors and signals as with VolumeBackend. */
export interface BackingFiles {
  /**
   * Files and subvolumes inside the base path that are named as one of a volume or snapshot and that no disk uses, ours or
   * a stranger's, and volumes whose making from a source was never finished; asked of the backend, disks first. A file does not say whose it is. It goes with its volume or snapshot
   * (VolumeBackend.remove, SnapshotBackend.remove).
   */
  strays(signal: AbortSignal): Promise<readonly StrayFile[]>
}
export const BackingFiles = Symbol.for('BackingFiles')
