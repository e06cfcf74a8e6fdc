import type { Bytes, ClusterId, Instant, SnapshotId, VolumeId } from '../domain/ids.ts'

/** A volume on the appliance, whoever owns it. */
export interface FoundVolume {
  readonly id: VolumeId
  /** Undefined for a volume of the older driver, which tagged none. */
  readonly owner: ClusterId | undefined
  /** The CSI name that asked for it; undefined where none was kept. */
  readonly name: string | undefined
  /** Exact; undefined while there is nothing behind its disk. */
  readonly bytes: Bytes | undefined
  readonly createdAt: Instant | undefined
  readonly exported: boolean
  /** Whether its file lies flat in the folder, or in a subvolume of its own. */
  readonly layout: 'file' | 'subvolume'
  readonly folder: string
}

/** A snapshot on the appliance, whoever owns it. */
export interface FoundSnapshot {
  readonly id: SnapshotId
  readonly owner: ClusterId
  readonly source: VolumeId
  readonly bytes: Bytes | undefined
  readonly createdAt: Instant | undefined
}

export interface Inventory {
  readonly volumes: readonly FoundVolume[]
  readonly snapshots: readonly FoundSnapshot[]
}

/** Everything below the base path that this driver or the older one made, of every cluster. Reads only. */
export interface ApplianceInventory {
  /** Throws `unavailable` where the appliance cannot be read. */
  take(signal: AbortSignal): Promise<Inventory>
}
export const ApplianceInventory = Symbol.for('ApplianceInventory')
