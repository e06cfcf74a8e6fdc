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
    const { basePath } = this.#appliance
    if (folder !== basePath && !folder.startsWith(`${basePath}/`)) {
      throw new StorageError('invalid', `${folder} is not within ${basePath}`)
    }
    const there = await this.#process.certain(id, signal)
    if (there !== undefined) return same(there.volume, spec)
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
        this.#requireFree(bytes - disk.volume.bytes)
        disk.volume = { ...disk.volume, bytes }
        return disk.volume
      },
      signal,
    )
  }

  async remove(id: VolumeId, signal: AbortSignal): Promise<void> {
    await this.#process.enter('remove', id, signal)
    const remove = () => (this.#process.disk(id) === undefined ? false : this.#appliance.disks.delete(id))
    await this.#process.change(id, remove, signal)
  }

  async capacity(signal: AbortSignal): Promise<PoolCapacity> {
    await this.#process.enter('capacity', '', signal)
    return this.#appliance.link.send(() => ({ free: this.#appliance.free, total: this.#appliance.total }), signal)
  }

  /** What the appliance does with a disk that may have come meanwhile. */
  #add(spec: VolumeSpec): Volume {
    const there = this.#process.disk(spec.id)
    if (there !== undefined) return same(there.volume, spec)
    if (this.#appliance.disks.has(spec.id)) throw new StorageError('conflict', `${spec.id} belongs to somebody else`)
    this.#requireFree(spec.bytes)
    return this.#appliance.seed(spec, { to: 'nobody' }, this.#process.owner)
  }

  #requireFree(bytes: Bytes): void {
    if (bytes > this.#appliance.free) throw new StorageError('exhausted', 'the pool is full')
  }
}

function same(there: Volume, { id, name, bytes, folder }: VolumeSpec): Volume {
  const named = there.name === undefined || there.name === name
  if (named && there.bytes === bytes && there.folder === folder) return there
  throw new StorageError('conflict', `volume ${id} exists with other properties`)
}
