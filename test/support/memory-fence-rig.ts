import type { HostNqn, VolumeId } from '../../src/domain/ids.ts'
import type { FencedProcess, FenceRig } from '../contracts/network-fence.contract.ts'
import type { SnapshotProcess } from '../contracts/snapshot-backend.contract.ts'
import { type LiveSession, OWNER } from '../contracts/volume-backend.contract.ts'
import { MemoryNetworkFence } from './memory-network-fence.ts'
import { MemoryRig } from './memory-rig.ts'

/** The appliance in memory with its firewall in use. */
export class MemoryFenceRig extends MemoryRig implements FenceRig {
  constructor() {
    super()
    this.appliance.firewall = new Map()
  }

  override open(owner = OWNER): SnapshotProcess & FencedProcess {
    return { ...super.open(owner), network: new MemoryNetworkFence(this.appliance) }
  }

  sessionFrom(id: VolumeId, host: HostNqn, address: string): LiveSession | undefined {
    const session = this.session(id, host)
    if (session === undefined || !this.#passes(id, address)) return undefined
    const passes = (): boolean => this.#passes(id, address)
    let isCut = false
    return {
      get live() {
        isCut ||= !session.live || !passes()
        return !isCut
      },
    }
  }

  rules(): readonly string[] {
    const entries = [...(this.appliance.firewall ?? [])]
    return [...this.wall(), ...entries.map(([id, addresses]) => `${id} ${[...addresses.keys()].join()}`)]
  }

  wall(): readonly string[] {
    return this.appliance.isWalled ? ['wall'] : []
  }

  flush(): void {
    this.appliance.firewall?.clear()
    this.appliance.isWalled = false
  }

  #passes(id: VolumeId, address: string): boolean {
    return !this.appliance.isWalled || this.appliance.firewall?.get(id)?.has(address) === true
  }
}
