import { StorageError } from '../../domain/errors.ts'
import type { Bytes } from '../../domain/ids.ts'
import type { Volume, VolumeSpec } from '../../domain/volume.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ByteCopies } from './byte-copies.ts'
import { type OwnerTag, writeComment } from './comment.ts'
import { clearing, type Copying, progressOf } from './copies.ts'
import { backingFile } from './device-path.ts'
import { DiskAddition, inTheWay } from './disk-addition.ts'
import { volumePlace } from './disk-place.ts'
import { readDisk } from './export-switch.ts'
import { readFile, removeFile } from './file-removal.ts'
import { requireInside } from './folders.ts'
import type { Holdings } from './holdings.ts'
import { isUnfinished, type KnownDisk } from './known-disk.ts'
import { THERE } from './late-commands.ts'
import { refused } from './refusals.ts'
import { slotOf } from './slot.ts'
import type { VolumeRemoval } from './volume-removal.ts'
import { requireSameMaking, sameAs } from './wanted-volume.ts'

/** The disk from which a volume is copied, held until the copy ends. */
export interface CopySource {
  readonly slot: string
  readonly bytes: Bytes
  readonly copy: Copying
}

interface Parts {
  readonly clock: Clock
  readonly copies: ByteCopies
  readonly removal: VolumeRemoval
}

/**
 * Volumes that are copies of others or of snapshots. Until every byte is there the disk's comment says that it is
 * unfinished; a copy that was cut short begins anew on a new disk, since the device may still write to the old one.
 */
export class CopiedVolumes {
  readonly #holdings: Holdings
  readonly #parts: Parts
  readonly #addition: DiskAddition

  constructor(holdings: Holdings, parts: Parts) {
    this.#holdings = holdings
    this.#parts = parts
    this.#addition = new DiskAddition(holdings)
  }

  /** The volume once it is complete, undefined where it has to be copied; `busy` while that is being done. In turn. */
  async settled(spec: VolumeSpec, signal: AbortSignal): Promise<Volume | undefined> {
    const { copies, table, appliance } = this.#holdings
    requireInside(spec.folder, appliance.basePath)
    const running = copies.to(spec.id)
    if (running !== undefined) throw stillCopying(running)
    const failure = this.#parts.copies.takeFailure(spec.id)
    if (failure !== undefined) throw failure
    await this.#holdings.awaitOthers(spec.id, [THERE], signal)
    await this.#holdings.current(spec.id, signal)
    const have = table.anyDisk(spec.id)
    if (have === undefined) return undefined
    if (!isUnfinished(have)) return sameAs(have, spec)
    requireSameMaking(have, spec)
    return undefined
  }

  /** Begins to copy, and throws `busy` with how far it is. In turn. */
  async begin(spec: VolumeSpec, { slot, bytes, copy }: CopySource, signal: AbortSignal): Promise<never> {
    if (spec.bytes < bytes) {
      throw new StorageError('out-of-range', `${spec.source?.id} has ${bytes} bytes, more than ${spec.bytes}`)
    }
    await this.#parts.removal.removeUnfinished(spec.id, signal)
    await this.#clearFile(spec, signal)
    const tag = this.#tag(spec)
    await this.#holdings.space.within(spec.bytes, `create volume ${spec.id}`, signal, () =>
      this.#add(tag, spec, signal),
    )
    const finish = (live: AbortSignal): Promise<void> => this.#finish(tag, live)
    this.#parts.copies.start(copy, { from: slot, to: slotOf(spec.id), finish })
    throw stillCopying(copy)
  }

  async #add(tag: OwnerTag, { id, folder, bytes }: VolumeSpec, signal: AbortSignal): Promise<KnownDisk> {
    await this.#holdings.folders.ensure(folder, signal)
    const place = volumePlace(this.#holdings, { ...tag, unfinished: true })
    return this.#addition.add({ place, path: backingFile(folder, id), bytes, makesFile: true }, signal)
  }

  /** A file of just this size was left when an earlier copy was cleared away. One of another size is never touched. */
  async #clearFile({ id, folder, bytes }: VolumeSpec, signal: AbortSignal): Promise<void> {
    const path = backingFile(folder, id)
    const there = this.#holdings.table.files.has(path) ? await readFile(this.#holdings, path, signal) : undefined
    if (there === undefined) return
    if (there.bytes !== bytes) throw new StorageError('conflict', inTheWay(path, there.bytes, bytes))
    await clearing(id, () => removeFile(this.#holdings, id, path, signal))
  }

  /** Every byte is there: the disk becomes a volume. */
  async #finish(tag: OwnerTag, signal: AbortSignal): Promise<void> {
    const { id } = tag
    const task = `complete volume ${id}`
    const command = { path: '/disk/set', args: { '.id': slotOf(id), comment: writeComment(tag) } }
    const shows = (now: KnownDisk | undefined): boolean => now !== undefined && !isUnfinished(now)
    const trap = await this.#holdings.change(id, { task, command, aim: THERE, shows }, signal)
    const after = await readDisk(this.#holdings, id, signal)
    if (after !== undefined) return
    if (trap !== undefined) throw refused(task, trap)
    throw new StorageError('internal', `cannot ${task}: another comment was read back`)
  }

  #tag({ id, name, source }: VolumeSpec): OwnerTag {
    return { owner: this.#holdings.ownership.owner, id, name, createdAt: this.#parts.clock.now(), source }
  }
}

const stillCopying = (copy: Copying): StorageError =>
  new StorageError('busy', `${progressOf(copy)}; ask again until it is done`)
