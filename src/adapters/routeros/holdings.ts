import { StorageError } from '../../domain/errors.ts'
import type { SnapshotId, VolumeId } from '../../domain/ids.ts'
import type { PoolReserve } from '../../domain/pool-reserve.ts'
import type { SnapshotMode } from '../../domain/snapshot-mode.ts'
import type { Appliance } from './appliance.ts'
import { Copies } from './copies.ts'
import { DeviceTable, type Listing } from './device-table.ts'
import type { DiskRow } from './disk-row.ts'
import { Folders } from './folders.ts'
import type { KnownDisk, Ownership } from './known-disk.ts'
import { type Change, LateCommands } from './late-commands.ts'
import { Readings } from './readings.ts'
import { outward } from './refusals.ts'
import { type ItemId, slotsOf, snapshotSlotOf } from './slot.ts'
import { Space } from './space.ts'
import { Subvolumes } from './subvolumes.ts'
import { LinkError, type TrapError } from './transport.ts'
import { Turns } from './turns.ts'

export interface HoldingsOptions {
  readonly snapshots: SnapshotMode
  readonly reserve: PoolReserve
}

/** What this installation has on the appliance: what is known of it, how it is made sure, and how it is changed. */
export class Holdings {
  readonly appliance: Appliance
  readonly options: HoldingsOptions
  readonly table = new DeviceTable()
  readonly copies = new Copies()
  readonly space: Space
  readonly folders: Folders
  readonly subvolumes: Subvolumes
  readonly readings: Readings
  readonly #turns = new Turns()
  readonly #late = new LateCommands()
  readonly #ownership: () => Ownership
  #listed = false

  /** `ownership` is asked each time, since the owner is known only after the cluster was reached. */
  constructor(appliance: Appliance, ownership: () => Ownership, options: HoldingsOptions) {
    this.appliance = appliance
    this.options = options
    this.#ownership = ownership
    this.space = new Space(appliance, options.reserve)
    this.folders = new Folders(appliance, this.table.files, () => this.subvolumeLabel)
    this.subvolumes = new Subvolumes(this)
    this.readings = new Readings(appliance)
  }

  get ownership(): Ownership {
    return this.#ownership()
  }

  /** Whether the first complete listing was done. */
  get isListed(): boolean {
    return this.#listed
  }

  /** The label of the file system in which new volumes get a subvolume each; undefined where they lie flat. */
  get subvolumeLabel(): string | undefined {
    const { pool, isAmbiguous } = this.appliance
    return this.options.snapshots === 'off' || isAmbiguous ? undefined : pool?.label
  }

  /** One task at a time for each volume or snapshot. Throws `unavailable` before the first complete listing. */
  async inTurn<T>(id: ItemId, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.requireListed()
    return this.#turns.take(id, signal, work)
  }

  requireListed(): void {
    if (!this.#listed) throw new StorageError('unavailable', 'the appliance has not been listed yet')
  }

  /** Lists disks, files and subvolumes, and makes the base path's folders where they are missing. */
  async listEverything(signal: AbortSignal): Promise<void> {
    const { appliance, table } = this
    await this.#whileListing(async listing => {
      await this.#listDisks(listing, signal)
      await appliance.readLabel(signal)
      await this.folders.ensureBasePath(signal)
      const files = await appliance.filesBelow(appliance.basePath, undefined, signal)
      table.files.replace(files, listing.touched)
      table.files.putFolder(appliance.basePath)
      table.files.useFolder(appliance.basePath)
      if (appliance.pool?.label !== undefined) {
        await appliance.readZone(signal)
        await this.subvolumes.list(listing, signal)
      }
      this.#listed = true
    })
  }

  /** Lists the disks anew. */
  async listDisks(signal: AbortSignal): Promise<void> {
    await this.#whileListing(listing => this.#listDisks(listing, signal))
  }

  /** Lists the subvolumes anew. */
  async listSubvolumes(signal: AbortSignal): Promise<void> {
    await this.#whileListing(async listing => {
      await Promise.all([this.appliance.readLabel(signal), this.subvolumes.list(listing, signal)])
    })
  }

  /** The volume's disk as it is known; the device is asked only where that is in doubt. In turn. */
  async current(id: VolumeId, signal: AbortSignal): Promise<KnownDisk | undefined> {
    if (this.table.inDoubt(id)) await this.makeSure(id, signal)
    return this.table.disk(id)
  }

  /** As `current`, and the device is asked too where it is not known to have the volume: others may have made it. In turn. */
  async confirmed(id: VolumeId, signal: AbortSignal): Promise<KnownDisk | undefined> {
    if (this.table.inDoubt(id) || this.table.anyDisk(id) === undefined) await this.makeSure(id, signal)
    return this.table.disk(id)
  }

  /** Waits until no earlier command may be at work on the volume that aims at something else than these. In turn. */
  async awaitOthers(id: VolumeId, aims: readonly string[], signal: AbortSignal): Promise<void> {
    if (!this.#late.opposes(id, aims)) return
    await this.makeSure(id, signal)
    await this.#late.awaitOthers(id, aims, signal)
  }

  /** As `awaitOthers`, of a snapshot; the work reads whatever tells of it. */
  async awaitOtherSnapshots(
    id: SnapshotId,
    aims: readonly string[],
    signal: AbortSignal,
    work: () => Promise<void>,
  ): Promise<void> {
    if (!this.#late.opposes(id, aims)) return
    await this.makeSureOf(id, work)
    await this.#late.awaitOthers(id, aims, signal)
  }

  /** Reads the volume's disk and, where there is none, its file. It stays in doubt while a command may be at work on it. */
  async makeSure(id: VolumeId, signal: AbortSignal): Promise<void> {
    const before = this.#late.of(id)
    this.table.learn(id, undefined, await this.readings.disks(slotsOf(id), signal), this.ownership)
    if (this.table.anyDisk(id) === undefined) await this.#lookForFiles(id, signal)
    if (this.#late.settle(id, before, this.table.anyDisk(id))) this.table.settle(id)
  }

  /** Reads whatever tells of a snapshot by doing the work. It stays in doubt while a command may be at work on it. In turn. */
  async makeSureOf(id: SnapshotId, work: () => Promise<void>): Promise<void> {
    const before = this.#late.of(id)
    await work()
    if (this.#late.settle(id, before, undefined)) this.table.settle(id)
  }

  /** Reads the disks in the volume's slots and on this file, and returns their rows. */
  async look(id: VolumeId, path: string | undefined, signal: AbortSignal): Promise<DiskRow[]> {
    const rows = await this.appliance.disksIn(
      slotsOf(id),
      path === undefined ? [] : [path],
      `the disk of ${id}`,
      signal,
    )
    this.table.learn(id, path, rows, this.ownership)
    return rows
  }

  /** As `look`, of the disk that is a snapshot. */
  async lookAtSnapshot(id: SnapshotId, path: string | undefined, signal: AbortSignal): Promise<DiskRow[]> {
    const slots = [snapshotSlotOf(id)]
    const rows = await this.appliance.disksIn(slots, path === undefined ? [] : [path], `the disk of ${id}`, signal)
    this.table.learnSnapshot(id, path, rows, this.ownership)
    return rows
  }

  /** Does work that finds out about the item; where it fails the item is in doubt. */
  async inDoubtUnless<T>(id: ItemId, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.table.doubt(id)
      throw error
    }
  }

  /** Changes the volume or snapshot; returns the trap of a refusal. Without a reply it is in doubt. */
  async change(id: ItemId, change: Change, signal: AbortSignal): Promise<TrapError | undefined> {
    const over = new AbortController()
    this.#late.send(id)
    try {
      return await this.appliance.change(change.command, signal, over)
    } catch (error) {
      this.#late.add(id, change, over.signal)
      if (!(error instanceof LinkError) || error.unclear) this.table.doubt(id)
      throw outward(change.task, error)
    }
  }

  async #whileListing(work: (listing: Listing) => Promise<void>): Promise<void> {
    const listing = this.table.beginListing()
    try {
      await work(listing)
    } finally {
      this.table.endListing(listing)
    }
  }

  async #listDisks(listing: Listing, signal: AbortSignal): Promise<void> {
    const rows = await this.appliance.allDisks(signal)
    this.table.learnAll(rows, listing, this.ownership)
  }

  /** Looks for the volume's file and subvolume in every folder that volumes were seen in. */
  async #lookForFiles(id: VolumeId, signal: AbortSignal): Promise<void> {
    const { files } = this.table
    const known = files.orphanOf(id)
    const usual = files.usualPlaces(id)
    const places = [...new Set(known === undefined ? usual : [known, ...usual])]
    files.learn(places, await this.readings.files(places, signal))
    await this.subvolumes.lookFor(id, signal)
  }
}
