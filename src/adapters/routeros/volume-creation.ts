import { StorageError } from '../../domain/errors.ts'
import type { Bytes } from '../../domain/ids.ts'
import { isInside } from '../../domain/folder.ts'
import { compare, type Volume, type VolumeSpec } from '../../domain/volume.ts'
import type { Clock } from '../../ports/clock.ts'
import { writeComment } from './comment.ts'
import { backingFile, foldersBetween } from './device-path.ts'
import type { DiskRow } from './disk-row.ts'
import type { Holdings } from './holdings.ts'
import { type KnownDisk, volumeOf } from './known-disk.ts'
import { GONE, THERE } from './late-commands.ts'
import { kindOf, refusal, refused } from './refusals.ts'
import { slotOf, slotsOf } from './slot.ts'
import type { TrapError } from './transport.ts'

/** One attempt to make a volume's disk. */
interface Attempt {
  readonly spec: VolumeSpec
  readonly path: string
  /** Whether the file is made too; otherwise one of the right size is there and is attached as it is. */
  readonly makesFile: boolean
}

/** Makes volumes: a disk of type `file`, and its file in one command, both read back. */
export class VolumeCreation {
  readonly #holdings: Holdings
  readonly #clock: Clock

  constructor(holdings: Holdings, clock: Clock) {
    this.#holdings = holdings
    this.#clock = clock
  }

  /** As VolumeBackend.create. In turn. */
  async create(spec: VolumeSpec, signal: AbortSignal): Promise<Volume> {
    const { basePath } = this.#holdings.appliance
    if (!isInside(spec.folder, basePath)) {
      throw new StorageError('invalid', `folder ${spec.folder} is not inside the base path ${basePath}`)
    }
    await this.#holdings.awaitOthers(spec.id, [THERE], signal)
    const disk = await this.#holdings.current(spec.id, signal)
    if (disk !== undefined) return sameAs(volumeOf(disk), spec)
    await this.#ensureFolder(spec.folder, signal)
    const path = backingFile(spec.folder, spec.id)
    this.#requireUnused(path)
    const makesFile = await this.#isFileMissing(spec, path, signal)
    return this.#attempt({ spec, path, makesFile }, signal)
  }

  /** Makes what is missing of the folder's path, the base path included where it turned out to be gone. */
  async #ensureFolder(folder: string, signal: AbortSignal): Promise<void> {
    const { appliance, table } = this.#holdings
    const { basePath } = appliance
    const known = table.files.folders()
    try {
      if (!known.has(basePath)) await appliance.ensureBasePath(signal)
      table.files.putFolder(basePath)
      for (const part of foldersBetween(basePath, folder)) {
        if (!known.has(part)) await appliance.makeFolder(part, signal)
        table.files.putFolder(part)
      }
      table.files.useFolder(folder)
    } catch (error) {
      this.#doubtFolder(folder)
      throw error
    }
  }

  /** Somebody may have taken the folder away, or one above it: the next try makes sure. */
  #doubtFolder(folder: string): void {
    const { appliance, table } = this.#holdings
    for (const part of [appliance.basePath, ...foldersBetween(appliance.basePath, folder)]) table.files.dropFolder(part)
  }

  /** Two disks on one file would write into each other; whether the device refuses the second is unknown. */
  #requireUnused(path: string): void {
    const slot = this.#holdings.table.strangerOn(path)
    if (slot === undefined) return
    throw new StorageError('conflict', `disk "${slot}", which is not ours, uses the file ${path}; nothing was made`)
  }

  /** False where a file of just this size waits for its disk. A file of another size is never touched. */
  async #isFileMissing({ bytes }: VolumeSpec, path: string, signal: AbortSignal): Promise<boolean> {
    if (!this.#holdings.table.files.has(path)) return true
    const file = await this.#holdings.lookAtFile(path, signal)
    if (file === undefined) return true
    if (file.bytes === bytes) return false
    throw new StorageError('conflict', inTheWay(path, file.bytes, bytes))
  }

  async #attempt(attempt: Attempt, signal: AbortSignal): Promise<Volume> {
    const { spec, path, makesFile } = attempt
    const args = {
      type: 'file',
      slot: slotOf(spec.id),
      'file-path': path,
      // Without a size the file that is there is attached as it is.
      ...(makesFile && { 'file-size': String(spec.bytes) }),
      // Else the appliance itself would mount the file system that a node makes on it.
      'mount-filesystem': 'no',
      comment: writeComment({
        owner: this.#holdings.ownership.owner,
        id: spec.id,
        name: spec.name,
        createdAt: this.#clock.now(),
      }),
    }
    const change = {
      task: taskOf(spec),
      command: { path: '/disk/add', args },
      aim: THERE,
      shows: (now: KnownDisk | undefined) => now !== undefined,
    }
    const trap = await this.#holdings.change(spec.id, change, signal)
    return this.#holdings.inDoubtUnless(spec.id, () =>
      trap === undefined ? this.#readBack(attempt, signal) : this.#afterRefusal(attempt, trap, signal),
    )
  }

  /**
   * What the device has after it took the `add`. Where that is not what was asked for, the disk is taken back; its file
   * stays, since the device may have taken one that somebody else had put there.
   */
  async #readBack(attempt: Attempt, signal: AbortSignal): Promise<Volume> {
    const { spec, path } = attempt
    const rows = await this.#holdings.look(spec.id, path, signal)
    const row = rows.find(({ slot }) => slot === slotOf(spec.id))
    const disk = this.#holdings.table.disk(spec.id)
    const other = rows.find(one => one.path === path && one !== row)
    if (other !== undefined) {
      await this.#undo(spec, path, signal)
      throw new StorageError('conflict', `disk "${other.slot}", which is not ours, uses the file ${path} too`)
    }
    if (disk?.bytes === spec.bytes) return volumeOf(disk)
    if (row === undefined)
      throw new StorageError('unavailable', `${taskOf(spec)}: the disk was gone when it was read back`)
    if (row.path === path) await this.#undo(spec, path, signal)
    throw unlike(attempt, row, disk)
  }

  /** Whoever refused may have had it already: by an earlier try of ours, or by somebody else. */
  async #afterRefusal(attempt: Attempt, trap: TrapError, signal: AbortSignal): Promise<Volume> {
    const { spec, path, makesFile } = attempt
    const rows = await this.#holdings.look(spec.id, path, signal)
    const disk = this.#holdings.table.disk(spec.id)
    if (disk !== undefined) return sameAs(volumeOf(disk), spec)
    const mayBeLeft = makesFile && !rows.some(row => row.path === path)
    const left = mayBeLeft ? await this.#holdings.lookAtFile(path, signal) : undefined
    const slotIsFree = !rows.some(row => slotsOf(spec.id).includes(row.slot))
    if (left?.bytes === spec.bytes && slotIsFree) return this.#attempt({ ...attempt, makesFile: false }, signal)
    const reason = await this.#reason(attempt, rows, trap, signal)
    if (left === undefined) throw reason
    const isOurs = reason.kind === 'exhausted' && (await this.#ranOutOfSpace(spec, left.bytes, signal))
    if (!isOurs) throw new StorageError('conflict', `${reason.message}; ${inTheWay(path, left.bytes, spec.bytes)}`)
    await this.#holdings.removeFile(spec.id, path, signal)
    throw reason
  }

  /** Whether a file of so many bytes is what an `add` leaves that the pool had no space for. */
  async #ranOutOfSpace({ bytes }: VolumeSpec, left: Bytes | undefined, signal: AbortSignal): Promise<boolean> {
    if (left === undefined || left > bytes) return false
    const { free } = await this.#holdings.appliance.capacity(signal)
    return free + left < bytes
  }

  async #reason(
    attempt: Attempt,
    rows: readonly DiskRow[],
    trap: TrapError,
    signal: AbortSignal,
  ): Promise<StorageError> {
    const { spec, path } = attempt
    const other = rows.find(row => row.path === path || slotsOf(spec.id).includes(row.slot))
    if (other !== undefined) {
      const text = `disk "${other.slot}" (file ${other.path ?? 'none'}) is in its place and is not ours`
      return new StorageError('conflict', `cannot ${taskOf(spec)}: ${text}`, { cause: trap })
    }
    const kind = kindOf(trap)
    if (kind === 'unavailable') this.#doubtFolder(spec.folder)
    if (kind !== 'internal') return refusal(taskOf(spec), trap)
    const { free } = await this.#holdings.appliance.capacity(signal)
    if (free >= spec.bytes) return refusal(taskOf(spec), trap)
    const text = `the pool has ${free} bytes left, not ${spec.bytes}`
    return new StorageError('exhausted', `cannot ${taskOf(spec)}: ${text} (${trap.message})`, { cause: trap })
  }

  /** Takes back the disk that was just made. */
  async #undo({ id }: VolumeSpec, path: string, signal: AbortSignal): Promise<void> {
    const slot = slotOf(id)
    const task = `take back disk "${slot}"`
    const command = { path: '/disk/remove', args: { '.id': slot } }
    const shows = (now: KnownDisk | undefined): boolean => now === undefined
    const trap = await this.#holdings.change(id, { task, command, aim: GONE, shows }, signal)
    if (trap !== undefined) {
      const rows = await this.#holdings.look(id, path, signal)
      if (rows.some(row => row.slot === slot)) throw refused(task, trap)
    }
    this.#holdings.table.forget(id, path)
  }
}

function inTheWay(path: string, have: Bytes | undefined, want: Bytes): string {
  const text = `file ${path} is there without a disk and has ${have ?? 'an unknown number of'} bytes, not ${want}`
  return `${text}: look what it is, then remove or rename it`
}

/** The error for a disk that is not what was asked for. */
function unlike({ spec, path, makesFile }: Attempt, row: DiskRow, disk: KnownDisk | undefined): StorageError {
  const found = disk === undefined ? `comment "${row.comment ?? ''}"` : `${row.bytes ?? 'an unknown number of'} bytes`
  const wanted = `${spec.bytes} bytes with our comment were asked for`
  const kind = makesFile && disk?.bytes === undefined ? 'internal' : 'conflict'
  const text = `disk "${row.slot}" was taken back: ${wanted}, ${found} read back; the file ${path} was left as it is`
  return new StorageError(kind, text)
}

const taskOf = ({ id }: VolumeSpec): string => `create volume ${id}`

function sameAs(volume: Volume, { id, name, bytes, folder }: VolumeSpec): Volume {
  const comparison = compare(volume, { id, name, folder, range: { required: bytes, limit: bytes } })
  if (comparison.same) return volume
  throw new StorageError('conflict', `volume ${id} exists and differs: ${comparison.difference}`)
}
