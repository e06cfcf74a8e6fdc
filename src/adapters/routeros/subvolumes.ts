import { StorageError } from '../../domain/errors.ts'
import type { Bytes, VolumeId } from '../../domain/ids.ts'
import { imageIn, leafOf } from './device-path.ts'
import type { Listing } from './device-table.ts'
import { requireNoStranger } from './file-removal.ts'
import type { Holdings } from './holdings.ts'
import { GONE, THERE } from './late-commands.ts'
import { kindOf, refused } from './refusals.ts'
import type { ItemId } from './slot.ts'
import { parseSubvolumeName, subvolumeName } from './subvolume-name.ts'
import type { SubvolumeRow } from './subvolume-row.ts'
import type { KnownSubvolume } from './subvolume-table.ts'
import type { TrapError } from './transport.ts'

/** What a subvolume is to be made as; without a parent it is empty. */
export interface SubvolumeOrigin {
  /** Path of the subvolume of which it is a snapshot. */
  readonly parent: string
  readonly readOnly: boolean
  /** What lies in it; a device may want as much free space. */
  readonly bytes: Bytes
}

/** Subvolumes of volumes and snapshots: read, made and removed by their paths. */
export class Subvolumes {
  readonly #holdings: Holdings
  /** Whether `parent` takes the whole name of a subvolume, or its last part only; the manual leaves that open. */
  #parentForm: 'whole' | 'last' = 'whole'

  constructor(holdings: Holdings) {
    this.#holdings = holdings
  }

  /** Takes in all of them that are ours, but those of touched items. */
  async list({ touched }: Listing, signal: AbortSignal): Promise<void> {
    const rows = await this.#read(undefined, signal)
    this.#holdings.table.subvolumes.replace(this.#ours(rows), touched)
  }

  /** Reads just these paths, and takes in what is there. */
  async look(paths: readonly string[], signal: AbortSignal): Promise<SubvolumeRow[]> {
    if (paths.length === 0) return []
    return this.#learn(paths, await this.#read(paths, signal))
  }

  /** Reads wherever a subvolume of the volume may be. */
  async lookFor(id: VolumeId, signal: AbortSignal): Promise<void> {
    const { appliance, table, readings } = this.#holdings
    if (appliance.pool?.label === undefined) return
    const plain = subvolumeName({ of: 'volume', id, source: undefined })
    const usual = [...table.files.usedFolders()].map(folder => `${folder}/${plain}`)
    const places = [...new Set([...usual, ...table.subvolumes.placesOf(id)])]
    this.#learn(places, await readings.subvolumes(places, signal))
  }

  /**
   * Makes a subvolume for the item; false where one is there already. Without a reply the item is in doubt. In turn.
   */
  async add(id: ItemId, path: string, origin: SubvolumeOrigin | undefined, signal: AbortSignal): Promise<boolean> {
    const { table } = this.#holdings
    this.#requireLabel()
    table.subvolumes.expect(id, path)
    table.touch(id)
    const task = `make the subvolume ${path}`
    const trap = await this.#send(id, path, origin, signal)
    if (trap === undefined) {
      for (const subvolume of this.#ours([{ path, readOnly: origin?.readOnly ?? false, createdAt: undefined }])) {
        table.subvolumes.put(subvolume)
      }
      return true
    }
    const [there] = await this.#holdings.inDoubtUnless(id, () => this.look([path], signal))
    if (there !== undefined) return false
    throw await this.#reason(task, trap, Math.max(LEAST_FREE, origin?.bytes ?? 0), signal)
  }

  /**
   * Removes a subvolume in which nothing lies but its image, of which no disk is any more. Success where it is gone.
   * `conflict` where it holds more, or a stranger's disk is on its image. In turn.
   */
  async remove(id: ItemId, path: string, signal: AbortSignal): Promise<void> {
    const { table } = this.#holdings
    const task = `remove the subvolume ${path}`
    table.touch(id)
    const [row, other] = await this.#holdings.inDoubtUnless(id, () => this.look([path], signal))
    // Two file systems of one label have it, and nothing tells which is which.
    if (other !== undefined) throw ambiguous(other.label)
    if (row !== undefined) {
      await this.#requireOnlyImage(path, task, signal)
      await requireNoStranger(this.#holdings, imageIn(path), task, signal)
      await this.#remove(id, row, task, signal)
    }
    table.subvolumes.drop(path)
    table.files.drop(imageIn(path))
  }

  /** Where none is listed the pool has to be mounted: else that is no word about what is there. */
  async #read(paths: readonly string[] | undefined, signal: AbortSignal): Promise<SubvolumeRow[]> {
    const { appliance } = this.#holdings
    this.#requireReadable()
    const rows = await appliance.subvolumes(paths, signal)
    if (rows.length === 0) await appliance.requireMounted('list the subvolumes', signal)
    return rows
  }

  #learn(paths: readonly string[], all: readonly SubvolumeRow[]): SubvolumeRow[] {
    const { subvolumes } = this.#holdings.table
    const rows = all.filter(({ path }) => paths.includes(path))
    for (const path of paths) subvolumes.drop(path)
    for (const subvolume of this.#ours(rows)) subvolumes.put(subvolume)
    return rows
  }

  async #remove(id: ItemId, { number, path }: SubvolumeRow, task: string, signal: AbortSignal): Promise<void> {
    const { table } = this.#holdings
    // It has just been read under this number; a name would not tell it from one of the same name elsewhere.
    const command = { path: '/disk/btrfs/subvolume/remove', args: { '.id': number } }
    const shows = (): boolean => table.subvolumes.get(path) === undefined
    const trap = await this.#holdings.change(id, { task, command, aim: GONE, shows }, signal)
    if (trap === undefined) return
    const [still] = await this.#holdings.inDoubtUnless(id, () => this.look([path], signal))
    if (still !== undefined) throw refused(task, trap)
  }

  async #requireOnlyImage(path: string, task: string, signal: AbortSignal): Promise<void> {
    const entries = await this.#holdings.appliance.filesBelow(path, undefined, signal)
    const more = entries.filter(entry => entry.path !== imageIn(path) && entry.path !== path)
    if (more.length === 0) return
    const named = more.slice(0, 3).map(entry => leafOf(entry.path))
    throw new StorageError('conflict', `cannot ${task}: it holds what is not ours (${named.join(', ')}); take it out`)
  }

  async #send(
    id: ItemId,
    path: string,
    origin: SubvolumeOrigin | undefined,
    signal: AbortSignal,
  ): Promise<TrapError | undefined> {
    if (origin === undefined) return this.#sendOne(id, path, {}, signal)
    const readOnly = origin.readOnly ? 'yes' : 'no'
    const whole = { parent: this.#nameOf(origin.parent), 'read-only': readOnly }
    const last = { parent: leafOf(origin.parent), 'read-only': readOnly }
    if (this.#parentForm === 'last' && (await this.#isOnly(origin.parent, signal)))
      return this.#sendOne(id, path, last, signal)
    const trap = await this.#sendOne(id, path, whole, signal)
    const mayBeTheForm = trap !== undefined && !['exhausted', 'precondition', 'unavailable'].includes(kindOf(trap))
    if (!mayBeTheForm || whole.parent === last.parent || !(await this.#isOnly(origin.parent, signal))) return trap
    const second = await this.#sendOne(id, path, last, signal)
    if (second === undefined) this.#parentForm = 'last'
    return second
  }

  async #sendOne(
    id: ItemId,
    path: string,
    parent: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<TrapError | undefined> {
    const { table } = this.#holdings
    const args = { fs: this.#requireLabel(), name: this.#nameOf(path), ...parent }
    const shows = (): boolean => table.subvolumes.get(path) !== undefined
    const task = `make the subvolume ${path}`
    const change = { task, command: { path: '/disk/btrfs/subvolume/add', args }, aim: THERE, shows }
    return this.#holdings.change(id, change, signal)
  }

  /** Whether no other subvolume has the same last part of its name, in whatever file system. */
  async #isOnly(path: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#holdings.appliance.subvolumesNamed(leafOf(path), signal)) === 1
  }

  async #reason(task: string, trap: TrapError, bytes: Bytes, signal: AbortSignal): Promise<StorageError> {
    const error = await this.#holdings.space.refusal(task, trap, bytes, signal)
    if (error.kind !== 'internal' && error.kind !== 'not-found') return error
    const advice = 'make the folder above it a subvolume, or use --snapshot-mode=off'
    return new StorageError('unsupported', `${error.message}; ${advice}`, { cause: trap })
  }

  /** Without a label nothing is listed: that is no word about what is there. */
  #requireReadable(): void {
    const { pool, poolPath } = this.#holdings.appliance
    if (pool?.label !== undefined) return
    const advice = 'give it one (/disk/btrfs/filesystem/set label=…)'
    const text = `the file system at ${poolPath} has no label, by which its subvolumes are read: ${advice}`
    throw new StorageError('precondition', text)
  }

  #requireLabel(): string {
    const { pool, isAmbiguous } = this.#holdings.appliance
    if (pool?.label === undefined) throw new StorageError('unsupported', 'the pool has no subvolumes')
    if (isAmbiguous) throw ambiguous(pool.label)
    return pool.label
  }

  /** The name of a subvolume within its file system. */
  #nameOf(path: string): string {
    return path.slice(this.#holdings.appliance.poolPath.length + 1)
  }

  #ours(rows: readonly Pick<SubvolumeRow, 'path' | 'readOnly' | 'createdAt'>[]): KnownSubvolume[] {
    const { basePath, owner } = this.#holdings.ownership
    return rows.flatMap(({ path, createdAt }) => {
      const name = path.startsWith(`${basePath}/`) ? parseSubvolumeName(leafOf(path)) : undefined
      return name === undefined || (name.of === 'snapshot' && name.owner !== owner) ? [] : [{ path, name, createdAt }]
    })
  }
}

function ambiguous(label: string): StorageError {
  const advice = 'give one of them another (/disk/btrfs/filesystem/set label=…)'
  return new StorageError('precondition', `several file systems have the label "${label}": ${advice}`)
}

/** With less than this in the pool a refusal without a reason is for want of space. */
const LEAST_FREE = 16 * 1024 * 1024
