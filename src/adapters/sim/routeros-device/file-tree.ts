import { type ItemIds, writeId } from './item-ids.ts'
import type { Pool } from './pool.ts'
import type { SparseFiles } from './sparse-files.ts'

/** One entry of `/file`. Its name has no leading slash (captures of 7.24.4). */
export interface FileEntry {
  id: number
  name: string
  readonly kind: 'disk' | 'directory' | 'file'
  size: number
  modified: Date
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
    return this.list().find(entry => writeId(entry.id, '**') === reference) ?? this.get(reference)
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
    this.resize(entry, size)
    return entry
  }

  resize(entry: FileEntry, size: number): void {
    this.#pool.take(size - entry.size)
    this.#bytes.resize(entry.name, size)
    entry.size = size
    entry.modified = this.#now()
  }

  /** Removes an entry and everything below it, and gives the space back. */
  remove(entry: FileEntry): void {
    for (const gone of [entry, ...this.below(entry)]) {
      this.#entries.delete(gone.name)
      this.#ids.release(gone.id)
      this.#pool.take(-gone.size)
    }
    this.#bytes.remove(entry.name)
  }

  /** Everything below a directory, at any depth. */
  below(entry: FileEntry): FileEntry[] {
    return this.list().filter(other => other.name.startsWith(`${entry.name}/`))
  }

  /** Gives a file another name; the new one is free and its directory is there. */
  rename(entry: FileEntry, name: string): void {
    this.#bytes.rename(entry.name, name)
    this.#entries.delete(entry.name)
    entry.name = name
    this.#entries.set(name, entry)
  }

  /** Where the bytes of a file are on this machine. */
  locate(entry: FileEntry): string {
    return this.#bytes.locate(entry.name)
  }

  #insert(name: string, kind: FileEntry['kind']): FileEntry {
    const entry: FileEntry = { id: this.#ids.take(), name, kind, size: 0, modified: this.#now() }
    this.#entries.set(name, entry)
    return entry
  }
}

/** The directory of a name, `''` for one at the top. */
export function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')))
}
