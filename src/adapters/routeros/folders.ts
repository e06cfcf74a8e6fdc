import { StorageError } from '../../domain/errors.ts'
import { isInside } from '../../domain/folder.ts'
import type { Appliance } from './appliance.ts'
import { fileName, foldersBetween } from './device-path.ts'
import type { FileTable } from './file-table.ts'
import { kindOf, outward, refusal } from './refusals.ts'
import type { DeviceCommand } from './transport.ts'

/** Throws `invalid` for a folder outside the base path. */
export function requireInside(folder: string, basePath: string): void {
  if (isInside(folder, basePath)) return
  throw new StorageError('invalid', `folder ${folder} is not inside the base path ${basePath}`)
}

/**
 * The folders in which volumes lie. Where volumes get subvolumes, their folders are subvolumes too: whether the device
 * takes a subvolume below a plain folder is unknown.
 */
export class Folders {
  readonly #appliance: Appliance
  readonly #files: FileTable
  /** The label of the file system where folders are made as subvolumes; undefined where they are plain. */
  readonly #label: () => string | undefined

  constructor(appliance: Appliance, files: FileTable, label: () => string | undefined) {
    this.#appliance = appliance
    this.#files = files
    this.#label = label
  }

  /** Makes the base path's folders that are missing, so that the path can be listed. */
  async ensureBasePath(signal: AbortSignal): Promise<void> {
    const { poolPath, basePath } = this.#appliance
    const wanted = foldersBetween(poolPath, basePath)
    if (wanted.length === 0) return
    const there = await this.#appliance.filesBelow(poolPath, wanted, signal)
    for (const folder of wanted) {
      if (!there.some(({ path, isFolder }) => isFolder && path === folder)) await this.#make(folder, signal)
    }
  }

  /** Makes what is missing of the folder's path, the base path included where it turned out to be gone. */
  async ensure(folder: string, signal: AbortSignal): Promise<void> {
    const { basePath } = this.#appliance
    const files = this.#files
    const known = files.folders()
    try {
      if (!known.has(basePath)) await this.ensureBasePath(signal)
      files.putFolder(basePath)
      for (const part of foldersBetween(basePath, folder)) {
        if (!known.has(part)) await this.#make(part, signal)
        files.putFolder(part)
      }
      files.useFolder(folder)
    } catch (error) {
      this.doubt(folder)
      throw error
    }
  }

  /** Somebody may have taken the folder away, or one above it: the next try makes sure. */
  doubt(folder: string): void {
    const { basePath } = this.#appliance
    for (const part of [basePath, ...foldersBetween(basePath, folder)]) this.#files.dropFolder(part)
  }

  /** Makes one folder, in one that is there. Success where it is there already. */
  async #make(folder: string, signal: AbortSignal): Promise<void> {
    const task = `make the folder ${folder}`
    const trap = await this.#appliance.change(this.#command(folder), signal).catch((error: unknown) => {
      throw outward(task, error)
    })
    if (trap === undefined) return
    const [there] = await this.#appliance.filesBelow(this.#appliance.poolPath, [folder], signal)
    if (there?.isFolder === true) return
    if (this.#label() === undefined || kindOf(trap) === 'unavailable') throw refusal(task, trap)
    throw refusal(`${task} as a subvolume, as snapshots need it (--snapshot-mode=off does without)`, trap)
  }

  #command(folder: string): DeviceCommand {
    const label = this.#label()
    if (label === undefined) return { path: '/file/add', args: { name: fileName(folder), type: 'directory' } }
    const name = folder.slice(this.#appliance.poolPath.length + 1)
    return { path: '/disk/btrfs/subvolume/add', args: { fs: label, name } }
  }
}
