import { StorageError } from '../../src/domain/errors.ts'
import type { Bytes, SnapshotId, VolumeId } from '../../src/domain/ids.ts'
import { compareSnapshot, type Snapshot, type SnapshotSpec } from '../../src/domain/snapshot.ts'
import type { Volume, VolumeSpec } from '../../src/domain/volume.ts'
import type { SnapshotAbility, SnapshotBackend } from '../../src/ports/snapshot-backend.ts'
import type { Disk, KeptSnapshot, MemoryAppliance, MemoryProcess } from './memory-appliance.ts'
import type { MemoryContent } from './memory-content.ts'
import { requireFolder, requireFree, sameVolume } from './memory-volume-backend.ts'

/** What a volume is made from. */
interface Origin {
  readonly id: SnapshotId | VolumeId
  readonly bytes: Bytes
  readonly content: MemoryContent
}

/** The snapshots of a MemoryAppliance as one process has them. */
export class MemorySnapshotBackend implements SnapshotBackend {
  readonly #process: MemoryProcess
  readonly #appliance: MemoryAppliance

  constructor(process: MemoryProcess) {
    this.#process = process
    this.#appliance = process.appliance
  }

  ability(): SnapshotAbility {
    return this.#process.isStarted ? this.#appliance.ability : { way: 'none', why: 'it has not been listed yet' }
  }

  async snapshot(spec: SnapshotSpec, signal: AbortSignal): Promise<Snapshot> {
    await this.#process.enter('snapshot', `${spec.id} ${spec.source}`, signal)
    this.#requireAbility()
    return this.#process.change(spec.id, () => this.#take(spec), signal)
  }

  async find(id: SnapshotId, signal: AbortSignal): Promise<Snapshot | undefined> {
    await this.#process.enter('find-snapshot', id, signal)
    return this.#appliance.link.send(() => this.#ours(id)?.snapshot, signal)
  }

  async list(signal: AbortSignal): Promise<readonly Snapshot[]> {
    await this.#process.enter('list-snapshots', '', signal)
    const kept = await this.#appliance.link.send(() => [...this.#appliance.kept.values()], signal)
    return kept.filter(({ owner }) => owner === this.#process.owner).map(({ snapshot }) => snapshot)
  }

  async remove(id: SnapshotId, signal: AbortSignal): Promise<void> {
    await this.#process.enter('forget', id, signal)
    await this.#process.change(
      id,
      () => {
        if (this.#ours(id) === undefined) return
        this.#requireUnread(id)
        this.#appliance.copies.stop(id)
        this.#appliance.kept.delete(id)
      },
      signal,
    )
  }

  async restore(spec: VolumeSpec, from: SnapshotId, signal: AbortSignal): Promise<Volume> {
    await this.#process.enter('restore', `${spec.id} ${from}`, signal)
    return this.#fill(
      spec,
      () => {
        const kept = this.#ours(from)
        if (kept === undefined) throw new StorageError('not-found', `snapshot ${from} does not exist`)
        if (!kept.snapshot.ready) throw new StorageError('precondition', `snapshot ${from} is not ready`)
        return { id: from, bytes: kept.snapshot.bytes, content: kept.content }
      },
      signal,
    )
  }

  async clone(spec: VolumeSpec, from: VolumeId, signal: AbortSignal): Promise<Volume> {
    await this.#process.enter('clone', `${spec.id} ${from}`, signal)
    return this.#fill(
      spec,
      () => {
        const { volume, content } = this.#source(from)
        return { id: from, bytes: volume.bytes, content }
      },
      signal,
    )
  }

  #ours(id: SnapshotId): KeptSnapshot | undefined {
    const kept = this.#appliance.kept.get(id)
    return kept?.owner === this.#process.owner ? kept : undefined
  }

  #take({ id, source, group }: SnapshotSpec): Snapshot {
    const { kept, copies, ability, time } = this.#appliance
    const there = kept.get(id)
    if (there !== undefined) return this.#same(there, { id, source, group })
    const { volume, content } = this.#source(source)
    if (ability.way === 'copy') requireFree(this.#appliance, volume.bytes)
    const ready = ability.way === 'instant'
    const made = { id, source, group, bytes: volume.bytes, createdAt: time, ready }
    const entry: KeptSnapshot = { snapshot: made, owner: this.#process.owner, content }
    kept.set(id, entry)
    const finish = () => {
      entry.snapshot = { ...made, ready: true }
    }
    if (!ready) copies.begin(id, { from: source, bytes: 0, finish })
    return made
  }

  #same({ snapshot, owner }: KeptSnapshot, spec: SnapshotSpec): Snapshot {
    if (owner !== this.#process.owner) throw new StorageError('conflict', `${spec.id} belongs to somebody else`)
    const comparison = compareSnapshot(snapshot, spec)
    if (!comparison.same) throw new StorageError('conflict', `snapshot ${spec.id} exists: ${comparison.difference}`)
    return snapshot
  }

  /** The volume to read from, which nobody may be writing to where it has to be copied. */
  #source(id: VolumeId): Disk {
    const disk = this.#process.disk(id)
    if (disk === undefined) throw new StorageError('not-found', `volume ${id} does not exist`)
    if (this.#appliance.ability.way === 'copy' && disk.admitted.to !== 'nobody') {
      throw new StorageError('precondition', `volume ${id} is attached and would have to be copied; detach it first`)
    }
    return disk
  }

  async #fill(spec: VolumeSpec, originOf: () => Origin, signal: AbortSignal): Promise<Volume> {
    this.#requireAbility()
    requireFolder(this.#appliance, spec.folder)
    const there = await this.#process.certain(spec.id, signal)
    if (there !== undefined) return sameVolume(there.volume, spec)
    return this.#process.change(spec.id, () => this.#begin(spec, originOf), signal)
  }

  #begin(spec: VolumeSpec, originOf: () => Origin): Volume {
    const { disks, copies, ability } = this.#appliance
    if (disks.has(spec.id)) throw new StorageError('conflict', `${spec.id} belongs to somebody else`)
    if (copies.isMaking(spec.id)) throw copying(spec.id)
    const origin = originOf()
    if (origin.bytes > spec.bytes) {
      throw new StorageError('out-of-range', `${origin.id} has ${origin.bytes} bytes, more than ${spec.bytes}`)
    }
    requireFree(this.#appliance, spec.bytes)
    if (ability.way === 'instant') return this.#add(spec, origin.content)
    const finish = () => void this.#add(spec, origin.content)
    copies.begin(spec.id, { from: origin.id, bytes: spec.bytes, finish })
    throw copying(spec.id)
  }

  #add(spec: VolumeSpec, content: MemoryContent): Volume {
    const volume = this.#appliance.seed(spec, { to: 'nobody' }, this.#process.owner)
    const disk = this.#appliance.disks.get(spec.id)
    if (disk !== undefined) disk.content = content
    return volume
  }

  #requireUnread(id: SnapshotId): void {
    if (this.#appliance.copies.isReading(id)) throw new StorageError('busy', `snapshot ${id} is being copied`)
  }

  #requireAbility(): void {
    const ability = this.ability()
    if (ability.way === 'none') throw new StorageError('unsupported', ability.why)
  }
}

const copying = (id: VolumeId): StorageError => new StorageError('busy', `volume ${id} is being copied, 0 % done`)
