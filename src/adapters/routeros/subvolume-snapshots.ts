import { StorageError } from '../../domain/errors.ts'
import { instant, type SnapshotId, type VolumeId } from '../../domain/ids.ts'
import type { Snapshot, SnapshotSpec } from '../../domain/snapshot.ts'
import type { Volume, VolumeSpec } from '../../domain/volume.ts'
import { folderOf, imageIn } from './device-path.ts'
import { readFile } from './file-removal.ts'
import { FindBatch } from './find-batch.ts'
import type { Holdings } from './holdings.ts'
import { volumeOf } from './known-disk.ts'
import { GONE, THERE } from './late-commands.ts'
import { noSuchSnapshot, noSuchVolume, sameSnapshot, type Snapshots } from './snapshots.ts'
import { subvolumeName } from './subvolume-name.ts'
import type { KnownSubvolume } from './subvolume-table.ts'
import type { VolumeCreation } from './volume-creation.ts'
import type { VolumeOrigin } from './wanted-volume.ts'

/**
 * Snapshots as read-only subvolumes, beside that of their volume. Nothing but its name says what such a one is; its time
 * is that of the device's clock.
 */
export class SubvolumeSnapshots implements Snapshots {
  readonly #holdings: Holdings
  readonly #creation: VolumeCreation
  readonly #listings: FindBatch<'all', void>

  constructor(holdings: Holdings, creation: VolumeCreation) {
    this.#holdings = holdings
    this.#creation = creation
    this.#listings = new FindBatch((_, signal) => holdings.listSubvolumes(signal))
  }

  async snapshot(spec: SnapshotSpec, signal: AbortSignal): Promise<Snapshot> {
    return this.#holdings.inTurn(spec.id, signal, async () => {
      await this.#settle(spec.id, THERE, signal)
      const [have] = this.#known(spec.id)
      if (have !== undefined) return sameSnapshot(await this.#read(have, signal), spec)
      const source = await this.#volume(spec.source, signal)
      return this.#take(spec, source, signal)
    })
  }

  async find(id: SnapshotId, signal: AbortSignal): Promise<Snapshot | undefined> {
    return this.#holdings.inTurn(id, signal, async () => {
      const known = await this.#confirmed(id, signal)
      return known && this.#read(known, signal)
    })
  }

  async list(signal: AbortSignal): Promise<readonly Snapshot[]> {
    const { table, appliance } = this.#holdings
    await this.#listings.ask('all', signal)
    const all = table.subvolumes.snapshots()
    const unread = all.map(({ path }) => imageIn(path)).filter(image => table.files.bytes(image) === undefined)
    if (unread.length > 0) {
      // Too many names for one command are as many files as there are below the base path.
      const only = unread.length > MANY ? undefined : unread
      for (const { path, bytes, isFolder } of await appliance.filesBelow(appliance.basePath, only, signal)) {
        if (!isFolder && unread.includes(path)) table.files.put(path, bytes)
      }
    }
    return all.map(known => this.#snapshotOf(known)).filter(snapshot => snapshot !== undefined)
  }

  async remove(id: SnapshotId, signal: AbortSignal): Promise<void> {
    await this.#holdings.inTurn(id, signal, async () => {
      await this.#settle(id, GONE, signal)
      await this.#confirmed(id, signal)
      for (const { path } of this.#known(id)) await this.#holdings.subvolumes.remove(id, path, signal)
    })
  }

  async restore(spec: VolumeSpec, from: SnapshotId, signal: AbortSignal): Promise<Volume> {
    const origin = await this.#holdings.inTurn(from, signal, async () => {
      const known = await this.#confirmed(from, signal)
      const snapshot = known && (await this.#read(known, signal))
      if (known === undefined || snapshot === undefined) throw noSuchSnapshot(from)
      return { subvolume: known.path, bytes: snapshot.bytes }
    })
    return this.#make({ ...spec, source: { from: 'snapshot', id: from } }, origin, signal)
  }

  async clone(spec: VolumeSpec, from: VolumeId, signal: AbortSignal): Promise<Volume> {
    const origin = await this.#volume(from, signal)
    return this.#make({ ...spec, source: { from: 'volume', id: from } }, origin, signal)
  }

  async #make(spec: VolumeSpec, origin: VolumeOrigin, signal: AbortSignal): Promise<Volume> {
    return this.#holdings.inTurn(spec.id, signal, () => this.#creation.createFrom(spec, origin, signal))
  }

  /** The subvolume of a volume that is there. Not in its turn. */
  async #volume(id: VolumeId, signal: AbortSignal): Promise<VolumeOrigin> {
    const disk = await this.#holdings.inTurn(id, signal, () => this.#holdings.confirmed(id, signal))
    if (disk === undefined) throw noSuchVolume(id)
    if (disk.subvolume !== undefined) return { subvolume: disk.subvolume, bytes: volumeOf(disk).bytes }
    throw new StorageError(
      'unsupported',
      `volume ${id} lies flat in ${folderOf(disk.path)}, not in a subvolume of its own: it can neither be snapshotted ` +
        'nor cloned; copy what is on it to a new volume',
    )
  }

  async #take(spec: SnapshotSpec, { subvolume, bytes }: VolumeOrigin, signal: AbortSignal): Promise<Snapshot> {
    const { subvolumes, space, ownership } = this.#holdings
    const { id, source, group } = spec
    const name = subvolumeName({ of: 'snapshot', id, source, owner: ownership.owner, group })
    const path = `${folderOf(subvolume)}/${name}`
    // It shares all it holds with its source at first, but what is written then needs space.
    await space.require(0, `take snapshot ${id}`, signal)
    const made = await subvolumes.add(id, path, { parent: subvolume, readOnly: true, bytes }, signal)
    return this.#holdings.inDoubtUnless(id, () => this.#readBack(id, path, made, signal))
  }

  /** What the device has after the `add`. Where that is no snapshot of the image it is taken back, if it was made here. */
  async #readBack(id: SnapshotId, path: string, made: boolean, signal: AbortSignal): Promise<Snapshot> {
    const { table, subvolumes } = this.#holdings
    const [row] = await subvolumes.look([path], signal)
    const file = row && (await readFile(this.#holdings, imageIn(path), signal))
    const known = table.subvolumes.get(path)
    if (row === undefined || known === undefined) {
      throw new StorageError('unavailable', `snapshot ${id} was gone when it was read back`)
    }
    if (row.readOnly && file?.bytes !== undefined) return sameImage(this.#snapshotOf(known), id)
    const text = row.readOnly ? 'the image is not in it' : 'it can be written'
    if (!made) throw new StorageError('conflict', `subvolume ${path} is in the place of snapshot ${id}, and ${text}`)
    await subvolumes.remove(id, path, signal)
    throw new StorageError('internal', `snapshot ${id} was taken back: ${text}`)
  }

  /** Waits for what was sent earlier and aims at something else. In turn. */
  async #settle(id: SnapshotId, aim: string, signal: AbortSignal): Promise<void> {
    const { table } = this.#holdings
    const list = (): Promise<void> => this.#listings.ask('all', signal)
    await this.#holdings.awaitOtherSnapshots(id, [aim], signal, list)
    if (table.inDoubt(id)) await this.#holdings.makeSureOf(id, list)
  }

  /** As it is known; all are listed where it is in doubt, or not known to be there. In turn. */
  async #confirmed(id: SnapshotId, signal: AbortSignal): Promise<KnownSubvolume | undefined> {
    if (this.#holdings.table.inDoubt(id) || this.#known(id).length === 0) {
      await this.#holdings.makeSureOf(id, () => this.#listings.ask('all', signal))
    }
    return this.#known(id)[0]
  }

  #known(id: SnapshotId): KnownSubvolume[] {
    return this.#holdings.table.subvolumes.of(id)
  }

  /** With the size of its image, which is read where it is not known. In turn. */
  async #read(known: KnownSubvolume, signal: AbortSignal): Promise<Snapshot> {
    const image = imageIn(known.path)
    if (this.#holdings.table.files.bytes(image) === undefined) await readFile(this.#holdings, image, signal)
    return sameImage(this.#snapshotOf(known), known.path)
  }

  /** Undefined where no size of its image is known. */
  #snapshotOf({ path, name, createdAt = instant(0) }: KnownSubvolume): Snapshot | undefined {
    const bytes = this.#holdings.table.files.bytes(imageIn(path))
    if (name.of !== 'snapshot' || bytes === undefined) return undefined
    return { id: name.id, source: name.source, bytes, createdAt, ready: true, group: name.group }
  }
}

/** From so many names on all files are read instead of just these. */
const MANY = 50

function sameImage(snapshot: Snapshot | undefined, what: string): Snapshot {
  if (snapshot !== undefined) return snapshot
  throw new StorageError('unavailable', `snapshot ${what} has no image at present; look what is in its subvolume`)
}
