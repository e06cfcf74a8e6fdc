import { StorageError } from '../../domain/errors.ts'
import type { VolumeId } from '../../domain/ids.ts'
import type { Volume } from '../../domain/volume.ts'
import { writeComment } from './comment.ts'
import { readDisk } from './export-switch.ts'
import type { Holdings } from './holdings.ts'
import { type KnownDisk, mayBeLive, volumeOf } from './known-disk.ts'
import { refused } from './refusals.ts'
import { noSuchVolume } from './snapshots.ts'

/** Keeps texts for people with volumes, in the comments of their disks. */
export class VolumeNote {
  readonly #holdings: Holdings

  constructor(holdings: Holdings) {
    this.#holdings = holdings
  }

  /** As VolumeBackend.annotate. In turn. */
  async annotate(id: VolumeId, note: string, signal: AbortSignal): Promise<Volume> {
    const wanted = note === '' ? undefined : note
    await this.#holdings.awaitOthers(id, [aimOf(wanted)], signal)
    const disk = await this.#holdings.confirmed(id, signal)
    if (disk === undefined) throw noSuchVolume(id)
    if (disk.tag?.note === wanted) return volumeOf(disk)
    // Whether a set on an exported disk cuts its sessions is unknown.
    if (mayBeLive(disk)) throw new StorageError('precondition', `volume ${id} is exported; detach it first`)
    return this.#set(disk, wanted, signal)
  }

  async #set(disk: KnownDisk, note: string | undefined, signal: AbortSignal): Promise<Volume> {
    const { id, slot } = disk
    const { owner } = this.#holdings.ownership
    const tag = { ...(disk.tag ?? { owner, id, name: id, createdAt: undefined }), note }
    const task = `note something on disk "${slot}"`
    const comment = writeComment(tag)
    const command = { path: '/disk/set', args: { '.id': slot, comment } }
    const shows = (now: KnownDisk | undefined): boolean => now?.tag?.note === note
    const trap = await this.#holdings.change(id, { task, command, aim: aimOf(note), shows }, signal)
    const after = await readDisk(this.#holdings, id, signal)
    if (after !== undefined && after.tag?.note === note) return volumeOf(after)
    if (trap !== undefined) throw refused(task, trap)
    if (after === undefined && !(await this.#putBack(disk, comment, signal))) throw noSuchVolume(id)
    throw new StorageError('internal', `cannot ${task}: another comment was read back`)
  }

  /**
   * A disk whose comment was cut off is nobody's: it gets back the one that it had. False where the disk is gone, or
   * somebody else has written its comment.
   */
  async #putBack(disk: KnownDisk, written: string, signal: AbortSignal): Promise<boolean> {
    const { id, slot, path, tag } = disk
    const rows = await this.#holdings.appliance.disksIn([slot], [], `the comment of disk "${slot}"`, signal)
    const kept = rows.find(row => row.slot === slot && row.path === path)?.comment
    if (kept === undefined || !written.startsWith(kept)) return false
    const comment = tag === undefined ? '' : writeComment(tag)
    const task = `give disk "${slot}" its comment back`
    const command = { path: '/disk/set', args: { '.id': slot, comment } }
    const shows = (now: KnownDisk | undefined): boolean => now !== undefined && now.tag?.note === tag?.note
    const trap = await this.#holdings.change(id, { task, command, aim: aimOf(tag?.note), shows }, signal)
    if (shows(await readDisk(this.#holdings, id, signal))) return true
    if (trap !== undefined) throw refused(task, trap)
    throw new StorageError('internal', `cannot ${task}: write it there by hand: ${comment}`)
  }
}

const aimOf = (note: string | undefined): string => `note ${note ?? ''}`
