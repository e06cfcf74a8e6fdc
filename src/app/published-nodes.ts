import { holders } from '../domain/attachment.ts'
import type { NodeId, VolumeId } from '../domain/ids.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { HostAccess } from '../ports/host-access.ts'
import type { AttachmentRegistry } from './attachment-registry.ts'
import type { Exports } from './exports.ts'
import { recordTerms } from './record-terms.ts'

interface Parts {
  readonly hosts: HostAccess
  readonly registry: AttachmentRegistry
  readonly cluster: Cluster
  readonly exports: Exports
}

/**
 * The nodes to which a volume is published, as it is told to those who compare it with their own records. An exclusive
 * volume is published to whom the appliance lets in by name; a migratable one, or one that is still exported to any host as
 * the older driver left it, to its holders, as long as it is exported at all.
 */
export class PublishedNodes {
  readonly #parts: Parts
  readonly #nodes = new Map<string, NodeId>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** By what is known, at once. */
  of(volume: VolumeId): readonly NodeId[] {
    const { hosts, registry } = this.#parts
    const admitted = hosts.known(volume)?.admitted ?? { to: 'nobody' }
    if (admitted.to === 'nobody') return []
    if (admitted.to === 'host' && this.#isExclusive(volume)) return this.#nodesOf(admitted.host)
    return holders(registry.get(volume)).map(seat => seat.node)
  }

  #isExclusive(volume: VolumeId): boolean {
    const { registry, cluster } = this.#parts
    const state = registry.get(volume)
    if (state.phase === 'detached') return recordTerms(cluster, volume).access === 'exclusive'
    return state.phase === 'attached' && state.access === 'exclusive'
  }

  /** None for a host that is no node of this cluster. */
  #nodesOf(host: string): readonly NodeId[] {
    const { cluster, exports } = this.#parts
    if (!this.#nodes.has(host))
      for (const node of cluster.nodes()) this.#nodes.set(exports.identity(node).hostNqn, node)
    const node = this.#nodes.get(host)
    return node === undefined ? [] : [node]
  }
}
