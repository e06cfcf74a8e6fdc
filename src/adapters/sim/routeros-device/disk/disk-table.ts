import type { BlockExport, BlockExports, BlockGate } from '../../blocks/block-exports.ts'
import type { SubvolumeTable } from '../btrfs/subvolume-table.ts'
import type { FileTree } from '../file/file-tree.ts'
import { type ItemIds, readId } from '../item-ids.ts'
import type { DeviceSwitches } from '../switches.ts'
import { type DiskItem, fileName, setting, wantsExport } from './disk-item.ts'
import { type ExportTerms, LiveExport } from './live-export.ts'
import { TrafficMeter } from './traffic-meter.ts'

/** What a disk table works with. */
export interface DiskTableParts {
  readonly files: FileTree
  readonly subvolumes: SubvolumeTable
  readonly ids: ItemIds
  readonly switches: () => DeviceSwitches
  readonly now: () => Date
  /** The pool's meter, which counts along. */
  readonly traffic: TrafficMeter
  readonly gate: BlockGate
}

/** What a disk table remembers of an item. */
export type DiskMemory = Pick<DiskItem, 'id' | 'settings'>

/** The file disks of a device and what is exported of them. Rules are the commands' business. */
export class DiskTable implements BlockExports {
  readonly gate: BlockGate
  readonly #disks = new Set<DiskItem>()
  readonly #parts: DiskTableParts

  constructor(parts: DiskTableParts) {
    this.#parts = parts
    this.gate = parts.gate
  }

  /** Items in the order in which they were made. */
  list(): DiskItem[] {
    return [...this.#disks]
  }

  /** The item with this `.id` (`*2B`) or slot. */
  find(reference: string): DiskItem | undefined {
    const id = readId(reference, '*')
    if (id === undefined) return this.bySlot(reference)
    for (const disk of this.#disks) if (disk.id === id) return disk
    return this.bySlot(reference)
  }

  bySlot(slot: string): DiskItem | undefined {
    for (const disk of this.#disks) if (disk.settings.get('slot') === slot) return disk
    return undefined
  }

  /** Adds an item and exports it when its settings say so. */
  add(settings: ReadonlyMap<string, string>): DiskItem {
    return this.#insert({ id: this.#parts.ids.take(), settings: new Map(settings) })
  }

  /** Removes the item and ends its export; the backing file stays (manual: "does not delete the file"). */
  remove(disk: DiskItem): void {
    this.#disks.delete(disk)
    this.#parts.ids.release(disk.id)
    disk.export?.end()
    disk.export = undefined
  }

  /** The NQN that an item is, or would be, exported under. Without one it is the slot (before 7.21); unknown since. */
  nqnOf(disk: Pick<DiskItem, 'settings'>): string {
    const slot = setting(disk, 'slot')
    const fallback = this.#parts.switches().defaultNqn === 'slot' ? slot : `nqn.2000-02.com.mikrotik:${slot}`
    return setting(disk, 'nvme-tcp-server-nqn') || fallback
  }

  /** Finds the files behind all items anew, after the pool came or went. */
  attachAll(): void {
    for (const disk of this.#disks) this.settle(disk, 'keep')
  }

  /**
   * Brings file and export in line with the settings. `anew` makes a live export again, which cuts its sessions; so does
   * a change of NQN or port, which nvmet can't make in place. Otherwise sessions live on.
   */
  settle(disk: DiskItem, sessions: 'keep' | 'anew'): void {
    disk.file = this.#parts.files.get(fileName(disk))
    const live = disk.export
    const wanted = this.#wantedTerms(disk)
    if (wanted === undefined) return this.#withdraw(disk)
    const same = live !== undefined && live.terms.nqn === wanted.nqn && live.terms.port === wanted.port
    if (same && sessions === 'keep') {
      const size = this.#parts.switches().resizeVisible === 'atOnce' ? wanted.size : live.terms.size
      live.terms = { ...wanted, size }
      live.admits = true
      return
    }
    live?.end()
    disk.export = new LiveExport(wanted, disk.traffic)
  }

  /** See `BlockExports`: the oldest item exported under this NQN on this port, if it lets the host in. */
  open(nqn: string, hostNqn: string, port: number): BlockExport | 'unknown-nqn' | 'host-not-allowed' {
    const matches = ({ terms, admits }: LiveExport): boolean => admits && terms.nqn === nqn && terms.port === port
    const live = this.list().find(disk => disk.export !== undefined && matches(disk.export))?.export
    if (live === undefined) return 'unknown-nqn'
    return live.lets(hostNqn, this.#parts.switches().allowHostList) ? live : 'host-not-allowed'
  }

  /** The TCP ports on which something is exported. */
  ports(): ReadonlySet<number> {
    return new Set(this.list().flatMap(disk => (disk.export === undefined ? [] : [disk.export.terms.port])))
  }

  /** Takes every export down, as a machine that stops does. */
  endExports(): void {
    for (const disk of this.#disks) {
      disk.export?.end()
      disk.export = undefined
    }
  }

  /** Gives every item another `.id`. */
  renumber(): void {
    for (const disk of this.#disks) disk.id = this.#parts.ids.take()
  }

  remember(): DiskMemory[] {
    return this.list().map(({ id, settings }) => ({ id, settings }))
  }

  /** The items as they were; exports begin anew. */
  recall(disks: readonly DiskMemory[]): void {
    for (const disk of disks) this.#insert(disk)
  }

  #insert({ id, settings }: DiskMemory): DiskItem {
    const traffic = new TrafficMeter(this.#parts.now, this.#parts.traffic)
    const disk: DiskItem = { id, settings, file: undefined, export: undefined, traffic }
    this.#disks.add(disk)
    this.settle(disk, 'anew')
    return disk
  }

  #withdraw(disk: DiskItem): void {
    const keeps = setting(disk, 'disabled') === 'true' && !this.#parts.switches().disableDropsSessions
    if (keeps && disk.export !== undefined && setting(disk, 'nvme-tcp-export') === 'true') {
      disk.export.admits = false
      return
    }
    disk.export?.end()
    disk.export = undefined
  }

  #wantedTerms(disk: DiskItem): ExportTerms | undefined {
    if (disk.file === undefined || !wantsExport(disk)) return undefined
    return {
      nqn: this.nqnOf(disk),
      port: Number(setting(disk, 'nvme-tcp-server-port')),
      allowedHost: setting(disk, 'nvme-tcp-server-allow-host-name'),
      file: this.#parts.files.locate(disk.file),
      size: disk.file.size,
      written: disk.file.written,
      readOnly: this.#parts.subvolumes.isReadOnly(disk.file.name),
    }
  }
}
