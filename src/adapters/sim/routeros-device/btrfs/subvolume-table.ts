import { randomUUID } from 'node:crypto'
import type { FileTree } from '../file/file-tree.ts'
import { type ItemIds, writeId } from '../item-ids.ts'
import type { Pool } from '../pool.ts'
import type { DeviceSwitches } from '../switches.ts'
import { isWithin, leafOf, type Subvolume } from './subvolume.ts'

/** How long a removed subvolume is listed as dead, in milliseconds. What a device needs is unknown. */
const CLEAN_UP_MS = 200

/** What a subvolume table works with. */
export interface SubvolumeParts {
  readonly files: FileTree
  readonly pool: Pool
  readonly ids: ItemIds
  readonly switches: () => DeviceSwitches
  readonly now: () => Date
}

/** The subvolumes of a btrfs pool, with their files. Rules are the commands' business. */
export class SubvolumeTable {
  readonly #parts: SubvolumeParts
  readonly #dying = new Map<Subvolume, () => number>()
  #subvolumes: Subvolume[] = []
  #nextId = 256
  #generation = 10

  constructor(parts: SubvolumeParts) {
    this.#parts = parts
  }

  /** Subvolumes in the order in which they were made, the dead ones included; none while the pool is not mounted. */
  list(): readonly Subvolume[] {
    this.#bury(CLEAN_UP_MS)
    return this.#parts.pool.mounted && this.#parts.pool.fs === 'btrfs' ? this.#subvolumes : []
  }

  /** Those that are not dead. */
  living(): readonly Subvolume[] {
    return this.list().filter(({ diedAt }) => diedAt === undefined)
  }

  /** The living subvolume at a path below the mount point. */
  at(fullname: string): Subvolume | undefined {
    return this.living().find(subvolume => subvolume.fullname === fullname)
  }

  /** What a reference means: `.id`, whole path, or last part of the path. */
  find(reference: string): Subvolume | undefined {
    const living = this.living()
    return (
      living.find(({ id }) => writeId(id, '*') === reference) ??
      living.find(({ fullname }) => fullname === reference) ??
      living.find(({ fullname }) => leafOf(fullname) === reference)
    )
  }

  /** The living subvolume with this UUID. */
  byUuid(uuid: string): Subvolume | undefined {
    return this.living().find(subvolume => subvolume.uuid === uuid)
  }

  /** The innermost subvolume that a path below the mount point lies in, other than the one that begins there. */
  containing(path: string): Subvolume | undefined {
    return this.living()
      .filter(({ fullname }) => path.startsWith(`${fullname}/`))
      .toSorted((one, other) => other.fullname.length - one.fullname.length)[0]
  }

  /** Subvolumes whose paths lie below this one. */
  nested({ fullname }: Subvolume): readonly Subvolume[] {
    return this.living().filter(other => other.fullname.startsWith(`${fullname}/`))
  }

  /** Whether nothing may be written at a name of `/file`. */
  isReadOnly(name: string): boolean {
    const path = name.slice(this.#parts.pool.name.length + 1)
    return this.living().some(({ fullname, readOnly }) => readOnly && isWithin(path, fullname))
  }

  /** Makes a subvolume: an empty one, or one with everything that `source` has now. */
  add(fullname: string, source: Subvolume | undefined, readOnly: boolean): Subvolume {
    const { files, ids, now } = this.#parts
    files.makeDirectories(this.nameOf(fullname))
    if (source !== undefined) this.#copyFiles(source, fullname)
    const subvolume: Subvolume = {
      id: ids.take(),
      subvolumeId: this.#nextId++,
      fullname,
      uuid: randomUUID(),
      source: source?.uuid,
      readOnly,
      created: now(),
      generation: this.#generation++,
      comment: '',
      diedAt: undefined,
    }
    this.#subvolumes.push(subvolume)
    return subvolume
  }

  /** Removes a subvolume: its files are gone at once, its space comes back when it is cleaned up. */
  remove(subvolume: Subvolume): void {
    const { files, now } = this.#parts
    const entry = files.get(this.nameOf(subvolume.fullname))
    this.#dying.set(subvolume, entry === undefined ? () => 0 : files.detach(entry))
    subvolume.diedAt = now()
    if (this.#parts.switches().subvolumeRemoval === 'atOnce') this.bury()
  }

  rename(subvolume: Subvolume, fullname: string): void {
    const { files } = this.#parts
    const entry = files.get(this.nameOf(subvolume.fullname))
    const nested = this.nested(subvolume)
    const from = subvolume.fullname.length
    if (entry !== undefined) files.rename(entry, this.nameOf(fullname))
    for (const moved of [subvolume, ...nested]) moved.fullname = `${fullname}${moved.fullname.slice(from)}`
  }

  /** Tells that a folder was removed with everything in it: its subvolumes are gone, too. */
  forget(name: string): void {
    const path = name.slice(this.#parts.pool.name.length + 1)
    this.#subvolumes = this.#subvolumes.filter(
      ({ fullname, diedAt }) => diedAt !== undefined || !isWithin(fullname, path),
    )
  }

  /** Cleans up every dead subvolume now. */
  bury(): void {
    this.#bury(0)
  }

  /** Name in `/file` of a path below the mount point. */
  nameOf(fullname: string): string {
    return `${this.#parts.pool.name}/${fullname}`
  }

  /** Those that are not dead, mounted or not. */
  remember(): readonly Subvolume[] {
    return this.#subvolumes.filter(({ diedAt }) => diedAt === undefined)
  }

  recall(subvolumes: readonly Subvolume[]): void {
    this.#subvolumes = [...subvolumes]
    this.#nextId = 1 + Math.max(255, ...subvolumes.map(({ subvolumeId }) => subvolumeId))
    this.#generation = 1 + Math.max(9, ...subvolumes.map(({ generation }) => generation))
  }

  /** The files of a subvolume; what nested ones hold comes along by switch, as plain files. */
  #copyFiles(source: Subvolume, fullname: string): void {
    const { files, switches } = this.#parts
    const from = files.get(this.nameOf(source.fullname))
    if (from === undefined) return
    const empty = switches().nestedSubvolumesInSnapshot === 'empty'
    const nested = empty ? this.nested(source).map(each => this.nameOf(each.fullname)) : []
    const space = switches().snapshotSpace === 'none' ? 'shared' : 'own'
    for (const entry of files.below(from)) {
      if (nested.some(name => entry.name.startsWith(`${name}/`))) continue
      files.copy(entry, `${this.nameOf(fullname)}${entry.name.slice(from.name.length)}`, { space })
    }
  }

  #bury(after: number): void {
    const now = this.#parts.now().getTime()
    for (const [subvolume, free] of this.#dying) {
      if (subvolume.diedAt === undefined || now - subvolume.diedAt.getTime() < after) continue
      this.#dying.delete(subvolume)
      this.#parts.pool.take(-free())
      this.#parts.ids.release(subvolume.id)
      this.#subvolumes = this.#subvolumes.filter(other => other !== subvolume)
    }
  }
}
