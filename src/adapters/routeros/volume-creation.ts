import { StorageError } from '../../domain/errors.ts'
import type { Volume, VolumeSpec } from '../../domain/volume.ts'
import type { Clock } from '../../ports/clock.ts'
import type { OwnerTag } from './comment.ts'
import { backingFile } from './device-path.ts'
import { DiskAddition, inTheWay } from './disk-addition.ts'
import { volumePlace } from './disk-place.ts'
import { readFile } from './file-removal.ts'
import { requireInside } from './folders.ts'
import type { Holdings } from './holdings.ts'
import type { KnownDisk } from './known-disk.ts'
import { THERE } from './late-commands.ts'
import { SubvolumeCreation } from './subvolume-creation.ts'
import { sameAs, type VolumeOrigin } from './wanted-volume.ts'

/** Makes volumes: in a subvolume of their own where the pool has them, or flat in their folder. */
export class VolumeCreation {
  readonly #holdings: Holdings
  readonly #clock: Clock
  readonly #addition: DiskAddition
  readonly #subvolumes: SubvolumeCreation

  constructor(holdings: Holdings, clock: Clock) {
    this.#holdings = holdings
    this.#clock = clock
    this.#addition = new DiskAddition(holdings)
    this.#subvolumes = new SubvolumeCreation(holdings)
  }

  /** As VolumeBackend.create. In turn. */
  async create(spec: VolumeSpec, signal: AbortSignal): Promise<Volume> {
    const have = await this.#existing(spec, signal)
    if (have !== undefined) return sameAs(have, spec)
    return this.#holdings.space.within(spec.bytes, `create volume ${spec.id}`, signal, async () => {
      await this.#ensureFolder(spec, signal)
      const way = this.#hasSubvolumes()
        ? this.#subvolumes.empty(this.#tag(spec), spec, signal)
        : this.#flat(spec, signal)
      return sameAs(await way, spec)
    })
  }

  /** As SnapshotBackend.restore and clone, where the source lies in a subvolume. In turn. */
  async createFrom(spec: VolumeSpec, origin: VolumeOrigin, signal: AbortSignal): Promise<Volume> {
    const have = await this.#existing(spec, signal)
    if (have !== undefined && have.tag?.unfinished !== true) return sameAs(have, spec)
    if (spec.bytes < origin.bytes) {
      throw new StorageError('out-of-range', `${spec.source?.id} has ${origin.bytes} bytes, more than ${spec.bytes}`)
    }
    const task = `create volume ${spec.id}`
    // It shares its blocks with its source at first: the device would let it pass, and its writes fail later.
    await this.#holdings.space.require(spec.bytes, task, signal)
    return this.#holdings.space.within(spec.bytes, task, signal, async () => {
      await this.#ensureFolder(spec, signal)
      return sameAs(await this.#subvolumes.from(this.#tag(spec), spec, { ...origin, have }, signal), spec)
    })
  }

  /** What is in the volume's place, once nothing may be at work there any more that takes it away. */
  async #existing(spec: VolumeSpec, signal: AbortSignal): Promise<KnownDisk | undefined> {
    requireInside(spec.folder, this.#holdings.appliance.basePath)
    this.#holdings.copies.requireNone(spec.id)
    await this.#holdings.awaitOthers(spec.id, [THERE], signal)
    await this.#holdings.current(spec.id, signal)
    return this.#holdings.table.anyDisk(spec.id)
  }

  async #ensureFolder({ folder }: VolumeSpec, signal: AbortSignal): Promise<void> {
    await this.#holdings.folders.ensure(folder, signal)
  }

  #hasSubvolumes(): boolean {
    const { options, appliance } = this.#holdings
    return options.snapshots !== 'off' && appliance.pool?.label !== undefined
  }

  async #flat(spec: VolumeSpec, signal: AbortSignal): Promise<KnownDisk> {
    const path = backingFile(spec.folder, spec.id)
    this.#requireUnused(path)
    const makesFile = await this.#isFileMissing(spec, path, signal)
    try {
      const place = volumePlace(this.#holdings, this.#tag(spec))
      return await this.#addition.add({ place, path, bytes: spec.bytes, makesFile }, signal)
    } catch (error) {
      if (error instanceof StorageError && error.kind === 'unavailable') this.#holdings.folders.doubt(spec.folder)
      throw error
    }
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
    const file = await readFile(this.#holdings, path, signal)
    if (file === undefined) return true
    if (file.bytes === bytes) return false
    throw new StorageError('conflict', inTheWay(path, file.bytes, bytes))
  }

  #tag({ id, name, source }: VolumeSpec): OwnerTag {
    return { owner: this.#holdings.ownership.owner, id, name, createdAt: this.#clock.now(), source }
  }
}
