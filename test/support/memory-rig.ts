import { expect } from 'vitest'
import { GiB } from '../../src/domain/capacity.ts'
import type { Bytes, ClusterId, HostNqn, VolumeId } from '../../src/domain/ids.ts'
import { type Costs, type HeldVolume, type LiveSession, OWNER } from '../contracts/volume-backend.contract.ts'
import type { SnapshotProcess, SnapshotRig } from '../contracts/snapshot-backend.contract.ts'
import { type Disk, MemoryAppliance } from './memory-appliance.ts'

export const MEMORY_COSTS: Costs = { create: 1, remove: 1, list: 1, find: 0, capacity: 1, allow: 1, revoke: 1 }

/** The appliance in memory, and everything that can go wrong on the way to it. */
export class MemoryRig implements SnapshotRig {
  readonly appliance = new MemoryAppliance(OWNER)
  readonly folder = this.appliance.basePath
  readonly freshFolder = `${this.folder}/gold/fast`

  constructor(way: 'instant' | 'copy' = 'instant') {
    this.appliance.ability = { way }
    this.appliance.copies.quick = true
  }

  open(owner: ClusterId = OWNER): SnapshotProcess {
    const { backend, hosts, snapshots } = this.appliance.open(owner)
    return { backend, access: hosts, snapshots }
  }

  write(id: VolumeId, at: Bytes, bytes: Uint8Array): void {
    const disk = this.#disk(id)
    disk.content = disk.content.with(at, bytes)
  }

  read(id: VolumeId, at: Bytes, length: Bytes): Uint8Array {
    return this.#disk(id).content.read(at, length)
  }

  async cutLink(): Promise<void> {
    this.appliance.link.cut()
  }

  async restoreLink(): Promise<void> {
    this.appliance.link.restore()
  }

  breakAfter(skip: number, effect: 'done' | 'undone'): void {
    this.appliance.link.breakAfter(skip, effect)
  }

  hang(): () => void {
    return this.appliance.link.hang()
  }

  async hanging(): Promise<void> {
    await expect.poll(() => this.appliance.link.takeWaiting()).toBeGreaterThan(0)
  }

  fill(free?: Bytes): void {
    this.appliance.foreign = 0
    if (free !== undefined) this.appliance.foreign = this.appliance.free - free
  }

  held(id: VolumeId): HeldVolume | undefined {
    const disk = this.appliance.disks.get(id)
    return disk && { bytes: disk.volume.bytes, admitted: disk.admitted, tagged: disk.owner === OWNER }
  }

  session(id: VolumeId, host: HostNqn): LiveSession | undefined {
    const disk = this.appliance.disks.get(id)
    if (disk === undefined) return undefined
    const { admitted, cuts } = disk
    if (admitted.to === 'nobody' || (admitted.to === 'host' && admitted.host !== host)) return undefined
    const { disks } = this.appliance
    return {
      get live() {
        return disks.get(id) === disk && disk.cuts === cuts
      },
    }
  }

  snapshot(): unknown {
    const disks = Array.from(this.appliance.disks.values(), ({ volume, admitted, owner }) => ({
      volume: { ...volume, createdAt: undefined },
      admitted,
      owner,
    }))
    return [...disks, ...Array.from(this.appliance.kept.values(), ({ snapshot, owner }) => ({ snapshot, owner }))]
  }

  addStranger(id: VolumeId, owner?: ClusterId): void {
    this.appliance.seed({ id, name: id, bytes: GiB, folder: this.folder }, { to: 'nobody' }, owner ?? 'unknown')
  }

  addOlder(id: VolumeId, bytes: Bytes): void {
    this.appliance.seedOlder(id, bytes)
  }

  commands(): number {
    return this.appliance.link.commands
  }

  async close(): Promise<void> {
    this.appliance.link.restore()
  }

  #disk(id: VolumeId): Disk {
    const disk = this.appliance.disks.get(id)
    if (disk === undefined) throw new Error(`the appliance has no volume ${id}`)
    return disk
  }
}
