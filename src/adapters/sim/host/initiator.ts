import { StorageError } from '../../../domain/errors.ts'
import type { VolumeNqn } from '../../../domain/ids.ts'
import type { Connection, Device, NvmeInitiator, NvmeTarget } from '../../../ports/nvme-initiator.ts'
import type { DeviceTable } from './device-table.ts'
import type { SimulatedDevice } from './device.ts'
import { InTurn } from './in-turn.ts'

/** An NVMe/TCP host without a kernel: each device is a session to the block port of the simulated appliance. */
export class SimulatedInitiator implements NvmeInitiator {
  readonly #devices: DeviceTable
  readonly #turns = new InTurn()

  constructor(devices: DeviceTable) {
    this.#devices = devices
  }

  async connect(target: NvmeTarget, signal: AbortSignal): Promise<Connection> {
    return this.#turns.run(target.nqn, signal, async () => {
      const known = this.#devices.ofNqn(target.nqn)
      // A dead device that comes back was here before this call: whoever undoes the call must leave it.
      if (known !== undefined && !known.live) await known.reopen(target, signal)
      if (known !== undefined) return { device: seen(known), isNew: false }
      const session = await this.#devices.open(target, signal)
      return { device: seen(this.#devices.add(target, session)), isNew: true }
    })
  }

  async disconnect(nqn: VolumeNqn, signal: AbortSignal): Promise<void> {
    await this.#turns.run(nqn, signal, async () => {
      const device = this.#devices.ofNqn(nqn)
      if (device !== undefined) await this.#devices.remove(device)
    })
  }

  async device(nqn: VolumeNqn, signal: AbortSignal): Promise<Device | undefined> {
    signal.throwIfAborted()
    const device = this.#devices.ofNqn(nqn)
    return device?.live === true ? seen(device) : undefined
  }

  sessions(): readonly VolumeNqn[] {
    return this.#devices.live().map(device => device.nqn)
  }

  async rescan(nqn: VolumeNqn, signal: AbortSignal): Promise<Device> {
    const device = this.#devices.ofNqn(nqn)
    if (device?.live !== true) {
      throw new StorageError('precondition', `${nqn} has no live session on this node; stage the volume first`)
    }
    await device.rescan(signal)
    return seen(device)
  }
}

const seen = ({ path, bytes }: SimulatedDevice): Device => ({ path, bytes })
