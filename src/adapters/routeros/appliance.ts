import { StorageError } from '../../domain/errors.ts'
import type { VolumeId } from '../../domain/ids.ts'
import type { PoolCapacity } from '../../ports/volume-backend.ts'
import { fileName, foldersBetween } from './device-path.ts'
import { DISK_PROPERTIES, type DiskRow, diskRow } from './disk-row.ts'
import { FILE_PROPERTIES, type FileRow, fileRow } from './file-row.ts'
import { outward } from './refusals.ts'
import { slotsOf } from './slot.ts'
import { type DeviceCommand, type ReplyRow, type Transport, TrapError } from './transport.ts'

/**
 * The device's menus in terms of paths and disks. Readings throw StorageErrors; `change` hands a refusal back, since what
 * it means is often decided by reading again.
 */
export class Appliance {
  readonly basePath: string
  /** The mount point in which the base path lies, with a leading slash. */
  readonly poolPath: string
  readonly #transport: Transport

  constructor(transport: Transport, basePath: string) {
    this.#transport = transport
    this.basePath = basePath
    this.poolPath = `/${basePath.split('/')[1] ?? ''}`
  }

  /** All disks with a backing file, ours and others'. */
  allDisks(signal: AbortSignal): Promise<DiskRow[]> {
    return this.#disks([['type', 'file']], 'list the disks', signal)
  }

  /** The disks in any slot that belongs to the volume and, with a path, those on that file. */
  disksOf(id: VolumeId, path: string | undefined, signal: AbortSignal): Promise<DiskRow[]> {
    const places = slotsOf(id).map((slot): [string, string] => ['slot', slot])
    if (path !== undefined) places.push(['file-path', path])
    return this.#disks(places, `read the disk of ${id}`, signal)
  }

  async capacity(signal: AbortSignal): Promise<PoolCapacity> {
    const task = 'read the free space'
    const properties = ['slot', 'mount-point', 'size', 'free']
    const rows = await this.#read(task, { path: '/disk/print', anyOf: this.#poolPlaces(), properties }, signal)
    const { bytes, free } = this.#pool(rows.map(diskRow), task)
    if (bytes === undefined || free === undefined) {
      throw new StorageError('unavailable', `cannot ${task}: the appliance tells no size of ${this.poolPath}`)
    }
    return { free, total: bytes }
  }

  /** Everything at any depth below a folder that is there; with names only those of them. */
  async filesBelow(folder: string, only: readonly string[] | undefined, signal: AbortSignal): Promise<FileRow[]> {
    const command: DeviceCommand = {
      path: '/file/print',
      // What a bare print lists is different between releases.
      args: { path: fileName(folder), recursive: 'yes' },
      properties: FILE_PROPERTIES,
      ...(only && { anyOf: only.map(path => ['name', fileName(path)] as const) }),
    }
    const rows = await this.#read(`list the files below ${folder}`, command, signal)
    return rows.map(fileRow).filter(row => row !== undefined)
  }

  /** Makes the base path's folders that are missing, so that the path can be listed. */
  async ensureBasePath(signal: AbortSignal): Promise<void> {
    const wanted = foldersBetween(this.poolPath, this.basePath)
    if (wanted.length === 0) return
    const there = await this.filesBelow(this.poolPath, wanted, signal)
    for (const folder of wanted) {
      if (!there.some(({ path, isFolder }) => isFolder && path === folder)) await this.makeFolder(folder, signal)
    }
  }

  /** Makes one folder, in one that is there. Success where it is there already. */
  async makeFolder(folder: string, signal: AbortSignal): Promise<void> {
    const task = `make the folder ${folder}`
    try {
      await this.#transport.run({ path: '/file/add', args: { name: fileName(folder), type: 'directory' } }, signal)
    } catch (error) {
      if (!(error instanceof TrapError)) throw outward(task, error)
      const [there] = await this.filesBelow(this.poolPath, [folder], signal)
      if (there?.isFolder !== true) throw outward(task, error)
    }
  }

  /** Sends a command that changes something. Returns the trap of a refusal; throws what a transport throws for the rest. */
  async change(command: DeviceCommand, signal: AbortSignal, over: AbortController): Promise<TrapError | undefined> {
    try {
      await this.#transport.run(command, signal, over)
      return undefined
    } catch (error) {
      if (error instanceof TrapError) return error
      throw error
    }
  }

  async #disks(places: readonly (readonly [string, string])[], task: string, signal: AbortSignal): Promise<DiskRow[]> {
    const anyOf = [...places, ...this.#poolPlaces()]
    const rows = await this.#read(task, { path: '/disk/print', anyOf, properties: DISK_PROPERTIES }, signal)
    const disks = rows.map(diskRow)
    const pool = this.#pool(disks, task)
    return disks.filter(disk => disk !== pool)
  }

  async #read(task: string, command: DeviceCommand, signal: AbortSignal): Promise<readonly ReplyRow[]> {
    try {
      return (await this.#transport.run(command, signal)).rows
    } catch (error) {
      throw outward(task, error)
    }
  }

  /** Every reading of disks reads the pool too: while it is not mounted, nothing that is missing is known to be gone. */
  #poolPlaces(): [string, string][] {
    const name = fileName(this.poolPath)
    return [
      ['mount-point', name],
      ['slot', name],
    ]
  }

  #pool(disks: readonly DiskRow[], task: string): DiskRow {
    const pool = disks.find(({ mountPoint }) => mountPoint === this.poolPath)
    if (pool !== undefined) return pool
    const unmounted = disks.some(({ slot }) => slot === fileName(this.poolPath))
    const why = unmounted
      ? `disk "${fileName(this.poolPath)}" is there but not mounted`
      : `no disk is mounted at ${this.poolPath}, in which the base path ${this.basePath} lies`
    throw new StorageError('unavailable', `cannot ${task}: ${why}`)
  }
}
