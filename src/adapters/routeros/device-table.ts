import { folderOf, imagePlace } from './device-path.ts'
import { type DiskReading, DiskReadings, readDiskRow } from './disk-readings.ts'
import type { DiskRow } from './disk-row.ts'
import { FileTable } from './file-table.ts'
import { isUnfinished, type KnownDisk, type Ownership } from './known-disk.ts'
import type { SnapshotId, VolumeId } from '../../domain/ids.ts'
import type { ItemId } from './slot.ts'
import type { SnapshotDisk } from './snapshot-disk.ts'
import { SubvolumeTable } from './subvolume-table.ts'

/** A listing under way. What happens to volumes and snapshots after it was asked for is not undone by what it shows. */
export interface Listing {
  readonly touched: Set<ItemId>
}

/**
 * What the appliance has, as far as its replies told: the disks that are volumes or snapshots, and the files and
 * subvolumes below the base path. What is in doubt is that of which a command has no known outcome.
 */
export class DeviceTable {
  readonly files = new FileTable()
  readonly subvolumes = new SubvolumeTable()
  readonly #disks = new Map<VolumeId, KnownDisk>()
  readonly #snapshots = new Map<SnapshotId, SnapshotDisk>()
  /** Slots of strangers' disks by their backing file. */
  readonly #strangers = new Map<string, string>()
  readonly #doubts = new Set<ItemId>()
  readonly #listings = new Set<Listing>()
  readonly #readings = new DiskReadings()

  /** The disk of a volume; undefined also for one that is still being made from its source. */
  disk(id: VolumeId): KnownDisk | undefined {
    const disk = this.#disks.get(id)
    return disk !== undefined && isUnfinished(disk) ? undefined : disk
  }

  /** The disk in the volume's place, finished or not. */
  anyDisk(id: VolumeId): KnownDisk | undefined {
    return this.#disks.get(id)
  }

  /** Volumes with our owner tag. Those of the older driver are not ours before they are asked for by id and published. */
  tagged(): KnownDisk[] {
    return [...this.#disks.values()].filter(disk => disk.tag !== undefined && !isUnfinished(disk))
  }

  /** The ports on which other volumes are exported. */
  exportedPorts(except: VolumeId): number[] {
    return [...this.#disks.values()].flatMap(({ id, port }) => (port === undefined || id === except ? [] : [port]))
  }

  /** The disk that is this snapshot, ready or not. */
  snapshotDisk(id: SnapshotId): SnapshotDisk | undefined {
    return this.#snapshots.get(id)
  }

  snapshotDisks(): SnapshotDisk[] {
    return [...this.#snapshots.values()]
  }

  /** The slot of a stranger's disk on this file. */
  strangerOn(path: string): string | undefined {
    return this.#strangers.get(path)
  }

  inDoubt(id: ItemId): boolean {
    return this.#doubts.has(id)
  }

  doubt(id: ItemId): void {
    this.#doubts.add(id)
    this.touch(id)
  }

  /** The device was asked about everything that belongs to it. */
  settle(id: ItemId): void {
    this.#doubts.delete(id)
  }

  /** Puts a disk as a reply showed it, or as a command that was answered made it. */
  put(disk: KnownDisk): void {
    this.#keep(disk)
    this.touch(disk.id)
  }

  putSnapshot(snapshot: SnapshotDisk): void {
    this.#keepSnapshot(snapshot)
    this.touch(snapshot.id)
  }

  /** The disk is gone; its file and its subvolume are still there as far as is known. */
  drop(id: VolumeId): void {
    const disk = this.#disks.get(id)
    if (disk !== undefined) this.#leave(disk)
    this.#disks.delete(id)
    this.touch(id)
  }

  dropSnapshot(id: SnapshotId): void {
    this.#snapshots.delete(id)
    this.touch(id)
  }

  /** The disk on this file, ours or not as it seemed, has been taken back; the file may be anybody's. */
  forget(id: VolumeId, path: string): void {
    this.#disks.delete(id)
    this.#strangers.delete(path)
    this.touch(id)
  }

  /** Takes in what a reading of all slots of this volume, and of all disks on this file, showed. */
  learn(id: VolumeId, path: string | undefined, rows: readonly DiskRow[], ownership: Ownership): void {
    const readings = rows.map(row => readDiskRow(row, ownership))
    const found = readings.map(({ disk }) => disk).filter(disk => disk?.id === id)
    const disk = found.find(one => one?.tag !== undefined) ?? found[0]
    if (disk === undefined) this.drop(id)
    else this.put(disk)
    if (path !== undefined) this.#strangers.delete(path)
    this.#noteStrangers(readings)
  }

  /** Takes in what a reading of all disks on this file showed of strangers. */
  learnStrangers(path: string, rows: readonly DiskRow[], ownership: Ownership): void {
    this.#strangers.delete(path)
    this.#noteStrangers(rows.map(row => readDiskRow(row, ownership)))
  }

  /** Takes in what a reading of the snapshot's slot, and of all disks on this file, showed. */
  learnSnapshot(id: SnapshotId, path: string | undefined, rows: readonly DiskRow[], ownership: Ownership): void {
    const readings = rows.map(row => readDiskRow(row, ownership))
    const found = readings.find(({ snapshot }) => snapshot?.id === id)?.snapshot
    if (found === undefined) this.dropSnapshot(id)
    else this.putSnapshot(found)
    if (path !== undefined) this.#strangers.delete(path)
    this.#noteStrangers(readings)
  }

  beginListing(): Listing {
    const listing = { touched: new Set<ItemId>() }
    this.#listings.add(listing)
    return listing
  }

  endListing(listing: Listing): void {
    this.#listings.delete(listing)
  }

  /** Takes in all disks but those of touched volumes and snapshots. */
  learnAll(rows: readonly DiskRow[], { touched }: Listing, ownership: Ownership): void {
    const readings = this.#readings.all(rows, ownership)
    for (const id of this.#disks.keys()) if (!touched.has(id)) this.#disks.delete(id)
    for (const id of this.#snapshots.keys()) if (!touched.has(id)) this.#snapshots.delete(id)
    // Tagged ones last: they win where a volume has two disks.
    const order = readings.toSorted((a, b) => Number(a.disk?.tag !== undefined) - Number(b.disk?.tag !== undefined))
    for (const { disk, snapshot } of order) {
      if (disk !== undefined && !touched.has(disk.id)) this.#keep(disk)
      if (snapshot !== undefined && !touched.has(snapshot.id)) this.#keepSnapshot(snapshot)
    }
    this.#strangers.clear()
    this.#noteStrangers(readings)
  }

  /** Something happens to it: listings under way do not tell of it. */
  touch(id: ItemId): void {
    for (const { touched } of this.#listings) touched.add(id)
  }

  #keep(disk: KnownDisk): void {
    const { id, path, subvolume, bytes } = disk
    this.#disks.set(id, disk)
    if (subvolume === undefined) return this.files.attach(id, path, bytes)
    this.files.put(path, bytes)
    this.files.useFolder(folderOf(subvolume))
    this.subvolumes.expect(id, subvolume)
  }

  #leave({ id, path, subvolume }: KnownDisk): void {
    if (subvolume === undefined) return this.files.detach(id, path)
    const name = imagePlace(path)?.name
    if (name !== undefined && this.subvolumes.get(subvolume) === undefined) {
      this.subvolumes.put({ path: subvolume, name, createdAt: undefined })
    }
  }

  #keepSnapshot(snapshot: SnapshotDisk): void {
    this.#snapshots.set(snapshot.id, snapshot)
    this.files.put(snapshot.path, snapshot.bytes)
  }

  #noteStrangers(readings: readonly DiskReading[]): void {
    for (const { row, disk, snapshot } of readings) {
      if (row.path !== undefined && disk === undefined && snapshot === undefined)
        this.#strangers.set(row.path, row.slot)
    }
  }
}
