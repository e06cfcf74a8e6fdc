import { BtrfsState } from './btrfs/btrfs-state.ts'
import { SubvolumeTable } from './btrfs/subvolume-table.ts'
import { Changes } from './changes.ts'
import { DiskTable } from './disk/disk-table.ts'
import { HardwareDisks } from './disk/hardware-disks.ts'
import { TrafficMeter } from './disk/traffic-meter.ts'
import { Copies } from './file/copies.ts'
import { FileTree } from './file/file-tree.ts'
import { SparseFiles } from './file/sparse-files.ts'
import { FirewallGate } from './firewall/block-gate.ts'
import { Firewall } from './firewall/firewall.ts'
import { ItemIds } from './item-ids.ts'
import { Pool, type PoolOptions } from './pool.ts'
import { DEFAULT_SWITCHES, type DeviceSwitches } from './switches.ts'
import { HardwareState } from './system/hardware-state.ts'
import { Jobs } from './system/jobs.ts'
import type { ServiceInfo } from './system/service-menu.ts'
import { Traps } from './trap.ts'
import { type DeviceUser, Users } from './users.ts'

/** What the state of a device is made from. */
export interface DeviceStateOptions {
  /** Folder of this machine that holds the bytes of `/file`. */
  readonly folder: string
  readonly pool: PoolOptions
  readonly switches: Partial<DeviceSwitches>
  readonly users?: readonly DeviceUser[]
  readonly now: () => Date
}

/** Everything that a device remembers; it outlives connections, and a restart. */
export class DeviceState {
  readonly ids: {
    readonly disks: ItemIds
    readonly files: ItemIds
    readonly subvolumes: ItemIds
    readonly firewall: ItemIds
  }
  readonly pool: Pool
  readonly hardware: HardwareDisks
  readonly files: FileTree
  readonly subvolumes: SubvolumeTable
  readonly btrfs = new BtrfsState()
  readonly disks: DiskTable
  readonly copies = new Copies()
  /** What hosts do with all disks together. */
  readonly traffic: TrafficMeter
  readonly firewall: Firewall
  readonly gate: FirewallGate
  readonly users: Users
  readonly system = new HardwareState()
  readonly jobs = new Jobs()
  /** By the names of `/ip/service`. */
  readonly services = new Map<string, ServiceInfo>()
  readonly traps: Traps
  /** Announced after everything that changed something. */
  readonly changes = new Changes()
  readonly now: () => Date
  bootedAt: Date
  #switches: DeviceSwitches

  constructor({ folder, pool, switches: chosen, users = [], now }: DeviceStateOptions) {
    this.#switches = { ...DEFAULT_SWITCHES, ...chosen }
    this.now = now
    this.bootedAt = now()
    const switches = (): DeviceSwitches => this.#switches
    const ids = (first: number): ItemIds => new ItemIds(switches, first)
    // Ids start beyond those of the hardware that a real device lists first.
    this.ids = { disks: ids(0x20), files: ids(0x100), subvolumes: ids(0x10), firewall: ids(1) }
    this.pool = new Pool({ ...pool, id: this.ids.disks.take(), switches })
    this.hardware = new HardwareDisks(this.ids.disks)
    this.files = new FileTree({ ids: this.ids.files, pool: this.pool, bytes: new SparseFiles(folder), now })
    const storage = { files: this.files, pool: this.pool, switches, now }
    this.subvolumes = new SubvolumeTable({ ...storage, ids: this.ids.subvolumes })
    this.traffic = new TrafficMeter(now)
    this.firewall = new Firewall(this.ids.firewall)
    this.gate = new FirewallGate(this.firewall, switches)
    const exporting = { subvolumes: this.subvolumes, traffic: this.traffic, gate: this.gate }
    this.disks = new DiskTable({ ...storage, ...exporting, ids: this.ids.disks })
    this.users = new Users(users)
    this.traps = new Traps(switches)
  }

  get switches(): DeviceSwitches {
    return this.#switches
  }

  /** The release that the device runs, such as `7.24.4`. */
  get version(): string {
    return this.system.version
  }

  /** Name of the device. */
  get identity(): string {
    return this.system.identity
  }

  /** Changes some switches; what has happened already stays as it is. */
  setSwitches(change: Partial<DeviceSwitches>): void {
    this.#switches = { ...this.#switches, ...change }
  }

  /** A moment as the device's clock writes it: `2026-11-21 14:03:59`. */
  readonly localTime = (at: Date): string => {
    const local = new Date(at.getTime() + this.system.utcOffset * 60_000)
    return local.toISOString().slice(0, 19).replace('T', ' ')
  }

  /** Mounts the pool, or takes it away: its files vanish from `/file` and the disks on them fall into state E. */
  mountPool(mounted: boolean): void {
    this.pool.mounted = mounted
    this.disks.attachAll()
    this.changes.announce()
  }

  /** What a restart changes: exports begin anew, the pool may come later, ids may differ. */
  reboot(): void {
    this.disks.endExports()
    this.subvolumes.bury()
    this.bootedAt = this.now()
    if (this.#switches.idStability === 'renumberedAtRestart') this.disks.renumber()
    this.mountPool(this.pool.mountFilesystem && this.#switches.poolAfterRestart === 'mounted')
  }
}
