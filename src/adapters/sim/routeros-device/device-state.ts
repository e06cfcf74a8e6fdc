import { DiskTable } from './disk-table.ts'
import { FileTree } from './file-tree.ts'
import { ItemIds } from './item-ids.ts'
import { Pool } from './pool.ts'
import { SparseFiles } from './sparse-files.ts'
import { DEFAULT_SWITCHES, type DeviceSwitches } from './switches.ts'
import { Traps } from './trap.ts'

/** What the state of a device is made from. */
export interface DeviceStateOptions {
  /** Folder of this machine that holds the bytes of `/file`. */
  readonly folder: string
  /** Name of the pool's item, also its mount point. */
  readonly poolName: string
  /** Size of the pool in bytes. */
  readonly poolSize: number
  readonly switches: Partial<DeviceSwitches>
  readonly now: () => Date
}

/** Everything that a device remembers; it outlives connections, and a restart. */
export class DeviceState {
  readonly pool: Pool
  readonly files: FileTree
  readonly disks: DiskTable
  readonly traps: Traps
  readonly now: () => Date
  readonly bootedAt: Date
  identity = 'MikroTik'
  #switches: DeviceSwitches

  constructor(options: DeviceStateOptions) {
    this.#switches = { ...DEFAULT_SWITCHES, ...options.switches }
    this.now = options.now
    this.bootedAt = options.now()
    const switches = (): DeviceSwitches => this.#switches
    // Ids start beyond those of the hardware that a real device lists first.
    const diskIds = new ItemIds(switches, 0x20)
    this.pool = new Pool({ name: options.poolName, size: options.poolSize, id: diskIds.take(), switches })
    this.files = new FileTree({
      ids: new ItemIds(switches, 0x100),
      pool: this.pool,
      bytes: new SparseFiles(options.folder),
      now: options.now,
    })
    this.disks = new DiskTable(this.files, diskIds, switches)
    this.traps = new Traps(switches)
  }

  get switches(): DeviceSwitches {
    return this.#switches
  }

  /** Changes some switches; what has happened already stays as it is. */
  setSwitches(change: Partial<DeviceSwitches>): void {
    this.#switches = { ...this.#switches, ...change }
  }

  /** Mounts the pool, or takes it away: its files vanish from `/file` and the disks on them fall into state E. */
  mountPool(mounted: boolean): void {
    this.pool.mounted = mounted
    this.disks.attachAll()
  }

  /** What a restart changes: exports begin anew, the pool may come later, ids may differ. */
  reboot(): void {
    this.disks.endExports()
    if (this.#switches.idStability === 'renumberedAtRestart') this.disks.renumber()
    this.mountPool(this.#switches.poolAfterRestart === 'mounted')
  }
}
