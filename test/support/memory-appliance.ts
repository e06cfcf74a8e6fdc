import { StorageError } from '../../src/domain/errors.ts'
import { type Bytes, instant, type VolumeId } from '../../src/domain/ids.ts'
import type { Volume, VolumeSpec } from '../../src/domain/volume.ts'
import { volumeNqn } from '../../src/domain/volume-id.ts'
import type { Admitted, HostAccess } from '../../src/ports/host-access.ts'
import type { PoolCapacity, VolumeBackend } from '../../src/ports/volume-backend.ts'
import { MemoryScript } from './memory-script.ts'

interface Disk {
  volume: Volume
  admitted: Admitted
  /** Counts how often its export went off: sessions do not outlive that. */
  cuts: number
}

const NOBODY: Admitted = { to: 'nobody' }

/** An appliance that keeps its volumes in memory, seen through the ports that it serves. */
export class MemoryAppliance {
  readonly script = new MemoryScript()
  readonly disks = new Map<VolumeId, Disk>()
  total: Bytes = 100 * 1024 ** 4
  readonly backend: VolumeBackend = new MemoryVolumeBackend(this)
  readonly hosts: HostAccess = new MemoryHostAccess(this)
  started = false

  /** What was done to it, looking left aside. */
  get changes(): readonly string[] {
    return this.script.calls.filter(call => /^(create|resize|remove|allow|revoke)\b/.test(call))
  }

  get free(): Bytes {
    return this.total - [...this.disks.values()].reduce((sum, { volume }) => sum + volume.bytes, 0)
  }

  admittedTo(id: VolumeId): Admitted {
    return this.disks.get(id)?.admitted ?? NOBODY
  }

  /** A volume that is there from before. */
  seed(spec: VolumeSpec, admitted: Admitted = NOBODY): Volume {
    const { id, name, bytes, folder } = spec
    const volume = { id, name, bytes, folder, nqn: volumeNqn(id), createdAt: instant(0) }
    this.disks.set(id, { volume, admitted, cuts: 0 })
    return volume
  }

  requireStarted(): void {
    if (!this.started) throw new StorageError('unavailable', 'the appliance has not been listed yet')
  }
}

/** Passes what the prose of VolumeBackend asks for. */
export class MemoryVolumeBackend implements VolumeBackend {
  readonly #appliance: MemoryAppliance

  constructor(appliance: MemoryAppliance) {
    this.#appliance = appliance
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#appliance.script.enter('start', '', signal)
    this.#appliance.started = true
  }

  async create(spec: VolumeSpec, signal: AbortSignal): Promise<Volume> {
    await this.#enter('create', `${spec.id} ${spec.bytes}`, signal)
    const there = this.#appliance.disks.get(spec.id)?.volume
    if (there !== undefined) {
      if (there.name === spec.name && there.bytes === spec.bytes && there.folder === spec.folder) return there
      throw new StorageError('conflict', `volume ${spec.id} exists with other properties`)
    }
    if (spec.bytes > this.#appliance.free) throw new StorageError('exhausted', 'the pool is full')
    return this.#appliance.seed(spec)
  }

  async find(id: VolumeId, signal: AbortSignal): Promise<Volume | undefined> {
    await this.#enter('find', id, signal)
    return this.#appliance.disks.get(id)?.volume
  }

  async list(signal: AbortSignal): Promise<readonly Volume[]> {
    await this.#enter('list', '', signal)
    return [...this.#appliance.disks.values()].map(({ volume }) => volume)
  }

  async resize(id: VolumeId, bytes: Bytes, signal: AbortSignal): Promise<Volume> {
    await this.#enter('resize', `${id} ${bytes}`, signal)
    const disk = this.#appliance.disks.get(id)
    if (disk === undefined) throw new StorageError('not-found', `volume ${id} does not exist`)
    if (bytes > disk.volume.bytes) disk.volume = { ...disk.volume, bytes }
    return disk.volume
  }

  async remove(id: VolumeId, signal: AbortSignal): Promise<void> {
    await this.#enter('remove', id, signal)
    this.#appliance.disks.delete(id)
  }

  async capacity(signal: AbortSignal): Promise<PoolCapacity> {
    await this.#enter('capacity', '', signal)
    return { free: this.#appliance.free, total: this.#appliance.total }
  }

  async #enter(method: string, about: string, signal: AbortSignal): Promise<void> {
    await this.#appliance.script.enter(method, about, signal)
    this.#appliance.requireStarted()
  }
}

/** Passes what the prose of HostAccess asks for. */
export class MemoryHostAccess implements HostAccess {
  readonly #appliance: MemoryAppliance

  constructor(appliance: MemoryAppliance) {
    this.#appliance = appliance
  }

  async allow(volume: VolumeId, admitted: Exclude<Admitted, { to: 'nobody' }>, signal: AbortSignal): Promise<void> {
    const disk = await this.#enter('allow', volume, signal)
    if (disk === undefined) throw new StorageError('not-found', `volume ${volume} does not exist`)
    if (JSON.stringify(disk.admitted) === JSON.stringify(admitted)) return
    if (disk.admitted.to !== 'nobody') disk.cuts += 1
    disk.admitted = admitted
  }

  async revoke(volume: VolumeId, signal: AbortSignal): Promise<void> {
    const disk = await this.#enter('revoke', volume, signal)
    if (disk === undefined || disk.admitted.to === 'nobody') return
    disk.cuts += 1
    disk.admitted = NOBODY
  }

  async admitted(volume: VolumeId, signal: AbortSignal): Promise<Admitted> {
    await this.#enter('admitted', volume, signal)
    return this.#appliance.admittedTo(volume)
  }

  async #enter(method: string, volume: VolumeId, signal: AbortSignal): Promise<Disk | undefined> {
    await this.#appliance.script.enter(method, volume, signal)
    this.#appliance.requireStarted()
    return this.#appliance.disks.get(volume)
  }
}
