import type { SnapshotId, VolumeId } from '../domain/ids.ts'
import type { Snapshot, SnapshotSpec } from '../domain/snapshot.ts'
import type { Volume, VolumeSpec } from '../domain/volume.ts'

/** What the pool can do about snapshots and clones. */
export type SnapshotAbility =
  /** At once, also of an attached volume: what is on it is as after a crash at that moment. */
  | { readonly way: 'instant' }
  /** By copying every byte, of detached volumes only; a snapshot is not ready before that is done. */
  | { readonly way: 'copy' }
  | { readonly way: 'none'; readonly why: string }

/**
 * Snapshots and what is made from them, on the backend where the volumes live. Every adapter passes
 * test/contracts/snapshot-backend.contract.ts. Errors, signals and ownership as with VolumeBackend; `unsupported` says
 * why, where the pool or the layout of this volume cannot do it. Callers keep calls for one snapshot, and for one volume,
 * apart; but several volumes may be made from one source at once, which nobody changes or removes meanwhile.
 */
export interface SnapshotBackend {
  /** From memory; `none` before VolumeBackend.start was done once. */
  ability(): SnapshotAbility
  /**
   * Takes the snapshot, or returns the one that was taken before; begins or goes on with copying where that is needed, and
   * does not wait for its end. Another source or group under the same id: `conflict`. Source absent: `not-found`. Source
   * attached, where it has to be copied: `precondition`. No space: `exhausted`, with nothing left over.
   */
  snapshot(spec: SnapshotSpec, signal: AbortSignal): Promise<Snapshot>
  /** The snapshot, or undefined when the backend itself said that there is none. */
  find(id: SnapshotId, signal: AbortSignal): Promise<Snapshot | undefined>
  /** All snapshots of this cluster, in no order; those of volumes that are gone too. */
  list(signal: AbortSignal): Promise<readonly Snapshot[]>
  /** Removes the snapshot; removing what is gone is success. Volumes made from it, and its source, are left as they are. */
  remove(id: SnapshotId, signal: AbortSignal): Promise<void>
  /**
   * Makes a volume with the snapshot's bytes, and zeroes after them where it is larger. As VolumeBackend.create, with
   * `not-found` where the snapshot is absent, `precondition` where it is not ready, `out-of-range` where it is larger.
   * `busy` while its bytes are being copied, which goes on by itself: until then nothing finds or lists the volume, asking
   * again tells how far it is, and VolumeBackend.remove ends it.
   */
  restore(spec: VolumeSpec, from: SnapshotId, signal: AbortSignal): Promise<Volume>
  /** As `restore`, with the bytes that the volume has at that moment. */
  clone(spec: VolumeSpec, from: VolumeId, signal: AbortSignal): Promise<Volume>
}
export const SnapshotBackend = Symbol.for('SnapshotBackend')
