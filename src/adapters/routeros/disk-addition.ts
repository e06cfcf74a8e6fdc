import { StorageError } from '../../domain/errors.ts'
import type { Bytes } from '../../domain/ids.ts'
import type { DiskPlace } from './disk-place.ts'
import type { DiskRow } from './disk-row.ts'
import { readFile, removeFile } from './file-removal.ts'
import type { Holdings } from './holdings.ts'
import { GONE, THERE } from './late-commands.ts'
import { refused } from './refusals.ts'
import type { TrapError } from './transport.ts'

interface Sized {
  readonly bytes: Bytes | undefined
}

/** One attempt to make a disk. */
export interface Attempt<Disk extends Sized> {
  readonly place: DiskPlace<Disk>
  readonly path: string
  /** What the disk has to have. */
  readonly bytes: Bytes
  /** Whether the file is made too; otherwise one of the right size is there and is attached as it is. */
  readonly makesFile: boolean
}

/** Makes disks of type `file`, with their files in one command or on ones that are there, and reads them back. */
export class DiskAddition {
  readonly #holdings: Holdings

  constructor(holdings: Holdings) {
    this.#holdings = holdings
  }

  /** The disk as the device has it then. One that another try made meanwhile is returned whatever it is. In turn. */
  async add<Disk extends Sized>(attempt: Attempt<Disk>, signal: AbortSignal): Promise<Disk> {
    const { place, path, makesFile, bytes } = attempt
    const args = {
      type: 'file',
      slot: place.slot,
      'file-path': path,
      // Without a size the file that is there is attached as it is.
      ...(makesFile && { 'file-size': String(bytes) }),
      // Else the appliance itself would mount the file system that a node makes on it.
      'mount-filesystem': 'no',
      comment: place.comment,
    }
    const shows = (): boolean => place.found() !== undefined
    const change = { task: taskOf(attempt), command: { path: '/disk/add', args }, aim: THERE, shows }
    const trap = await this.#holdings.change(place.id, change, signal)
    return this.#holdings.inDoubtUnless(place.id, () =>
      trap === undefined ? this.#readBack(attempt, signal) : this.#afterRefusal(attempt, trap, signal),
    )
  }

  /** Takes back the disk that was just made. */
  async undo<Disk extends Sized>(place: DiskPlace<Disk>, path: string, signal: AbortSignal): Promise<void> {
    const { id, slot } = place
    const task = `take back disk "${slot}"`
    const command = { path: '/disk/remove', args: { '.id': slot } }
    const shows = (): boolean => place.found() === undefined
    const trap = await this.#holdings.change(id, { task, command, aim: GONE, shows }, signal)
    if (trap !== undefined) {
      const rows = await place.look(path, signal)
      if (rows.some(row => row.slot === slot)) throw refused(task, trap)
    }
    place.forget(path)
  }

  /**
   * What the device has after it took the `add`. Where that is not what was asked for, the disk is taken back; its file
   * stays, since the device may have taken one that somebody else had put there.
   */
  async #readBack<Disk extends Sized>(attempt: Attempt<Disk>, signal: AbortSignal): Promise<Disk> {
    const { place, path, bytes } = attempt
    const rows = await place.look(path, signal)
    const row = rows.find(({ slot }) => slot === place.slot)
    const disk = place.found()
    const other = rows.find(one => one.path === path && one !== row)
    if (other !== undefined) {
      await this.undo(place, path, signal)
      throw new StorageError('conflict', `disk "${other.slot}", which is not ours, uses the file ${path} too`)
    }
    if (disk?.bytes === bytes) return disk
    if (row === undefined) {
      throw new StorageError('unavailable', `${taskOf(attempt)}: the disk was gone when it was read back`)
    }
    if (row.path === path) await this.undo(place, path, signal)
    throw unlike(attempt, row, disk)
  }

  /** Whoever refused may have had it already: by an earlier try of ours, or by somebody else. */
  async #afterRefusal<Disk extends Sized>(attempt: Attempt<Disk>, trap: TrapError, signal: AbortSignal): Promise<Disk> {
    const { place, path, makesFile, bytes } = attempt
    const rows = await place.look(path, signal)
    const disk = place.found()
    if (disk !== undefined) return disk
    const mayBeLeft = makesFile && !rows.some(row => row.path === path)
    const left = mayBeLeft ? await readFile(this.#holdings, path, signal) : undefined
    const slotIsFree = !rows.some(row => place.slots.includes(row.slot))
    if (left?.bytes === bytes && slotIsFree) return this.add({ ...attempt, makesFile: false }, signal)
    const reason = await this.#reason(attempt, rows, trap, signal)
    if (left === undefined) throw reason
    const isOurs = reason.kind === 'exhausted' && (await this.#ranOutOfSpace(bytes, left.bytes, signal))
    if (!isOurs) throw new StorageError('conflict', `${reason.message}; ${inTheWay(path, left.bytes, bytes)}`)
    await removeFile(this.#holdings, place.id, path, signal)
    throw reason
  }

  /** Whether a file of so many bytes is what an `add` leaves that the pool had no space for. */
  async #ranOutOfSpace(bytes: Bytes, left: Bytes | undefined, signal: AbortSignal): Promise<boolean> {
    if (left === undefined || left > bytes) return false
    const { free } = await this.#holdings.appliance.readPool(signal)
    return free + left < bytes
  }

  async #reason<Disk extends Sized>(
    attempt: Attempt<Disk>,
    rows: readonly DiskRow[],
    trap: TrapError,
    signal: AbortSignal,
  ): Promise<StorageError> {
    const { place, path, bytes, makesFile } = attempt
    const other = rows.find(row => row.path === path || place.slots.includes(row.slot))
    if (other === undefined) {
      return this.#holdings.space.refusal(taskOf(attempt), trap, makesFile ? bytes : 0, signal)
    }
    const text = `disk "${other.slot}" (file ${other.path ?? 'none'}) is in its place and is not ours`
    return new StorageError('conflict', `cannot ${taskOf(attempt)}: ${text}`, { cause: trap })
  }
}

/** For a file without a disk that is not what a volume needs. */
export function inTheWay(path: string, have: Bytes | undefined, want: Bytes): string {
  const text = `file ${path} is there without a disk and has ${have ?? 'an unknown number of'} bytes, not ${want}`
  return `${text}: look what it is, then remove or rename it`
}

/** The error for a disk that is not what was asked for. */
function unlike(
  { bytes, path, makesFile }: Omit<Attempt<Sized>, 'place'>,
  row: DiskRow,
  disk: Sized | undefined,
): StorageError {
  const found = disk === undefined ? `comment "${row.comment ?? ''}"` : `${row.bytes ?? 'an unknown number of'} bytes`
  const wanted = `${bytes} bytes with our comment were asked for`
  const kind = makesFile && disk?.bytes === undefined ? 'internal' : 'conflict'
  const text = `disk "${row.slot}" was taken back: ${wanted}, ${found} read back; the file ${path} was left as it is`
  return new StorageError(kind, text)
}

const taskOf = ({ place }: { readonly place: { readonly name: string } }): string => `create ${place.name}`
