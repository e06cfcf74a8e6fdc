import type { HostNqn, VolumeId } from '../domain/ids.ts'

/** Whom the target lets in. */
export type Admitted =
  | { readonly to: 'nobody' }
  | { readonly to: 'any' }
  /** Exactly this host; it need not be one of ours. */
  | { readonly to: 'host'; readonly host: HostNqn }

/**
 * Which hosts the target lets in to a volume. Passes test/contracts/host-access.contract.ts; errors and signals as with
 * VolumeBackend.
 */
export interface HostAccess {
  /**
   * Exports the volume to one host, or to any. Does nothing where that is so already. A live export never moves from
   * one host to another: it is turned off, that is verified, and then it is turned on. What is exported is known from
   * listings and replies: what others did since is not seen. Absent volume: `not-found`.
   */
  allow(volume: VolumeId, admitted: Exclude<Admitted, { to: 'nobody' }>, signal: AbortSignal): Promise<void>
  /** Exports the volume to nobody, which ends every session. Success if the volume is gone or was not exported. */
  revoke(volume: VolumeId, signal: AbortSignal): Promise<void>
  /** Whom the target lets in by its last reply, asked only where none is known. `nobody` where the volume is gone. */
  admitted(volume: VolumeId, signal: AbortSignal): Promise<Admitted>
}
export const HostAccess = Symbol.for('HostAccess')
