import type { Bytes, SnapshotId, VolumeId } from '../../domain/ids.ts'
import { backingFile, folderOf, ownerOfFile } from './device-path.ts'
import type { FileRow } from './file-row.ts'
import type { ItemId } from './slot.ts'

/** What is known of the files and folders below the base path. Paths have a leading slash. */
export class FileTable {
  /** Sizes by path; undefined where the device did not tell one. */
  readonly #files = new Map<string, Bytes | undefined>()
  readonly #folders = new Set<string>()
  /** Folders in which volumes have been seen, or made. */
  readonly #used = new Set<string>()
  /** Files of volumes whose disk is gone. */
  readonly #orphans = new Map<VolumeId, string>()

  has(path: string): boolean {
    return this.#files.has(path)
  }

  /** Size of a file that is there; undefined where none is known. */
  bytes(path: string): Bytes | undefined {
    return this.#files.get(path)
  }

  put(path: string, bytes: Bytes | undefined): void {
    this.#files.set(path, bytes)
  }

  /** Takes in what a reading of at least these paths showed. */
  learn(paths: readonly string[], entries: readonly FileRow[]): void {
    const found = new Map(entries.filter(({ isFolder }) => !isFolder).map(({ path, bytes }) => [path, bytes]))
    for (const path of paths) {
      if (found.has(path)) this.put(path, found.get(path))
      else this.drop(path)
    }
  }

  drop(path: string): void {
    this.#files.delete(path)
    for (const [id, orphan] of this.#orphans) if (orphan === path) this.#orphans.delete(id)
  }

  /** Takes in everything there is; the files of these volumes and snapshots stay as they are. */
  replace(entries: readonly FileRow[], kept: ReadonlySet<ItemId>): void {
    const isKept = (path: string): boolean => {
      const owner = kept.size === 0 ? undefined : ownerOfFile(path)
      return owner !== undefined && kept.has(owner)
    }
    for (const path of this.#files.keys()) if (!isKept(path)) this.#files.delete(path)
    this.#folders.clear()
    for (const { path, bytes, isFolder } of entries) {
      if (isFolder) this.#folders.add(path)
      else if (!isKept(path)) this.#files.set(path, bytes)
    }
  }

  /** The file belongs to a disk now. */
  attach(id: VolumeId, path: string, bytes: Bytes | undefined): void {
    this.#files.set(path, bytes)
    this.#used.add(folderOf(path))
    this.#orphans.delete(id)
  }

  /** The volume's disk is gone and its file is left. */
  detach(id: VolumeId, path: string): void {
    this.#orphans.set(id, path)
  }

  /** The file of a volume without a disk, as far as one is known. */
  orphanOf(id: VolumeId): string | undefined {
    const orphan = this.#orphans.get(id)
    if (orphan !== undefined && this.#files.has(orphan)) return orphan
    return this.usualPlaces(id).find(path => this.#files.has(path))
  }

  /** Where a volume's file may lie: a file of that name anywhere else is somebody's copy. */
  usualPlaces(id: VolumeId): string[] {
    return Array.from(this.#used, folder => backingFile(folder, id))
  }

  /** Files of a snapshot that is a copy, in folders of volumes. */
  placesOfSnapshot(id: SnapshotId): string[] {
    return Array.from(this.#used, folder => backingFile(folder, id)).filter(path => this.#files.has(path))
  }

  /** Files of the volume's name outside the usual places. */
  copiesOf(id: VolumeId): string[] {
    const usual = new Set([...this.usualPlaces(id), this.#orphans.get(id)])
    return [...this.#files.keys()].filter(path => path.endsWith(`/${id}.img`) && !usual.has(path))
  }

  /** The folders in which volumes have been seen, or made. */
  usedFolders(): ReadonlySet<string> {
    return this.#used
  }

  /** Volumes are made in this folder. */
  useFolder(folder: string): void {
    this.#used.add(folder)
  }

  folders(): ReadonlySet<string> {
    return this.#folders
  }

  putFolder(path: string): void {
    this.#folders.add(path)
  }

  dropFolder(path: string): void {
    this.#folders.delete(path)
  }
}
