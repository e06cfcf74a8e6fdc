import { StorageError } from '../../domain/errors.ts'
import type { VolumeId } from '../../domain/ids.ts'
import type { Appliance } from './appliance.ts'
import { fileName } from './device-path.ts'
import { DeviceTable } from './device-table.ts'
import type { DiskRow } from './disk-row.ts'
import type { KnownDisk, Ownership } from './known-disk.ts'
import { type Change, GONE, LateCommands } from './late-commands.ts'
import { outward, refused } from './refusals.ts'
import { LinkError, type TrapError } from './transport.ts'
import { Turns } from './turns.ts'

/** What this installation has on the appliance: what is known of it, how it is made sure, and how it is changed. */
export class Holdings {
  readonly appliance: Appliance
  readonly table = new DeviceTable()
  readonly #turns = new Turns()
  readonly #late = new LateCommands()
  readonly #ownership: () => Ownership
  #listed = false

  /** `ownership` is asked each time, since the owner is known only after the cluster was reached. */
  constructor(appliance: Appliance, ownership: () => Ownership) {
    this.appliance = appliance
    this.#ownership = ownership
  }

  get ownership(): Ownership {
    return this.#ownership()
  }

  /** One task at a time for each volume. Throws `unavailable` before the first complete listing. */
  async inTurn<T>(id: VolumeId, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.requireListed()
    return this.#turns.take(id, signal, work)
  }

  requireListed(): void {
    if (!this.#listed) throw new StorageError('unavailable', 'the appliance has not been listed yet')
  }

  /** Lists disks and files, and makes the base path's folders where they are missing. */
  async listEverything(signal: AbortSignal): Promise<void> {
    const { appliance, table } = this
    const listing = table.beginListing()
    try {
      await this.#listDisks(listing, signal)
      await appliance.ensureBasePath(signal)
      const files = await appliance.filesBelow(appliance.basePath, undefined, signal)
      table.files.replace(files, listing.touched)
      table.files.putFolder(appliance.basePath)
      table.files.useFolder(appliance.basePath)
      this.#listed = true
    } finally {
      table.endListing(listing)
    }
  }

  /** Lists the disks anew. */
  async listDisks(signal: AbortSignal): Promise<void> {
    const listing = this.table.beginListing()
    try {
      await this.#listDisks(listing, signal)
    } finally {
      this.table.endListing(listing)
    }
  }

  /** The volume's disk as it is known; the device is asked only where that is in doubt. In turn. */
  async current(id: VolumeId, signal: AbortSignal): Promise<KnownDisk | undefined> {
    if (this.table.inDoubt(id)) await this.makeSure(id, signal)
    return this.table.disk(id)
  }

  /** As `current`, and the device is asked too where it is not known to have the volume: others may have made it. In turn. */
  async confirmed(id: VolumeId, signal: AbortSignal): Promise<KnownDisk | undefined> {
    if (this.table.inDoubt(id) || this.table.disk(id) === undefined) await this.makeSure(id, signal)
    return this.table.disk(id)
  }

  /** Waits until no earlier command may be at work on the volume that aims at something else than these. In turn. */
  async awaitOthers(id: VolumeId, aims: readonly string[], signal: AbortSignal): Promise<void> {
    if (!this.#late.opposes(id, aims)) return
    await this.makeSure(id, signal)
    await this.#late.awaitOthers(id, aims, signal)
  }

  /** Reads the volume's disk and, where there is none, its file. It stays in doubt while a command may be at work on it. */
  async makeSure(id: VolumeId, signal: AbortSignal): Promise<void> {
    const before = this.#late.of(id)
    await this.look(id, undefined, signal)
    if (this.table.disk(id) === undefined) await this.#lookForFiles(id, signal)
    if (this.#late.settle(id, before, this.table.disk(id))) this.table.settle(id)
  }

  /** Reads the disks in the volume's slots and on this file, and returns their rows. */
  async look(id: VolumeId, path: string | undefined, signal: AbortSignal): Promise<DiskRow[]> {
    const rows = await this.appliance.disksOf(id, path, signal)
    this.table.learn(id, path, rows, this.ownership)
    return rows
  }

  /** Does work that finds out about the volume; where it fails the volume is in doubt. */
  async inDoubtUnless<T>(id: VolumeId, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.table.doubt(id)
      throw error
    }
  }

  /** Reads one file. */
  async lookAtFile(path: string, signal: AbortSignal): Promise<{ readonly bytes: number | undefined } | undefined> {
    const { appliance, table } = this
    const [file] = await appliance.filesBelow(appliance.basePath, [path], signal)
    if (file === undefined) table.files.drop(path)
    else table.files.put(path, file.bytes)
    return file
  }

  /** Changes the volume; returns the trap of a refusal. Without a reply the volume is in doubt. */
  async change(id: VolumeId, change: Change, signal: AbortSignal): Promise<TrapError | undefined> {
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

  /** Removes a backing file that no disk uses. Success where it is not there. */
  async removeFile(id: VolumeId, path: string, signal: AbortSignal): Promise<void> {
    const task = `remove the file ${path}`
    // What was a stranger's once may be free by now.
    if (this.table.strangerOn(path) !== undefined) await this.look(id, path, signal)
    const slot = this.table.strangerOn(path)
    if (slot !== undefined)
      throw new StorageError('conflict', `cannot ${task}: disk "${slot}", which is not ours, uses it`)
    const command = { path: '/file/remove', args: { '.id': fileName(path) } }
    const shows = (): boolean => !this.table.files.has(path)
    const trap = await this.change(id, { task, command, aim: GONE, shows }, signal)
    // "No such item" may mean a name that is written otherwise.
    if (trap !== undefined && (await this.lookAtFile(path, signal)) !== undefined) throw refused(task, trap)
    this.table.files.drop(path)
  }

  async #listDisks(listing: { readonly touched: Set<VolumeId> }, signal: AbortSignal): Promise<void> {
    const rows = await this.appliance.allDisks(signal)
    this.table.learnAll(rows, listing, this.ownership)
  }

  /** Looks for the volume's file in every folder that volumes were seen in. */
  async #lookForFiles(id: VolumeId, signal: AbortSignal): Promise<void> {
    const { appliance, table } = this
    const known = table.files.orphanOf(id)
    const usual = table.files.usualPlaces(id)
    const places = [...new Set(known === undefined ? usual : [known, ...usual])]
    const files = await appliance.filesBelow(appliance.basePath, places, signal)
    for (const path of places) {
      const file = files.find(one => one.path === path && !one.isFolder)
      if (file === undefined) table.files.drop(path)
      else table.files.put(path, file.bytes)
    }
  }
}
