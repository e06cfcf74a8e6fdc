import { type ItemIds, readId } from '../item-ids.ts'
import type { Pool } from '../pool.ts'
import { type Charge, newCharge, release, share } from './charge.ts'
import type { SparseFiles } from './sparse-files.ts'
import { WrittenPieces } from './written-pieces.ts'

/** One entry of `/file`. Its name has no leading slash (captures of 7.24.4). */
export interface FileEntry {
  id: number
  name: string
  readonly kind: 'disk' | 'directory' | 'file'
  size: number
  modified: Date
  /** What the entry holds of the pool's space. */
  charges: Charge[]
  /** Where its bytes are something else than zero. */
  readonly written: WrittenPieces
}

/** What a copy of an entry starts from. */
export interface CopyOptions {
  /** `shared`: it takes no space of its own, until it is resized. */
  readonly space: 'shared' | 'own'
}

/** What `/file` knows: names, sizes and the space that they take from the pool. Rules are the commands' business. */
export class FileTree {
  readonly #entries = new Map<string, FileEntry>()
  readonly #ids: ItemIds
  readonly #pool: Pool
  readonly #bytes: SparseFiles
  readonly #now: () => Date

  constructor(parts: { ids: ItemIds; pool: Pool; bytes: SparseFiles; now: () => Date }) {
    this.#ids = parts.ids
    this.#pool = parts.pool
    this.#bytes = parts.bytes
    this.#now = parts.now
    this.#insert(parts.pool.name, 'disk')
    parts.bytes.makeDirectory(parts.pool.name)
  }

  /** Entries in the order in which they were made; none of the pool's while it is not mounted. */
  list(): FileEntry[] {
    return this.#pool.mounted ? [...this.#entries.values()] : []
  }

  get(name: string): FileEntry | undefined {
    return this.#pool.mounted ? this.#entries.get(name) : undefined
  }

  /** The entry with this `.id` (`**2B`) or name. */
  find(reference: string): FileEntry | undefined {
    const id = readId(reference, '**')
    const byId = id === undefined ? undefined : this.list().find(entry => entry.id === id)
    return byId ?? this.get(reference)
  }

  /** Whether a file of this name would lie in a directory that is there. */
  hasParent(name: string): boolean {
    const parent = this.get(parentOf(name))
    return parent !== undefined && parent.kind !== 'file'
  }

  /** Makes a directory and those above it that are missing. */
  makeDirectories(name: string): void {
    if (name === '' || this.#entries.has(name)) return
    this.makeDirectories(parentOf(name))
    this.#bytes.makeDirectory(name)
    this.#insert(name, 'directory')
  }

  /** Makes a file of `size` bytes and takes its space. */
  makeFile(name: string, size: number, contents?: string): FileEntry {
    this.#bytes.create(name, contents)
    const entry = this.#insert(name, 'file')
    entry.written.wrote(0, contents === undefined ? 0 : Buffer.byteLength(contents))
    this.resize(entry, size)
    return entry
  }

  /** Makes an entry with the bytes that another one has now; of a directory, an empty one. */
  copy(entry: FileEntry, name: string, { space }: CopyOptions): FileEntry {
    if (entry.kind !== 'file') {
      this.makeDirectories(name)
      return this.#entries.get(name) ?? this.#insert(name, 'directory')
    }
    this.#bytes.copy(entry, name)
    const copied = this.#insert(name, 'file', entry.written.copy())
    copied.size = entry.size
    copied.modified = entry.modified
    if (space === 'shared') copied.charges = share(entry.charges)
    else this.#charge(copied, entry.size)
    return copied
  }

  resize(entry: FileEntry, size: number): void {
    const growth = size - entry.size
    if (growth >= 0) this.#charge(entry, growth)
    else {
      this.#pool.take(-release(entry.charges))
      entry.charges = []
      this.#charge(entry, size)
    }
    this.#bytes.resize(entry.name, size)
    entry.written.wrote(0, 0)
    entry.size = size
    entry.modified = this.#now()
  }

  /** Removes an entry and everything below it. The space comes back at once, or with the function that it answers. */
  remove(entry: FileEntry): void {
    this.#pool.take(-this.detach(entry)())
  }

  /** As `remove`, but the space stays taken: the answer frees it and tells how many bytes nobody holds any more. */
  detach(entry: FileEntry): () => number {
    const gone = [entry, ...this.below(entry)]
    for (const { name, id } of gone) {
      this.#entries.delete(name)
      this.#ids.release(id)
    }
    this.#bytes.remove(entry.name)
    return () => gone.reduce((sum, { charges }) => sum + release(charges), 0)
  }

  /** Everything below a directory, at any depth. */
  below(entry: FileEntry): FileEntry[] {
    return this.list().filter(other => other.name.startsWith(`${entry.name}/`))
  }

  /** Gives an entry, and everything below it, another name; the new one is free and its directory is there. */
  rename(entry: FileEntry, name: string): void {
    const below = this.below(entry)
    const from = entry.name
    this.#bytes.rename(from, name)
    for (const moved of [entry, ...below]) {
      this.#entries.delete(moved.name)
      moved.name = `${name}${moved.name.slice(from.length)}`
      this.#entries.set(moved.name, moved)
    }
  }

  /** Where the bytes of a file are on this machine. */
  locate(entry: FileEntry): string {
    return this.#bytes.locate(entry.name)
  }

  /** The entries as they were when they were remembered; their bytes are there already. */
  recall(entries: readonly FileEntry[]): void {
    this.#entries.clear()
    for (const entry of entries) {
      this.#entries.set(entry.name, entry)
      if (entry.kind === 'directory') this.#bytes.makeDirectory(entry.name)
    }
    for (const charge of new Set(entries.flatMap(({ charges }) => charges))) this.#pool.take(charge.bytes)
  }

  /** All entries, mounted or not. */
  remember(): FileEntry[] {
    return [...this.#entries.values()]
  }

  #charge(entry: FileEntry, bytes: number): void {
    if (bytes === 0) return
    entry.charges.push(newCharge(bytes))
    this.#pool.take(bytes)
  }

  #insert(name: string, kind: FileEntry['kind'], written = WrittenPieces.none()): FileEntry {
    const entry = { id: this.#ids.take(), name, kind, size: 0, modified: this.#now(), charges: [], written }
    this.#entries.set(name, entry)
    return entry
  }
}

/** The directory of a name, `''` for one at the top. */
export function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')))
}
