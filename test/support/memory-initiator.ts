import { StorageError } from '../../src/domain/errors.ts'
import type { HostNqn, VolumeId, VolumeNqn } from '../../src/domain/ids.ts'
import { volumeOfNqn } from '../../src/domain/volume-id.ts'
import type { Connection, Device, NvmeInitiator, NvmeTarget } from '../../src/ports/nvme-initiator.ts'
import type { Disk, MemoryAppliance } from './memory-appliance.ts'
import { MemoryScript } from './memory-script.ts'

interface Session {
  readonly volume: VolumeId
  readonly host: HostNqn
  readonly cuts: number
  device: Device
}

/**
 * A node's initiator, whose sessions last as long as the appliance lets its host in. It passes the contract of
 * NvmeInitiator (memory-initiator.spec.ts). No time passes for it: `reconnect` is one attempt for what was cut.
 */
export class MemoryInitiator implements NvmeInitiator {
  readonly script = new MemoryScript()
  readonly #appliance: MemoryAppliance
  readonly #sessions = new Map<VolumeNqn, Session>()
  /** What was asked for last. */
  target: NvmeTarget | undefined
  /** Portals (`address:port`) at which no appliance is: nothing listens there, or nobody ever answers. */
  readonly elsewhere = new Map<string, 'dead' | 'silent'>()
  #devices = 0

  constructor(appliance: MemoryAppliance) {
    this.#appliance = appliance
  }

  async connect(target: NvmeTarget, signal: AbortSignal): Promise<Connection> {
    await this.script.enter('connect', target.nqn, signal)
    signal.throwIfAborted()
    this.target = target
    const live = this.#live(target.nqn)
    if (live !== undefined) return { device: live.device, isNew: false }
    await this.#reach(target, signal)
    const meanwhile = this.#live(target.nqn)
    if (meanwhile !== undefined) return { device: meanwhile.device, isNew: false }
    const { volume, disk } = this.#admitting(target.nqn, target.host.hostNqn)
    const device = { path: `/dev/nvme${(this.#devices += 1)}n1`, bytes: disk.volume.bytes }
    this.#sessions.set(target.nqn, { volume, host: target.host.hostNqn, cuts: disk.cuts, device })
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

  /** One more attempt for every session that was cut; those that the appliance refuses stay dead. */
  reconnect(): void {
    if (!this.#appliance.powered) return
    for (const [nqn, session] of this.#sessions) {
      const disk = this.#appliance.disks.get(session.volume)
      if (disk !== undefined && lets(disk, session.host)) this.#sessions.set(nqn, { ...session, cuts: disk.cuts })
    }
  }

  /** Resolves at the first portal with an appliance behind it. */
  async #reach({ portals }: NvmeTarget, signal: AbortSignal): Promise<void> {
    const tried: string[] = []
    for (const { address, port } of portals) {
      const where = `${address}:${port}`
      if (this.elsewhere.get(where) === 'silent') await untilAborted(signal)
      if (this.#appliance.powered && !this.elsewhere.has(where)) return
      tried.push(where)
    }
    throw new StorageError('unavailable', `no appliance at ${tried.join(', ')}`)
  }

  #admitting(nqn: VolumeNqn, host: HostNqn): { readonly volume: VolumeId; readonly disk: Disk } {
    const volume = volumeOfNqn(nqn)
    const disk = volume === undefined ? undefined : this.#appliance.disks.get(volume)
    if (volume !== undefined && disk !== undefined && lets(disk, host)) return { volume, disk }
    throw new StorageError('precondition', `the target does not let ${host} in to ${nqn}`)
  }

  #live(nqn: VolumeNqn): Session | undefined {
    const session = this.#sessions.get(nqn)
    const disk = session === undefined ? undefined : this.#appliance.disks.get(session.volume)
    return session !== undefined && disk?.cuts === session.cuts ? session : undefined
  }
}

const lets = ({ admitted }: Disk, host: HostNqn): boolean =>
  admitted.to === 'any' || (admitted.to === 'host' && admitted.host === host)

function untilAborted(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted()
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
