import type { ServerCertificate } from './device-server.ts'
import type { LatencyProfile } from './latency.ts'
import type { PoolOptions } from './pool.ts'
import type { DeviceAddress } from './running-device.ts'
import type { DeviceSwitches } from './switches.ts'
import type { HardwareState } from './system/hardware-state.ts'
import type { DeviceUser, Policy } from './users.ts'

/** What a device is started with; everything may be left out. */
export interface DeviceOptions {
  /** Where the plain API listens; port 0 takes a free one. Absent, as for the others: it does not. */
  readonly api?: DeviceAddress
  readonly apiTls?: DeviceAddress
  /** REST over HTTPS. */
  readonly rest?: DeviceAddress
  /** REST over HTTP. */
  readonly restPlain?: DeviceAddress
  readonly ssh?: DeviceAddress
  /** Where exported disks are reached. */
  readonly blocks?: DeviceAddress
  /** Further TCP ports that listen while a disk is exported on them. */
  readonly exportPorts?: { readonly first: number; readonly last: number }
  /** Name and password of the administrator: `admin` and `''`. */
  readonly user?: string
  readonly password?: string
  /** Rights of the administrator, where not all of them. */
  readonly policies?: readonly Policy[]
  /** Public keys of the administrator for SSH, one OpenSSH line each. */
  readonly keys?: readonly string[]
  /** Further users. */
  readonly users?: readonly DeviceUser[]
  /** Folder for the bytes of `/file` and for the state; without it a temporary one that goes with the device. */
  readonly dataDir?: string
  /** Size of the pool in bytes; 7,681,574,174,720, as captured. */
  readonly size?: number
  /** Slot and mount point of the pool; `storage-pool`. */
  readonly poolName?: string
  /** More about the pool: its file system is btrfs. */
  readonly pool?: Omit<Partial<PoolOptions>, 'name' | 'size'>
  /** How many arrays the listing shows as members of the pool's array; 0. */
  readonly raidMembers?: number
  /** Directories to be there, such as `storage-pool/volumes`; those above them are made as well. */
  readonly directories?: readonly string[]
  /** How long each command takes, in milliseconds; 0. */
  readonly latencyMs?: number
  /** How long which command takes. */
  readonly latency?: LatencyProfile
  /** How many commands work at once; any number. */
  readonly concurrency?: number
  /** `max-sessions` of each service; 20. */
  readonly maxSessions?: number
  /** How long a REST request may run, in milliseconds; 60,000. */
  readonly restLimitMs?: number
  /** How long REST keeps a login, in milliseconds; 600,000. */
  readonly restLoginCacheMs?: number
  /** How fast `/disk/copy` and `/file/copy` go, in bytes per second, and how often they tell, in milliseconds. */
  readonly copy?: { readonly bytesPerSecond: number; readonly tellMs?: number }
  /** Certificate of `apiTls` and `rest`; self-made when absent. */
  readonly certificate?: ServerCertificate
  /** Kind of the SSH host key; `rsa`, as by default. */
  readonly hostKeyType?: 'rsa' | 'ed25519'
  /** What the device tells of itself. */
  readonly system?: Partial<HardwareState>
  readonly switches?: Partial<DeviceSwitches>
  /** The device's clock, for `last-modified` and `uptime`. */
  readonly now?: () => Date
}

const DEFAULTS = {
  user: 'admin',
  password: '',
  users: [],
  size: 7_681_574_174_720,
  poolName: 'storage-pool',
  directories: [],
  raidMembers: 0,
  maxSessions: 20,
  hostKeyType: 'rsa',
  switches: {},
  now: () => new Date(),
} satisfies DeviceOptions

/** Options with those filled in that have a default. */
export type SettledOptions = DeviceOptions & Required<Pick<DeviceOptions, keyof typeof DEFAULTS>>

export function settleOptions(given: DeviceOptions): SettledOptions {
  return { ...DEFAULTS, ...given }
}
