import type { Attachment } from '../domain/attachment.ts'
import { StorageError } from '../domain/errors.ts'
import type { Instant, NodeId, VolumeId } from '../domain/ids.ts'
import { type Admission, rebuild } from '../domain/rebuild.ts'
import type { AttachmentRecord, Cluster } from '../ports/cluster.ts'
import type { Admitted, HostAccess } from '../ports/host-access.ts'
import type { Logger } from '../ports/logger.ts'
import type { NetworkFence } from '../ports/network-fence.ts'
import type { Exports } from './exports.ts'
import { recordTerms } from './record-terms.ts'
import type { UnconfirmedRecords } from './unconfirmed-records.ts'

interface Parts {
  readonly cluster: Cluster
  readonly hosts: HostAccess
  readonly network: NetworkFence
  readonly exports: Exports
  readonly unconfirmed: UnconfirmedRecords
  readonly log: Logger
}

/** Who held what, from the cluster's records and what the appliance admits: the state after any restart. */
export class Rebuilding {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** `toldUntil`: migration deadlines up to here were told by a former process. */
  async run(toldUntil: Instant | undefined, signal: AbortSignal): Promise<ReadonlyMap<VolumeId, Attachment>> {
    const { cluster, hosts } = this.#parts
    const records = Map.groupBy(cluster.attachments(), record => record.volume)
    const states = new Map<VolumeId, Attachment>()
    for (const volume of new Set([...records.keys(), ...hosts.fenced()])) {
      states.set(volume, await this.#state(volume, records.get(volume) ?? [], { toldUntil, signal }))
    }
    await this.#confineAll(states, signal)
    return states
  }

  async #state(
    volume: VolumeId,
    records: readonly AttachmentRecord[],
    { toldUntil, signal }: { readonly toldUntil: Instant | undefined; readonly signal: AbortSignal },
  ): Promise<Attachment> {
    const { cluster, hosts, exports, unconfirmed } = this.#parts
    const admitted = await hosts.admitted(volume, signal)
    const admission = this.#admission(admitted, records)
    const fenced = 'fenced' in admitted
    // What was granted before the last holder was lost, and cleared, has to be published anew.
    const granted = fenced ? records.filter(({ node }) => isNamed(admission, node)) : records
    for (const record of granted) if (!record.attached) unconfirmed.note(record)
    return rebuild(records, {
      ...recordTerms(cluster, volume),
      admission,
      fenced,
      narrows: exports.rule.narrow,
      toldUntil,
    })
  }

  #admission(admitted: Admitted, records: readonly AttachmentRecord[]): Admission {
    if (admitted.to === 'nobody' || admitted.to === 'any') return admitted.to
    const hosts: readonly string[] = admitted.to === 'host' ? [admitted.host] : admitted.hosts
    return records.map(({ node }) => node).filter(node => hosts.includes(this.#parts.exports.identity(node).hostNqn))
  }

  /** First everybody who holds something is let through the network, then it is closed to all others. */
  async #confineAll(states: ReadonlyMap<VolumeId, Attachment>, signal: AbortSignal): Promise<void> {
    const { network, exports, log } = this.#parts
    await network.start(signal)
    for (const [volume, state] of states) {
      if (state.phase === 'detached') continue
      try {
        await exports.confine(volume, state, signal)
      } catch (error) {
        // One that cannot be let in must not keep the others out; it is tried again with every comparison of exports.
        if (!(error instanceof StorageError) || error.kind === 'unavailable') throw error
        log.warn('a holder could not be let through the network', { volume, error })
      }
    }
    await network.secure(signal)
  }
}

const isNamed = (admission: Admission, node: NodeId): boolean =>
  typeof admission !== 'string' && admission.includes(node)
