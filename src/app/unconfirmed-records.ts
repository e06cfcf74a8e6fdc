import type { NodeId, VolumeId } from '../domain/ids.ts'
import type { AttachmentRecord } from '../ports/cluster.ts'

/**
 * Records that a rebuild passed over because the cluster had not yet said that they are attached. A former process may have
 * granted them all the same: when the cluster says so later, they hold a seat. A call about the same node and volume comes
 * first and settles it.
 */
export class UnconfirmedRecords {
  readonly #uids = new Map<string, string>()

  note({ volume, node, uid }: AttachmentRecord): void {
    this.#uids.set(keyOf(volume, node), uid)
  }

  has({ volume, node, uid }: AttachmentRecord): boolean {
    return this.#uids.get(keyOf(volume, node)) === uid
  }

  settle(volume: VolumeId, node: NodeId | 'every-node'): void {
    if (node !== 'every-node') this.#uids.delete(keyOf(volume, node))
    else for (const key of this.#uids.keys()) if (key.startsWith(`${volume} `)) this.#uids.delete(key)
  }
}

const keyOf = (volume: VolumeId, node: NodeId) => `${volume} ${node}`
