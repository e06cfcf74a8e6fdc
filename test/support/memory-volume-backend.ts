import { StorageError } from '../../src/domain/errors.ts'
import type { Bytes, VolumeId } from '../../src/domain/ids.ts'
import type { Volume, VolumeSpec } from '../../src/domain/volume.ts'
import type { PoolCapacity, VolumeBackend } from '../../src/ports/volume-backend.ts'
import type { MemoryAppliance, MemoryProcess } from './memory-appliance.ts'

/** The volumes of a MemoryAppliance as one process has them. */
export class MemoryVolumeBackend implements VolumeBackend {
  readonly #process: MemoryProcess
  readonly #appliance: MemoryAppliance

  constructor(process: MemoryProcess) {
    this.#process = process
    this.#appliance = process.appliance
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#process.enter('start', '', signal)
    await this.#appliance.link.send(() => undefined, signal)
    this.#process.isStarted = true
  }

  async create(spec: VolumeSpec, signal: AbortSignal): Promise<Volume> {
    const { id, bytes, folder } = spec
    await this.#process.enter('create', `${id} ${bytes}`, signal)
    requireFolder(this.#appliance, folder)
    const there = await this.#process.certain(id, signal)
    if (there !== undefined) return sameVolume(there.volume, spec)
    return this.#process.change(id, () => this.#add(spec), signal)
  }

  async find(id: VolumeId, signal: AbortSignal): Promise<Volume | undefined> {
    await this.#process.enter('find', id, signal)
    return (await this.#process.certain(id, signal))?.volume
  }

  async known(id: VolumeId, signal: AbortSignal): Promise<Volume | undefined> {
    return this.find(id, signal)
  }

  async list(signal: AbortSignal): Promise<readonly Volume[]> {
    await this.#process.enter('list', '', signal)
    const disks = await this.#appliance.link.send(() => [...this.#appliance.disks.values()], signal)
    return disks.filter(({ owner }) => owner === this.#process.owner).map(({ volume }) => volume)
  }

  async resize(id: VolumeId, bytes: Bytes, signal: AbortSignal): Promise<Volume> {
    await this.#process.enter('resize', `${id} ${bytes}`, signal)
    const disk = await this.#process.asked(id, signal)
    if (disk === undefined) throw new StorageError('not-found', `volume ${id} does not exist`)
    if (bytes <= disk.volume.bytes) return disk.volume
    return this.#process.change(
      id,
      () => {
        this.#requireUnread(id)
        requireFree(this.#appliance, bytes - disk.volume.bytes)
        disk.volume = { ...disk.volume, bytes }
        return disk.volume
      },
      signal,
    )
  }

  async remove(id: VolumeId, signal: AbortSignal): Promise<void> {
    await this.#process.enter('remove', id, signal)
    const remove = () => {
      this.#requireUnread(id)
      this.#appliance.copies.stop(id)
      if (this.#process.disk(id) !== undefined) this.#appliance.disks.delete(id)
    }
    await this.#process.change(id, remove, signal)
  }

  async annotate(id: VolumeId, note: string, signal: AbortSignal): Promise<Volume> {
    await this.#process.enter('annotate', `${id} ${note}`, signal)
    const disk = await this.#process.asked(id, signal)
    if (disk === undefined) throw new StorageError('not-found', `volume ${id} does not exist`)
    if (disk.admitted.to !== 'nobody') throw new StorageError('precondition', `volume ${id} is exported`)
    const write = () => (disk.volume = { ...disk.volume, note: note === '' ? undefined : note })
    return this.#process.change(id, write, signal)
  }

  async capacity(signal: AbortSignal): Promise<PoolCapacity> {
    await this.#process.enter('capacity', '', signal)
    return this.#appliance.link.send(() => {
      const { free, total } = this.#appliance
      return { free, total, largest: free }
    }, signal)
  }

  /** What the appliance does with a disk that may have come meanwhile. */
  #add(spec: VolumeSpec): Volume {
    const there = this.#process.disk(spec.id)
    if (there !== undefined) return sameVolume(there.volume, spec)
    if (this.#appliance.disks.has(spec.id)) throw new StorageError('conflict', `${spec.id} belongs to somebody else`)
    requireFree(this.#appliance, spec.bytes)
    return this.#appliance.seed(spec, { to: 'nobody' }, this.#process.owner)
  }

  /** What is being copied keeps its bytes until that is done. */
  #requireUnread(id: VolumeId): void {
    if (this.#appliance.copies.isReading(id)) throw new StorageError('busy', `volume ${id} is being copied`)
  }
}

export function requireFree(appliance: MemoryAppliance, bytes: Bytes): void {
  if (bytes > appliance.free) throw new StorageError('exhausted', 'the pool is full')
}

export function requireFolder({ basePath }: MemoryAppliance, folder: string): void {
  if (folder === basePath || folder.startsWith(`${basePath}/`)) return
  throw new StorageError('invalid', `${folder} is not within ${basePath}`)
}

/** What is there, where it is what the spec asks for. */
export function sameVolume(there: Volume, { id, name, bytes, folder, source }: VolumeSpec): Volume {
  const named = there.name === undefined || there.name === name
  if (named && there.bytes === bytes && there.folder === folder && there.source?.id === source?.id) return there
  throw new StorageError('conflict', `volume ${id} exists with other properties`)
}
