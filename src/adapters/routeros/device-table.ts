import type { VolumeId } from '../../domain/ids.ts'
import type { DiskRow } from './disk-row.ts'
import { FileTable } from './file-table.ts'
import { type KnownDisk, knownDisk, type Ownership } from './known-disk.ts'

/** A listing under way. What happens to volumes after it was asked for is not undone by what it shows. */
export interface Listing {
  readonly touched: Set<VolumeId>
}

/**
 * What the appliance has, as far as its replies told: the disks that are volumes, and the files below the base path. A
 * volume in doubt is one of which a command has no known outcome.
 */
export class DeviceTable {
  readonly files = new FileTable()
  readonly #disks = new Map<VolumeId, KnownDisk>()
  /** Slots of strangers' disks by their backing file. */
  readonly #strangers = new Map<string, string>()
  readonly #doubts = new Set<VolumeId>()
  readonly #listings = new Set<Listing>()

  disk(id: VolumeId): KnownDisk | undefined {
    return this.#disks.get(id)
  }

  /** Volumes with our owner tag. Those of the older driver are not ours before they are asked for by id and published. */
  tagged(): KnownDisk[] {
    return [...this.#disks.values()].filter(disk => disk.tag !== undefined)
  }

  /** The slot of a stranger's disk on this file. */
  strangerOn(path: string): string | undefined {
    return this.#strangers.get(path)
  }

  inDoubt(id: VolumeId): boolean {
    return this.#doubts.has(id)
  }

  doubt(id: VolumeId): void {
    this.#doubts.add(id)
    this.#touch(id)
  }

  /** The device was asked about the volume's disk and file. */
  settle(id: VolumeId): void {
    this.#doubts.delete(id)
  }

  /** Puts a disk as a reply showed it, or as a command that was answered made it. */
  put(disk: KnownDisk): void {
    this.#disks.set(disk.id, disk)
    this.files.attach(disk.id, disk.path, disk.bytes)
    this.#touch(disk.id)
  }

  /** The disk is gone; its file is still there as far as is known. */
  drop(id: VolumeId): void {
    const disk = this.#disks.get(id)
    if (disk !== undefined) this.files.detach(id, disk.path)
    this.#disks.delete(id)
    this.#touch(id)
  }

  /** The disk on this file, ours or not as it seemed, has been taken back; the file may be anybody's. */
  forget(id: VolumeId, path: string): void {
    this.#disks.delete(id)
    this.#strangers.delete(path)
    this.#touch(id)
  }

  /** Takes in what a reading of all slots of this volume, and of all disks on this file, showed. */
  learn(id: VolumeId, path: string | undefined, rows: readonly DiskRow[], ownership: Ownership): void {
    const found = rows.map(row => knownDisk(row, ownership)).filter(disk => disk?.id === id)
    const disk = found.find(one => one?.tag !== undefined) ?? found[0]
    if (disk === undefined) this.drop(id)
    else this.put(disk)
    if (path !== undefined) this.#strangers.delete(path)
    this.#noteStrangers(rows, ownership)
  }

  beginListing(): Listing {
    const listing = { touched: new Set<VolumeId>() }
    this.#listings.add(listing)
    return listing
  }

  endListing(listing: Listing): void {
    this.#listings.delete(listing)
  }

  /** Takes in all disks but those of touched volumes. */
  learnAll(rows: readonly DiskRow[], { touched }: Listing, ownership: Ownership): void {
    const listed = rows.map(row => knownDisk(row, ownership)).filter(disk => disk !== undefined)
    for (const id of this.#disks.keys()) if (!touched.has(id)) this.#disks.delete(id)
    // Tagged ones last: they win where a volume has two disks.
    const order = listed.toSorted((a, b) => Number(a.tag !== undefined) - Number(b.tag !== undefined))
    for (const disk of order.filter(({ id }) => !touched.has(id))) {
      this.#disks.set(disk.id, disk)
      this.files.attach(disk.id, disk.path, disk.bytes)
    }
    this.#strangers.clear()
    this.#noteStrangers(rows, ownership)
  }

  #touch(id: VolumeId): void {
    for (const { touched } of this.#listings) touched.add(id)
  }

  #noteStrangers(rows: readonly DiskRow[], ownership: Ownership): void {
    for (const row of rows) {
      if (row.path !== undefined && knownDisk(row, ownership) === undefined) this.#strangers.set(row.path, row.slot)
    }
  }
}
