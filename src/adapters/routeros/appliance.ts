import { StorageError } from '../../domain/errors.ts'
import type { Millis } from '../../domain/ids.ts'
import { fileName } from './device-path.ts'
import { DISK_PROPERTIES, type DiskRow, diskRow } from './disk-row.ts'
import { FILE_PROPERTIES, type FileRow, fileRow } from './file-row.ts'
import { type Pool, poolOf } from './pool.ts'
import { outward } from './refusals.ts'
import { SUBVOLUME_PROPERTIES, type SubvolumeRow, subvolumeRow, zoneOffset } from './subvolume-row.ts'
import { type DeviceCommand, type ReplyRow, type Transport, TrapError } from './transport.ts'

/** From so many slots on, all disks are read instead of just these. */
const MANY = 50

/**
 * The device's menus in terms of paths and disks. Readings throw StorageErrors; `change` hands a refusal back, since what
 * it means is often decided by reading again.
 */
export class Appliance {
  readonly basePath: string
  /** The mount point in which the base path lies, with a leading slash. */
  readonly poolPath: string
  readonly #transport: Transport
  #pool: Pool | undefined
  #isAmbiguous = false
  #offset: Millis = 0

  constructor(transport: Transport, basePath: string) {
    this.#transport = transport
    this.basePath = basePath
    this.poolPath = `/${basePath.split('/')[1] ?? ''}`
  }

  /** The pool by the last reading of disks; undefined before the first one. */
  get pool(): Pool | undefined {
    return this.#pool
  }

  /** Whether another file system has the pool's label, by the last reading: which one a command would go to is unknown. */
  get isAmbiguous(): boolean {
    return this.#isAmbiguous
  }

  /** Whether commands can tell how far they are. */
  get streams(): boolean {
    return this.#transport.streams
  }

  /** All disks with a backing file, ours and others'. */
  async allDisks(signal: AbortSignal): Promise<DiskRow[]> {
    return this.#disks([['type', 'file']], 'list the disks', signal)
  }

  /** The disks in any of these slots, and on these files; perhaps others beside them. */
  async disksIn(
    slots: readonly string[],
    paths: readonly string[],
    what: string,
    signal: AbortSignal,
  ): Promise<DiskRow[]> {
    if (slots.length + paths.length > MANY) return this.allDisks(signal)
    const places = [
      ...slots.map((slot): [string, string] => ['slot', slot]),
      ...paths.map((path): [string, string] => ['file-path', path]),
    ]
    return this.#disks(places, `read ${what}`, signal)
  }

  /** Throws `unavailable` while the pool is not mounted: files and subvolumes that are not listed then may be there. */
  async requireMounted(task: string, signal: AbortSignal): Promise<void> {
    await this.#disks([], task, signal)
  }

  /** The pool as it is now, with its sizes. */
  async readPool(signal: AbortSignal): Promise<Pool & { readonly bytes: number; readonly free: number }> {
    await this.#disks([], 'read the free space', signal)
    const { bytes, free } = this.#pool ?? {}
    if (this.#pool === undefined || bytes === undefined || free === undefined) {
      throw new StorageError('unavailable', `cannot read the free space: no size of ${this.poolPath} is told`)
    }
    return { ...this.#pool, bytes, free }
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

  /** The subvolumes of the file systems with the pool's label; with paths only those. None where it has no label. */
  async subvolumes(only: readonly string[] | undefined, signal: AbortSignal): Promise<SubvolumeRow[]> {
    const label = this.#pool?.label
    if (label === undefined) return []
    const anyOf =
      only === undefined
        ? [['fs', label] as const]
        : only.map(path => ['fullname', path.slice(this.poolPath.length + 1)] as const)
    const command = { path: '/disk/btrfs/subvolume/print', anyOf, properties: SUBVOLUME_PROPERTIES }
    const rows = await this.#read('list the subvolumes', command, signal)
    return rows
      .map(row => subvolumeRow(row, this.poolPath, this.#offset))
      .filter(row => row !== undefined && row.label === label)
      .filter(row => row !== undefined)
  }

  /** How many subvolumes of any file system have this last part of their name. */
  async subvolumesNamed(name: string, signal: AbortSignal): Promise<number> {
    const command = { path: '/disk/btrfs/subvolume/print', anyOf: [['name', name] as const], properties: ['.id'] }
    return (await this.#read(`look for subvolumes named ${name}`, command, signal)).length
  }

  /** Reads whether the pool's label is its alone. */
  async readLabel(signal: AbortSignal): Promise<void> {
    const label = this.#pool?.label
    if (label === undefined) return
    const anyOf = [['label', label] as const]
    const command = { path: '/disk/btrfs/filesystem/print', anyOf, properties: ['label'] }
    this.#isAmbiguous = (await this.#read('read the labels of file systems', command, signal)).length > 1
  }

  /** Reads in which zone the device's clock is. Without a right to that its times are taken for UTC. */
  async readZone(signal: AbortSignal): Promise<void> {
    try {
      const { rows } = await this.#transport.run({ path: '/system/clock/print', properties: ['gmt-offset'] }, signal)
      this.#offset = zoneOffset(rows[0]?.get('gmt-offset') ?? '')
    } catch (error) {
      if (!(error instanceof TrapError)) throw outward('read the clock', error)
    }
  }

  /** Sends a command that changes something. Returns the trap of a refusal; throws what a transport throws for the rest. */
  async change(command: DeviceCommand, signal: AbortSignal, over?: AbortController): Promise<TrapError | undefined> {
    try {
      await this.#transport.run(command, signal, over)
      return undefined
    } catch (error) {
      if (error instanceof TrapError) return error
      throw error
    }
  }

  /** Every reading of disks reads the pool too: while it is not mounted, nothing that is missing is known to be gone. */
  async #disks(places: readonly (readonly [string, string])[], task: string, signal: AbortSignal): Promise<DiskRow[]> {
    const name = fileName(this.poolPath)
    const anyOf = [...places, ['mount-point', name] as const, ['slot', name] as const]
    const rows = await this.#read(task, { path: '/disk/print', anyOf, properties: DISK_PROPERTIES }, signal)
    const disks = rows.map(diskRow)
    const pool = disks.find(({ mountPoint }) => mountPoint === this.poolPath)
    if (pool === undefined) throw this.#unmounted(disks, task)
    this.#pool = poolOf(pool, this.poolPath)
    return disks.filter(disk => disk !== pool)
  }

  async #read(task: string, command: DeviceCommand, signal: AbortSignal): Promise<readonly ReplyRow[]> {
    try {
      return (await this.#transport.run(command, signal)).rows
    } catch (error) {
      throw outward(task, error)
    }
  }

  #unmounted(disks: readonly DiskRow[], task: string): StorageError {
    const name = fileName(this.poolPath)
    const why = disks.some(({ slot }) => slot === name)
      ? `disk "${name}" is there but not mounted`
      : `no disk is mounted at ${this.poolPath}, in which the base path ${this.basePath} lies`
    return new StorageError('unavailable', `cannot ${task}: ${why}`)
  }
}
