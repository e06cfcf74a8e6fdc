import type { Attachment } from '../domain/attachment.ts'
import { hostIdentity } from '../domain/host-identity.ts'
import type { Instant, VolumeId } from '../domain/ids.ts'
import { type Admission, rebuild } from '../domain/rebuild.ts'
import { NUMBERS } from '../domain/parameter-limits.ts'
import type { AttachmentRecord, Cluster } from '../ports/cluster.ts'
import type { Digests } from '../ports/digests.ts'
import type { HostAccess } from '../ports/host-access.ts'
import type { UnconfirmedRecords } from './unconfirmed-records.ts'

const DEFAULT_TIMEOUT = NUMBERS.migrationTimeoutSeconds.byDefault * 1000

interface Parts {
  readonly cluster: Cluster
  readonly hosts: HostAccess
  readonly digests: Digests
  readonly unconfirmed: UnconfirmedRecords
}

/** Who held what, from the cluster's records and what the appliance admits: the state after any restart. */
export class Rebuilding {
  readonly #cluster: Cluster
  readonly #hosts: HostAccess
  readonly #digests: Digests
  readonly #unconfirmed: UnconfirmedRecords

  constructor({ cluster, hosts, digests, unconfirmed }: Parts) {
    this.#cluster = cluster
    this.#hosts = hosts
    this.#digests = digests
    this.#unconfirmed = unconfirmed
  }

  /** `toldUntil`: migration deadlines up to here were told by a former process. */
  async run(toldUntil: Instant | undefined, signal: AbortSignal): Promise<ReadonlyMap<VolumeId, Attachment>> {
    const states = new Map<VolumeId, Attachment>()
    for (const record of this.#cluster.attachments()) if (!record.attached) this.#unconfirmed.note(record)
    for (const [volume, records] of Map.groupBy(this.#cluster.attachments(), record => record.volume)) {
      const known = this.#cluster.volume(volume)
      const terms = {
        access: known?.access ?? ('exclusive' as const),
        timeout: known?.migrationTimeout ?? DEFAULT_TIMEOUT,
        admission: await this.#admission(volume, records, signal),
        toldUntil,
      }
      states.set(volume, rebuild(records, terms))
    }
    return states
  }

  async #admission(volume: VolumeId, records: readonly AttachmentRecord[], signal: AbortSignal): Promise<Admission> {
    const admitted = await this.#hosts.admitted(volume, signal)
    if (admitted.to !== 'host') return admitted.to
    const cluster = this.#cluster.identity()
    return records
      .map(record => record.node)
      .filter(node => hostIdentity(cluster, node, this.#digests.sha1).hostNqn === admitted.host)
  }
}
