import type { SnapshotId, VolumeId } from '../../domain/ids.ts'
import { compareSnapshot, type Snapshot, type SnapshotSpec } from '../../domain/snapshot.ts'
import { StorageError } from '../../domain/errors.ts'
import type { Volume, VolumeSpec } from '../../domain/volume.ts'

/** One way to keep snapshots; each method as in SnapshotBackend. */
export interface Snapshots {
  snapshot(spec: SnapshotSpec, signal: AbortSignal): Promise<Snapshot>
  find(id: SnapshotId, signal: AbortSignal): Promise<Snapshot | undefined>
  list(signal: AbortSignal): Promise<readonly Snapshot[]>
  remove(id: SnapshotId, signal: AbortSignal): Promise<void>
  restore(spec: VolumeSpec, from: SnapshotId, signal: AbortSignal): Promise<Volume>
  clone(spec: VolumeSpec, from: VolumeId, signal: AbortSignal): Promise<Volume>
}

/** The snapshot, where it is what was asked for; else `conflict`. */
export function sameSnapshot(have: Snapshot, spec: SnapshotSpec): Snapshot {
  const comparison = compareSnapshot(have, spec)
  if (comparison.same) return have
  throw new StorageError('conflict', `snapshot ${spec.id} exists and differs: ${comparison.difference}`)
}

export const noSuchSnapshot = (id: SnapshotId): StorageError =>
  new StorageError('not-found', `snapshot ${id} does not exist`)

export const noSuchVolume = (id: VolumeId): StorageError => new StorageError('not-found', `volume ${id} does not exist`)
