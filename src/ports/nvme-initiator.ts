import type { HostIdentity } from '../domain/host-identity.ts'
import type { Bytes, VolumeNqn } from '../domain/ids.ts'
import type { ConnectionProfile, Portal } from '../domain/volume-context.ts'

export interface NvmeTarget {
  readonly nqn: VolumeNqn
  /** Tried in order. */
  readonly portals: readonly Portal[]
  /** Who we are to the target; used exactly as given. */
  readonly host: HostIdentity
  readonly profile: ConnectionProfile
}

/** The block device behind a live session. */
export interface Device {
  /** What Filesystem works on; on Linux `/dev/nvmeXnY`. Never kept: asked for anew before each use. */
  readonly path: string
  readonly bytes: Bytes
}

export interface Connection {
  readonly device: Device
  /** True if this call made the session, so that whoever fails later knows what to undo. */
  readonly isNew: boolean
}

/** This node's NVMe/TCP host. Passes test/contracts/nvme-initiator.contract.ts. Errors are StorageErrors. */
export interface NvmeInitiator {
  /**
   * A live session to the volume and its device. Connecting again returns what is there. A target that cannot be reached
   * is `unavailable`; one that does not let this host in, or does not know the volume, is `precondition`.
   */
  connect(target: NvmeTarget, signal: AbortSignal): Promise<Connection>
  /** Ends the session; returns once it is gone. Success where there is none. */
  disconnect(nqn: VolumeNqn, signal: AbortSignal): Promise<void>
  /** The device of a live session, or undefined where there is none. */
  device(nqn: VolumeNqn, signal: AbortSignal): Promise<Device | undefined>
  /** Volumes of this driver with a live session. */
  sessions(): readonly VolumeNqn[]
  /** Asks the target for the size anew. No session: `precondition`. */
  rescan(nqn: VolumeNqn, signal: AbortSignal): Promise<Device>
}
export const NvmeInitiator = Symbol.for('NvmeInitiator')
