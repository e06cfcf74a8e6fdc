import { StorageError } from '../../src/domain/errors.ts'
import type { HostNqn, VolumeId, VolumeNqn } from '../../src/domain/ids.ts'
import { volumeOfNqn } from '../../src/domain/volume-id.ts'
import type { Connection, Device, NvmeInitiator, NvmeTarget } from '../../src/ports/nvme-initiator.ts'
import type { MemoryAppliance } from './memory-appliance.ts'
import { MemoryScript } from './memory-script.ts'

interface Session {
  readonly volume: VolumeId
  readonly host: HostNqn
  readonly cuts: number
  device: Device
}

/** A node's initiator, whose sessions last as long as the appliance lets its host in. */
export class MemoryInitiator implements NvmeInitiator {
  readonly script = new MemoryScript()
  readonly #appliance: MemoryAppliance
  readonly #sessions = new Map<VolumeNqn, Session>()
  /** What was asked for last. */
  target: NvmeTarget | undefined
  #devices = 0

  constructor(appliance: MemoryAppliance) {
    this.#appliance = appliance
  }

  async connect(target: NvmeTarget, signal: AbortSignal): Promise<Connection> {
    await this.script.enter('connect', target.nqn, signal)
    this.target = target
    const live = this.#live(target.nqn)
    if (live !== undefined) return { device: live.device, isNew: false }
    const volume = volumeOfNqn(target.nqn)
    const disk = volume === undefined ? undefined : this.#appliance.disks.get(volume)
    const host = target.host.hostNqn
    const admitted = disk?.admitted ?? { to: 'nobody' }
    if (volume === undefined || disk === undefined || !(admitted.to === 'any' || isHost(admitted, host))) {
      throw new StorageError('precondition', `the target does not let ${host} in to ${target.nqn}`)
    }
    const device = { path: `/dev/nvme${(this.#devices += 1)}n1`, bytes: disk.volume.bytes }
    this.#sessions.set(target.nqn, { volume, host, cuts: disk.cuts, device })
    return { device, isNew: true }
  }

  async disconnect(nqn: VolumeNqn, signal: AbortSignal): Promise<void> {
    await this.script.enter('disconnect', nqn, signal)
    this.#sessions.delete(nqn)
  }

  async device(nqn: VolumeNqn, signal: AbortSignal): Promise<Device | undefined> {
    await this.script.enter('device', nqn, signal)
    return this.#live(nqn)?.device
  }

  sessions(): readonly VolumeNqn[] {
    return [...this.#sessions.keys()].filter(nqn => this.#live(nqn) !== undefined)
  }

  async rescan(nqn: VolumeNqn, signal: AbortSignal): Promise<Device> {
    await this.script.enter('rescan', nqn, signal)
    const session = this.#live(nqn)
    const disk = session === undefined ? undefined : this.#appliance.disks.get(session.volume)
    if (session === undefined || disk === undefined) throw new StorageError('precondition', `no session to ${nqn}`)
    session.device = { ...session.device, bytes: disk.volume.bytes }
    return session.device
  }

  #live(nqn: VolumeNqn): Session | undefined {
    const session = this.#sessions.get(nqn)
    const disk = session === undefined ? undefined : this.#appliance.disks.get(session.volume)
    return session !== undefined && disk?.cuts === session.cuts ? session : undefined
  }
}

const isHost = (admitted: { to: string; host?: HostNqn }, host: HostNqn) =>
  admitted.to === 'host' && admitted.host === host
