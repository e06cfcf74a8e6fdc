import { type FencingMode, mayReachStill } from '../domain/fencing.ts'
import type { VolumeId } from '../domain/ids.ts'
import type { FencingCensus } from '../ports/fencing-census.ts'
import type { HostAccess } from '../ports/host-access.ts'
import type { NetworkFence } from '../ports/network-fence.ts'
import type { AttachmentRegistry } from './attachment-registry.ts'

interface Parts {
  readonly registry: AttachmentRegistry
  readonly hosts: HostAccess
  readonly network: NetworkFence
}

/** What cannot be enforced at the moment, from who holds what. */
export class FencingCounts implements FencingCensus {
  readonly mode: FencingMode
  readonly #parts: Parts

  constructor(mode: FencingMode, parts: Parts) {
    this.mode = mode
    this.#parts = parts
  }

  unfenced(): number | undefined {
    const { registry } = this.#parts
    if (registry.held() === undefined) return undefined
    return registry.all().filter(([volume, state]) => mayReachStill(state) && !this.#isClosed(volume)).length
  }

  /** By the network, or because its export was off since the loss: else it would not let in one host alone. */
  #isClosed(volume: VolumeId): boolean {
    const { hosts, network } = this.#parts
    const admitted = hosts.known(volume)?.admitted
    const isAlone = admitted?.to === 'host' && (this.mode !== 'narrow' || admitted.fenced === true)
    return network.confined(volume) || isAlone
  }
}
