import type { DeviceSwitches } from '../../src/adapters/sim/routeros-device/switches.ts'
import type { FencingMode } from '../../src/domain/fencing.ts'
import type { SnapshotMode } from '../../src/domain/snapshot-mode.ts'

export const BASE_PATH = '/storage-pool/csi/volumes'
export const NVME_PORT = 4420
export const PASSWORD = 'a password of the simulated device'

/** How the controller reaches the appliance. */
export const TRANSPORTS = ['api', 'rest', 'ssh'] as const
export type TransportKind = (typeof TRANSPORTS)[number]

/** The appliance and the flags of the controller under which a story plays. */
export interface Setting {
  readonly wire: TransportKind
  readonly pool: 'btrfs' | 'xfs'
  readonly fencing: FencingMode
  readonly snapshots: SnapshotMode
  /** Orphans are looked for every few seconds, and deleted. */
  readonly sweeps: boolean
  readonly switches: Partial<DeviceSwitches>
}

export const USUAL: Setting = {
  wire: 'api',
  pool: 'btrfs',
  fencing: 'export',
  snapshots: 'auto',
  sweeps: false,
  switches: {},
}
