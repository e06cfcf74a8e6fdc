import type { HostNqn, VolumeId } from '../domain/ids.ts'

/** Whom the target lets in. */
export type Admitted =
  /** `fenced`: the last holder was lost, and the volume has not been allowed since. */
  | { readonly to: 'nobody'; readonly fenced?: true }
  | { readonly to: 'any' }
  /** Exactly this host; it need not be one of ours. `fenced`: alone, because a holder before it was lost. */
  | { readonly to: 'host'; readonly host: HostNqn; readonly fenced?: true }
  /** Just these, two or more, on targets that take a list. */
  | { readonly to: 'hosts'; readonly hosts: readonly HostNqn[] }

/** Somebody is let in. */
export type Export = Exclude<Admitted, { to: 'nobody' }>

/** One volume's export as the last reply told it. */
export interface KnownExport {
  readonly admitted: Admitted
  /** The TCP port of its export; undefined where nobody is let in. */
  readonly port: number | undefined
}

/**
 * Which hosts the target lets in to a volume. Passes test/contracts/host-access.contract.ts; errors and signals as with
 * VolumeBackend.
 */
export interface HostAccess {
  /**
   * Exports the volume to one host, to several, or to any. Does nothing where that is so already. A live export never moves
   * from one host to another: it is turned off, that is verified, and then it is turned on. What is exported is known from
   * listings and replies: what others did since is not seen. Absent volume: `not-found`. The mark `fenced` goes, or comes,
   * with it; on an export that is on already it is left as it is.
   */
  allow(volume: VolumeId, admitted: Export, signal: AbortSignal): Promise<void>
  /**
   * Changes whom a live export lets in without turning it off, which is for targets only whose sessions are known to
   * survive that; those of hosts that are let in no more may go on. Where nobody is let in it is as `allow`.
   */
  adjust(volume: VolumeId, admitted: Export, signal: AbortSignal): Promise<void>
  /**
   * Exports the volume to nobody, which ends every session. Success if the volume is gone or was not exported. `fenced`
   * keeps with the volume, over restarts of anybody, that its last holder was lost, or forgets it; it is left as it is
   * where this is undefined.
   */
  revoke(volume: VolumeId, signal: AbortSignal, fenced?: boolean): Promise<void>
  /** Whom the target lets in by its last reply, asked only where none is known. `nobody` where the volume is gone. */
  admitted(volume: VolumeId, signal: AbortSignal): Promise<Admitted>
  /** As `admitted`, at once and from memory; undefined where nothing is known of the volume. */
  known(volume: VolumeId): KnownExport | undefined
  /** The volumes that are marked as `fenced`, from memory. */
  fenced(): readonly VolumeId[]
}
export const HostAccess = Symbol.for('HostAccess')
