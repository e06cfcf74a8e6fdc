import type { Attachment } from '../domain/attachment.ts'
import type { Instant, VolumeId } from '../domain/ids.ts'
import { type Admission, rebuild } from '../domain/rebuild.ts'
import type { AttachmentRecord, Cluster } from '../ports/cluster.ts'
import type { HostAccess } from '../ports/host-access.ts'
import type { Exports } from './exports.ts'
import { recordTerms } from './record-terms.ts'
import type { UnconfirmedRecords } from './unconfirmed-records.ts'

interface Parts {
  readonly cluster: Cluster
  readonly hosts: HostAccess
  readonly exports: Exports
  readonly unconfirmed: UnconfirmedRecords
}

/** Who held what, from the cluster's records and what the appliance admits: the state after any restart. */
export class Rebuilding {
  readonly #cluster: Cluster
  readonly #hosts: HostAccess
  readonly #exports: Exports
  readonly #unconfirmed: UnconfirmedRecords

  constructor({ cluster, hosts, exports, unconfirmed }: Parts) {
    this.#cluster = cluster
    this.#hosts = hosts
    this.#exports = exports
    this.#unconfirmed = unconfirmed
  }

  /** `toldUntil`: migration deadlines up to here were told by a former process. */
  async run(toldUntil: Instant | undefined, signal: AbortSignal): Promise<ReadonlyMap<VolumeId, Attachment>> {
    const states = new Map<VolumeId, Attachment>()
    for (const record of this.#cluster.attachments()) if (!record.attached) this.#unconfirmed.note(record)
    for (const [volume, records] of Map.groupBy(this.#cluster.attachments(), record => record.volume)) {
      const admission = await this.#admission(volume, records, signal)
      states.set(volume, rebuild(records, { ...recordTerms(this.#cluster, volume), admission, toldUntil }))
    }
    return states
  }

  async #admission(volume: VolumeId, records: readonly AttachmentRecord[], signal: AbortSignal): Promise<Admission> {
    const admitted = await this.#hosts.admitted(volume, signal)
    if (admitted.to !== 'host') return admitted.to
    return records.map(({ node }) => node).filter(node => this.#exports.identity(node).hostNqn === admitted.host)
  }
}
