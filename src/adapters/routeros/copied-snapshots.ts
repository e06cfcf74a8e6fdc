import { StorageError } from '../../domain/errors.ts'
import type { SnapshotId, VolumeId } from '../../domain/ids.ts'
import type { Snapshot, SnapshotSpec } from '../../domain/snapshot.ts'
import type { Volume, VolumeSpec } from '../../domain/volume.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ByteCopies } from './byte-copies.ts'
import type { CopiedVolumes, CopySource } from './copied-volumes.ts'
import { clearing } from './copies.ts'
import { backingFile } from './device-path.ts'
import { DiskAddition } from './disk-addition.ts'
import { snapshotPlace } from './disk-place.ts'
import { removeFile } from './file-removal.ts'
import type { Holdings } from './holdings.ts'
import { mayBeLive, volumeOf } from './known-disk.ts'
import { GONE, THERE } from './late-commands.ts'
import { refused } from './refusals.ts'
import { type ItemId, snapshotSlotOf } from './slot.ts'
import { writeSnapshotComment } from './snapshot-comment.ts'
import { copiedSnapshot, type SnapshotDisk } from './snapshot-disk.ts'
import { noSuchSnapshot, noSuchVolume, sameSnapshot, type Snapshots } from './snapshots.ts'

interface Parts {
  readonly clock: Clock
  readonly copies: ByteCopies
  readonly volumes: CopiedVolumes
}

/** A copy's source with the folder in which it lies. */
interface HeldVolume extends CopySource {
  readonly folder: string
}

/**
 * Snapshots as disks of their own, exported to nobody, to which every byte is copied. The comment says whether that is
 * done; a copy that was cut short begins anew on a new disk, since the device may still write to the old one.
 */
export class CopiedSnapshots implements Snapshots {
  readonly #holdings: Holdings
  readonly #parts: Parts
  readonly #addition: DiskAddition

  constructor(holdings: Holdings, parts: Parts) {
    this.#holdings = holdings
    this.#parts = parts
    this.#addition = new DiskAddition(holdings)
  }

  async snapshot(spec: SnapshotSpec, signal: AbortSignal): Promise<Snapshot> {
    const settled = await this.#holdings.inTurn(spec.id, signal, () => this.#settled(spec, signal))
    if (settled !== undefined) return settled
    const source = await this.#holdVolume(spec.source, spec.id, signal)
    return this.#orLetGo(source, () => this.#holdings.inTurn(spec.id, signal, () => this.#begin(spec, source, signal)))
  }

  async find(id: SnapshotId, signal: AbortSignal): Promise<Snapshot | undefined> {
    const disk = await this.#holdings.inTurn(id, signal, () => this.#confirmed(id, signal))
    return disk && copiedSnapshot(disk)
  }

  async list(signal: AbortSignal): Promise<readonly Snapshot[]> {
    await this.#holdings.listDisks(signal)
    return this.#holdings.table.snapshotDisks().map(copiedSnapshot)
  }

  async remove(id: SnapshotId, signal: AbortSignal): Promise<void> {
    await this.#holdings.inTurn(id, signal, async () => {
      await this.#holdings.copies.cancel(id)
      this.#holdings.copies.requireNone(id)
      await this.#await(id, GONE, signal)
      const disk = await this.#confirmed(id, signal)
      if (disk?.tag.ready === false) await clearing(id, () => this.#clear(id, disk, signal))
      else await this.#clear(id, disk, signal)
    })
  }

  async restore(spec: VolumeSpec, from: SnapshotId, signal: AbortSignal): Promise<Volume> {
    const wanted = { ...spec, source: { from: 'snapshot', id: from } } as const
    return this.#make(wanted, signal, () => this.#holdSnapshot(from, spec.id, signal))
  }

  async clone(spec: VolumeSpec, from: VolumeId, signal: AbortSignal): Promise<Volume> {
    const wanted = { ...spec, source: { from: 'volume', id: from } } as const
    return this.#make(wanted, signal, () => this.#holdVolume(from, spec.id, signal))
  }

  async #make(spec: VolumeSpec, signal: AbortSignal, hold: () => Promise<CopySource>): Promise<Volume> {
    const { volumes } = this.#parts
    const settled = await this.#holdings.inTurn(spec.id, signal, () => volumes.settled(spec, signal))
    if (settled !== undefined) return settled
    const source = await hold()
    return this.#orLetGo(source, () =>
      this.#holdings.inTurn(spec.id, signal, () => volumes.begin(spec, source, signal)),
    )
  }

  /** Where no copy began the source is not held any longer. */
  async #orLetGo<T>({ copy }: CopySource, work: () => Promise<T>): Promise<T> {
    const idle = copy.done
    try {
      return await work()
    } finally {
      if (copy.done === idle) this.#holdings.copies.end(copy)
    }
  }

  /** The snapshot where nothing has to be begun: it is there, or being copied. In turn. */
  async #settled(spec: SnapshotSpec, signal: AbortSignal): Promise<Snapshot | undefined> {
    const { id } = spec
    const failure = this.#parts.copies.takeFailure(id)
    if (failure !== undefined) throw failure
    if (this.#holdings.copies.to(id) === undefined) await this.#await(id, THERE, signal)
    if (this.#holdings.table.inDoubt(id)) await this.#makeSure(id, signal)
    const disk = this.#holdings.table.snapshotDisk(id)
    if (disk === undefined) return undefined
    const have = sameSnapshot(copiedSnapshot(disk), spec)
    return have.ready || this.#holdings.copies.to(id) !== undefined ? have : undefined
  }

  async #begin(spec: SnapshotSpec, source: HeldVolume, signal: AbortSignal): Promise<Snapshot> {
    const { id, group } = spec
    await clearing(id, () => this.#clear(id, this.#holdings.table.snapshotDisk(id), signal))
    const { owner } = this.#holdings.ownership
    const tag = { owner, id, source: spec.source, group, createdAt: this.#parts.clock.now(), ready: false }
    const disk = await this.#holdings.space.within(source.bytes, `take snapshot ${id}`, signal, () => {
      const place = snapshotPlace(this.#holdings, tag)
      const path = backingFile(source.folder, id)
      return this.#addition.add({ place, path, bytes: source.bytes, makesFile: true }, signal)
    })
    const finish = (live: AbortSignal): Promise<void> => this.#finish(disk, live)
    this.#parts.copies.start(source.copy, { from: source.slot, to: disk.slot, finish })
    return copiedSnapshot(disk)
  }

  /** Every byte is there. */
  async #finish({ id, slot, tag }: SnapshotDisk, signal: AbortSignal): Promise<void> {
    const { table } = this.#holdings
    const task = `complete snapshot ${id}`
    const comment = writeSnapshotComment({ ...tag, ready: true })
    const command = { path: '/disk/set', args: { '.id': slot, comment } }
    const shows = (): boolean => table.snapshotDisk(id)?.tag.ready === true
    const trap = await this.#holdings.change(id, { task, command, aim: THERE, shows }, signal)
    await this.#holdings.inDoubtUnless(id, () => this.#holdings.lookAtSnapshot(id, undefined, signal))
    if (table.snapshotDisk(id)?.tag.ready === true) return
    if (trap !== undefined) throw refused(task, trap)
    throw new StorageError('internal', `cannot ${task}: another comment was read back`)
  }

  /** Removes the snapshot's disk and then its file. Success where neither is there. In turn. */
  async #clear(id: SnapshotId, disk: SnapshotDisk | undefined, signal: AbortSignal): Promise<void> {
    const { table } = this.#holdings
    if (disk !== undefined) {
      const task = `remove disk "${disk.slot}"`
      const command = { path: '/disk/remove', args: { '.id': disk.slot } }
      const shows = (): boolean => table.snapshotDisk(id) === undefined
      const trap = await this.#holdings.change(id, { task, command, aim: GONE, shows }, signal)
      if (trap === undefined) table.dropSnapshot(id)
      else await this.#holdings.inDoubtUnless(id, () => this.#holdings.lookAtSnapshot(id, disk.path, signal))
      if (trap !== undefined && table.snapshotDisk(id) !== undefined) throw refused(task, trap)
    }
    for (const path of table.files.placesOfSnapshot(id)) await removeFile(this.#holdings, id, path, signal)
  }

  /** The volume, unexported, that nothing may change while it is copied. */
  async #holdVolume(id: VolumeId, target: ItemId, signal: AbortSignal): Promise<HeldVolume> {
    return this.#holdings.inTurn(id, signal, async () => {
      await this.#holdings.inDoubtUnless(id, () => this.#holdings.look(id, undefined, signal))
      const disk = this.#holdings.table.disk(id)
      if (disk === undefined) throw noSuchVolume(id)
      if (mayBeLive(disk)) {
        throw new StorageError('precondition', `volume ${id} is exported; it can be copied once it is detached`)
      }
      const { bytes, folder } = volumeOf(disk)
      return { slot: disk.slot, bytes, folder, copy: this.#holdings.copies.begin(id, target) }
    })
  }

  async #holdSnapshot(id: SnapshotId, target: ItemId, signal: AbortSignal): Promise<CopySource> {
    return this.#holdings.inTurn(id, signal, async () => {
      const disk = await this.#confirmed(id, signal)
      if (disk === undefined) throw noSuchSnapshot(id)
      const { ready, bytes } = copiedSnapshot(disk)
      if (!ready) throw new StorageError('precondition', `snapshot ${id} is not ready yet`)
      return { slot: disk.slot, bytes, copy: this.#holdings.copies.begin(id, target) }
    })
  }

  async #await(id: SnapshotId, aim: string, signal: AbortSignal): Promise<void> {
    const look = (): Promise<void> => this.#look(id, signal)
    await this.#holdings.awaitOtherSnapshots(id, [aim], signal, look)
  }

  async #confirmed(id: SnapshotId, signal: AbortSignal): Promise<SnapshotDisk | undefined> {
    const { table } = this.#holdings
    if (table.inDoubt(id) || table.snapshotDisk(id) === undefined) await this.#makeSure(id, signal)
    return table.snapshotDisk(id)
  }

  async #makeSure(id: SnapshotId, signal: AbortSignal): Promise<void> {
    await this.#holdings.makeSureOf(id, () => this.#look(id, signal))
  }

  /** Reads the snapshot's disk and, where there is none, its file. */
  async #look(id: SnapshotId, signal: AbortSignal): Promise<void> {
    const { table, readings, ownership } = this.#holdings
    table.learnSnapshot(id, undefined, await readings.disks([snapshotSlotOf(id)], signal), ownership)
    if (table.snapshotDisk(id) !== undefined) return
    const places = [...table.files.usedFolders()].map(folder => backingFile(folder, id))
    table.files.learn(places, await readings.files(places, signal))
  }
}
