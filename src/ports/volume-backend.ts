import type { Bytes, VolumeId } from '../domain/ids.ts'
import type { Volume, VolumeSpec } from '../domain/volume.ts'

/** Space of the pool in which the volumes lie. */
export interface PoolCapacity {
  /** Bytes that new volumes can take; what the pool keeps back is not among them. */
  readonly free: Bytes
  readonly total: Bytes
  /** Bytes of the largest volume that can be made now, 0 where none can. */
  readonly largest: Bytes
}

/**
 * Where volumes live. Every adapter passes test/contracts/volume-backend.contract.ts.
 *
 * - Errors are StorageErrors. An outage is `unavailable` from every method and never absence; it may be retried.
 * - An aborted signal ends the wait with the signal's reason; what the backend made of the command is then found out by
 *   the next call, not guessed.
 * - Only volumes of this cluster are seen. What belongs to others is never listed, changed or removed; a name that
 *   another owner holds is a `conflict`. A volume of the older driver (without owner) is ours once it is asked for by id.
 * - Callers keep calls for one volume apart; calls for different volumes may overlap.
 */
export interface VolumeBackend {
  /** Learns what is there; until it is done once, every other method is `unavailable`. May be repeated. */
  start(signal: AbortSignal): Promise<void>
  /**
   * Makes the volume, with exactly these bytes, exported to nobody, and returns what the backend then has. Creating it
   * again with equal properties returns it; with others: `conflict`. No space: `exhausted`, with nothing left over.
   */
  create(spec: VolumeSpec, signal: AbortSignal): Promise<Volume>
  /** The volume, or undefined when the backend itself said that there is none; asked only where it is not known to be there. */
  find(id: VolumeId, signal: AbortSignal): Promise<Volume | undefined>
  /** As `find`, by what listings and later replies told alone; asked only where that is in doubt. Others' doings are not seen. */
  known(id: VolumeId, signal: AbortSignal): Promise<Volume | undefined>
  /** All volumes of this cluster, in no order. */
  list(signal: AbortSignal): Promise<readonly Volume[]>
  /** Grows the volume to exactly these bytes; never shrinks: a smaller size returns it as it is. Absent: `not-found`. */
  resize(id: VolumeId, bytes: Bytes, signal: AbortSignal): Promise<Volume>
  /**
   * Removes the volume and its bytes. Removing what is gone is success. `precondition` where it comes to light only now
   * that the volume is exported; an export that was known goes off first.
   */
  remove(id: VolumeId, signal: AbortSignal): Promise<void>
  /**
   * Keeps a text of at most 128 printable ASCII characters with the volume, for people; an empty one takes it away. Absent:
   * `not-found`. `precondition` where it is exported: whatever is set on it then may cut its sessions.
   */
  annotate(id: VolumeId, note: string, signal: AbortSignal): Promise<Volume>
  capacity(signal: AbortSignal): Promise<PoolCapacity>
}
export const VolumeBackend = Symbol.for('VolumeBackend')
