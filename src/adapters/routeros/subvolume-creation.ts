import { StorageError } from '../../domain/errors.ts'
import type { Bytes, VolumeId } from '../../domain/ids.ts'
import type { VolumeSpec } from '../../domain/volume.ts'
import { type OwnerTag, writeComment } from './comment.ts'
import { imageIn } from './device-path.ts'
import { type Attempt, DiskAddition, inTheWay } from './disk-addition.ts'
import { volumePlace } from './disk-place.ts'
import { readDisk } from './export-switch.ts'
import { readFile } from './file-removal.ts'
import type { Holdings } from './holdings.ts'
import { isUnfinished, type KnownDisk } from './known-disk.ts'
import { THERE } from './late-commands.ts'
import { subvolumeName } from './subvolume-name.ts'
import { LinkError } from './transport.ts'
import { requireSameMaking, type VolumeOrigin } from './wanted-volume.ts'

/** Makes volumes in subvolumes of their own: the subvolume, then the disk on the image in it. */
export class SubvolumeCreation {
  readonly #holdings: Holdings
  readonly #addition: DiskAddition

  constructor(holdings: Holdings) {
    this.#holdings = holdings
    this.#addition = new DiskAddition(holdings)
  }

  /** An empty volume. What a failure leaves is taken away where it was made here. */
  async empty(tag: OwnerTag, spec: VolumeSpec, signal: AbortSignal): Promise<KnownDisk> {
    const path = this.#pathOf(spec)
    const made = await this.#subvolume(spec, path, undefined, signal)
    const makesFile = made || (await this.#isImageMissing(path, spec.bytes, signal))
    return this.#orUndo(spec, made ? path : undefined, signal, () =>
      this.#add(tag, { path: imageIn(path), bytes: spec.bytes, makesFile }, signal),
    )
  }

  /**
   * A volume with the bytes of another one or of a snapshot: its subvolume is a writable snapshot of that one's. A larger
   * one is no volume before it has grown; an unfinished one is completed.
   */
  async from(
    tag: OwnerTag,
    spec: VolumeSpec,
    origin: VolumeOrigin & { readonly have: KnownDisk | undefined },
    signal: AbortSignal,
  ): Promise<KnownDisk> {
    if (origin.have !== undefined) return this.#finish(origin.have, tag, spec, signal)
    const path = this.#pathOf(spec)
    const made = await this.#subvolume(spec, path, origin, signal)
    const disk = await this.#orUndo(spec, made ? path : undefined, signal, async () => {
      const image = imageIn(path)
      const bytes = made ? origin.bytes : await this.#imageBytes(image, spec, origin, signal)
      const unfinished = spec.bytes > bytes
      return this.#add({ ...tag, unfinished }, { path: image, bytes, makesFile: false }, signal)
    })
    return isUnfinished(disk) ? this.#finish(disk, tag, spec, signal) : disk
  }

  #add(tag: OwnerTag, attempt: Omit<Attempt<KnownDisk>, 'place'>, signal: AbortSignal): Promise<KnownDisk> {
    return this.#addition.add({ ...attempt, place: volumePlace(this.#holdings, tag) }, signal)
  }

  #pathOf({ folder, id, source }: VolumeSpec): string {
    return `${folder}/${subvolumeName({ of: 'volume', id, source })}`
  }

  /** Whether the subvolume was made; false where an earlier try made it. */
  async #subvolume(
    { id, folder }: VolumeSpec,
    path: string,
    origin: VolumeOrigin | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { subvolumes, table } = this.#holdings
    const other = table.subvolumes.of(id).find(known => known.path !== path)
    if (other !== undefined) {
      const text = `subvolume ${other.path} is there without a disk: look what it is, then remove or rename it`
      throw new StorageError('conflict', `cannot create volume ${id}: ${text}`)
    }
    if (table.subvolumes.get(path) !== undefined && (await subvolumes.look([path], signal)).length > 0) return false
    try {
      return await subvolumes.add(
        id,
        path,
        origin && { parent: origin.subvolume, bytes: origin.bytes, readOnly: false },
        signal,
      )
    } catch (error) {
      // Somebody may have taken the folder away.
      this.#holdings.folders.doubt(folder)
      throw error
    }
  }

  /** False where an image of just this size waits for its disk. One of another size is never touched. */
  async #isImageMissing(path: string, bytes: Bytes, signal: AbortSignal): Promise<boolean> {
    const image = imageIn(path)
    const file = await readFile(this.#holdings, image, signal)
    if (file === undefined) return true
    if (file.bytes === bytes) return false
    throw new StorageError('conflict', inTheWay(image, file.bytes, bytes))
  }

  /** The size of an image that an earlier try left: what its origin had then, which is less where that is a volume that has grown. */
  async #imageBytes(image: string, spec: VolumeSpec, origin: VolumeOrigin, signal: AbortSignal): Promise<Bytes> {
    const bytes = (await readFile(this.#holdings, image, signal))?.bytes
    const least = spec.source?.from === 'volume' ? 1 : origin.bytes
    if (bytes !== undefined && bytes >= least && bytes <= spec.bytes) return bytes
    throw new StorageError('conflict', inTheWay(image, bytes, origin.bytes))
  }

  /** Gives an unfinished disk its size, and by the same command the comment that makes it a volume. */
  async #finish(disk: KnownDisk, tag: OwnerTag, spec: VolumeSpec, signal: AbortSignal): Promise<KnownDisk> {
    requireSameMaking(disk, spec)
    const { id, slot } = disk
    const task = `grow disk "${slot}" to ${spec.bytes} bytes`
    const comment = writeComment({ ...tag, createdAt: disk.tag?.createdAt })
    const command = { path: '/disk/set', args: { '.id': slot, 'file-size': String(spec.bytes), comment } }
    const shows = (now: KnownDisk | undefined): boolean => now !== undefined && !isUnfinished(now)
    const trap = await this.#holdings.change(id, { task, command, aim: THERE, shows }, signal)
    await readDisk(this.#holdings, id, signal)
    const after = this.#holdings.table.anyDisk(id)
    if (after !== undefined && !isUnfinished(after) && after.bytes === spec.bytes) return after
    if (after !== undefined) await this.#takeBack(after, tag, signal)
    if (trap === undefined) {
      const text = `${after?.bytes ?? 'no'} bytes read back; the new volume was taken back`
      throw new StorageError('internal', `cannot ${task}: ${text}`)
    }
    const needed = spec.bytes - (disk.bytes ?? 0)
    throw await this.#holdings.space.refusal(`${task}; the new volume was taken back`, trap, needed, signal)
  }

  async #takeBack({ id, path, subvolume }: KnownDisk, tag: OwnerTag, signal: AbortSignal): Promise<void> {
    await this.#addition.undo(volumePlace(this.#holdings, tag), path, signal)
    if (subvolume !== undefined) await this.#holdings.subvolumes.remove(id, subvolume, signal)
  }

  /** Where the work is refused, the subvolume that was made for it goes again; after a lost link the next call sees to it. */
  async #orUndo(
    { id }: VolumeSpec,
    made: string | undefined,
    signal: AbortSignal,
    work: () => Promise<KnownDisk>,
  ): Promise<KnownDisk> {
    try {
      return await work()
    } catch (error) {
      const isUnclear = !(error instanceof StorageError) || error.cause instanceof LinkError
      // What stays all the same is found by the next call.
      if (made !== undefined && !isUnclear) await this.#undo(id, made, signal).catch(() => undefined)
      throw error
    }
  }

  async #undo(id: VolumeId, made: string, signal: AbortSignal): Promise<void> {
    // What was refused may have been the reading alone, and the disk be there.
    await this.#holdings.look(id, imageIn(made), signal)
    if (this.#holdings.table.anyDisk(id) === undefined) await this.#holdings.subvolumes.remove(id, made, signal)
  }
}
