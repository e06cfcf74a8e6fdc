import { StorageError } from '../../src/domain/errors.ts'
import { type Bytes, type ClusterId, instant, type VolumeId } from '../../src/domain/ids.ts'
import type { Volume, VolumeSpec } from '../../src/domain/volume.ts'
import { volumeNqn } from '../../src/domain/volume-id.ts'
import type { Admitted, HostAccess } from '../../src/ports/host-access.ts'
import type { VolumeBackend } from '../../src/ports/volume-backend.ts'
import { MemoryHostAccess } from './memory-host-access.ts'
import { MemoryLink } from './memory-link.ts'
import { MemoryScript } from './memory-script.ts'
import { MemoryVolumeBackend } from './memory-volume-backend.ts'

export interface Disk {
  volume: Volume
  admitted: Admitted
  /** Counts how often its export went off: sessions do not outlive that. */
  cuts: number
  /** Whose tag it carries. The older driver left none; `unknown` is a disk that only looks like a volume. */
  owner: ClusterId | 'older' | 'unknown'
}

export const NOBODY: Admitted = { to: 'nobody' }
const OURS = '6ba7b810-9dad-41d1-80b4-00c04fd430c8' as ClusterId

/**
 * An appliance that keeps its volumes in memory, seen through the ports that it serves. They pass the contracts of
 * VolumeBackend and HostAccess (memory-appliance.spec.ts). Unlike the real ones they look at the appliance itself and at
 * no table of their own: they are never stale.
 */
export class MemoryAppliance {
  readonly script = new MemoryScript()
  readonly link = new MemoryLink()
  readonly disks = new Map<VolumeId, Disk>()
  /** Volumes may lie there and below. */
  readonly basePath = '/pool/volumes'
  total: Bytes = 100 * 1024 ** 4
  /** Bytes that others have taken. */
  foreign: Bytes = 0
  /** False while it has no power: it lets no host in. */
  powered = true
  readonly owner: ClusterId
  readonly backend: VolumeBackend
  readonly hosts: HostAccess

  constructor(owner: ClusterId = OURS) {
    this.owner = owner
    const { backend, hosts } = this.open(owner)
    this.backend = backend
    this.hosts = hosts
  }

  /** The ports as another process has them; neither is started. */
  open(owner: ClusterId): { readonly backend: VolumeBackend; readonly hosts: HostAccess } {
    const process = new MemoryProcess(this, owner)
    return { backend: new MemoryVolumeBackend(process), hosts: new MemoryHostAccess(process) }
  }

  /** What was done to it, looking left aside. */
  get changes(): readonly string[] {
    return this.script.calls.filter(call => /^(create|resize|remove|allow|revoke)\b/.test(call))
  }

  get free(): Bytes {
    return this.total - this.foreign - [...this.disks.values()].reduce((sum, { volume }) => sum + volume.bytes, 0)
  }

  admittedTo(id: VolumeId): Admitted {
    return this.disks.get(id)?.admitted ?? NOBODY
  }

  /** A volume that is there from before. */
  seed(spec: VolumeSpec, admitted: Admitted = NOBODY, owner: Disk['owner'] = this.owner): Volume {
    const { id, name, bytes, folder } = spec
    const volume = { id, name, bytes, folder, nqn: volumeNqn(id), createdAt: instant(0) }
    this.disks.set(id, { volume, admitted, cuts: 0, owner })
    return volume
  }

  /** A volume as the older driver made it: exported to any host and without a tag, so that no list shows it. */
  seedOlder(id: VolumeId, bytes: Bytes, admitted: Admitted = { to: 'any' }): Volume {
    const volume = { id, name: undefined, bytes, folder: this.basePath, nqn: volumeNqn(id), createdAt: undefined }
    this.disks.set(id, { volume, admitted, cuts: 0, owner: 'older' })
    return volume
  }

  /** Every session ends; its volumes and whom they let in stay. */
  powerOff(): void {
    this.powered = false
    for (const disk of this.disks.values()) disk.cuts += 1
  }

  powerOn(): void {
    this.powered = true
  }
}

/** One process of one owner before an appliance: what it may see, and what it does not know for certain. */
export class MemoryProcess {
  readonly appliance: MemoryAppliance
  readonly owner: ClusterId
  isStarted = false
  readonly #doubts = new Set<VolumeId>()

  constructor(appliance: MemoryAppliance, owner: ClusterId) {
    this.appliance = appliance
    this.owner = owner
  }

  /** Each call of a port begins with this. */
  async enter(method: string, about: string, signal: AbortSignal): Promise<void> {
    await this.appliance.script.enter(method, about, signal)
    if (this.isStarted || method === 'start') return
    throw new StorageError('unavailable', 'the appliance has not been listed yet')
  }

  /** A disk that this process may treat as its volume: its own, or one of the older driver. */
  disk(id: VolumeId): Disk | undefined {
    const disk = this.appliance.disks.get(id)
    return disk?.owner === this.owner || disk?.owner === 'older' ? disk : undefined
  }

  /** The same, asked of the appliance where an earlier command may have changed it unseen. */
  async certain(id: VolumeId, signal: AbortSignal): Promise<Disk | undefined> {
    return this.#doubts.has(id) ? this.asked(id, signal) : this.disk(id)
  }

  /** The same, asked of the appliance in any case. */
  async asked(id: VolumeId, signal: AbortSignal): Promise<Disk | undefined> {
    const disk = await this.appliance.link.send(() => this.disk(id), signal)
    this.#doubts.delete(id)
    return disk
  }

  /** One command that changes the volume. One that fails on its way leaves a doubt. */
  async change<T>(id: VolumeId, effect: () => T, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    if (this.appliance.link.isUp) this.#doubts.add(id)
    const result = await this.appliance.link.send(effect, signal)
    this.#doubts.delete(id)
    return result
  }
}
