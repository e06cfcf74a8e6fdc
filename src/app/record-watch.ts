import { holders } from '../domain/attachment.ts'
import { after, type Instant, type Millis } from '../domain/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { AttachmentRecord, Cluster, ClusterChange } from '../ports/cluster.ts'
import type { Logger } from '../ports/logger.ts'
import type { AttachmentRegistry } from './attachment-registry.ts'
import type { Attachments } from './attachments.ts'
import { Errands } from './errands.ts'
import type { Exports } from './exports.ts'
import type { KeyedLock } from './keyed-lock.ts'
import { recordTerms } from './record-terms.ts'
import type { ReconcileExports } from './reconcile-exports.ts'
import type { UnconfirmedRecords } from './unconfirmed-records.ts'

interface Parts {
  readonly registry: AttachmentRegistry
  readonly attachments: Attachments
  readonly cluster: Cluster
  readonly exports: Exports
  readonly lock: KeyedLock
  readonly clock: Clock
  readonly log: Logger
  readonly unconfirmed: UnconfirmedRecords
  readonly reconcile: ReconcileExports
  readonly grace: Millis
}

const SECOND: Millis = 1000

/**
 * Follows the attachment records of the cluster: announced departures, and records that vanish without a call to unpublish.
 * A vanished record ends its seat only after the API itself has confirmed it; at once if it was being deleted, else after
 * the grace period, so that a hiccup of a watch never cuts a running volume off.
 */
export class RecordWatch {
  readonly #parts: Parts
  readonly #vanished = new Map<string, { readonly record: AttachmentRecord; readonly due: Instant }>()
  readonly #errands: Errands

  constructor(parts: Parts) {
    this.#parts = parts
    this.#errands = new Errands(parts.clock, parts.log)
  }

  async hear(change: ClusterChange): Promise<void> {
    if (change.type === 'attachment-seen') await this.#seen(change.record)
    if (change.type === 'attachment-vanished') this.#gone(change.record)
  }

  /** Ends the seats whose records are gone for good. */
  async tick(signal: AbortSignal): Promise<void> {
    const now = this.#parts.clock.now()
    for (const [key, { record, due }] of this.#vanished) {
      if (now >= due) void this.#errands.run(key, signal, () => this.#end(key, record, signal))
    }
  }

  async #seen(record: AttachmentRecord): Promise<void> {
    const { lock, unconfirmed } = this.#parts
    this.#vanished.delete(keyOf(record))
    const confirmed = record.attached && record.leaving === undefined && unconfirmed.has(record)
    if (record.leaving === undefined && !confirmed) return
    await lock.run(record.volume, async () => (confirmed ? this.#adopt(record) : this.#leaving(record)))
  }

  /** An old record's departure is none of the seat that was taken since. Its time is cut to whole seconds. */
  #leaving({ volume, node, leaving }: AttachmentRecord): void {
    const { registry } = this.#parts
    const seat = holders(registry.get(volume)).find(held => held.node === node)
    if (leaving === undefined || seat === undefined || leaving + SECOND <= seat.since) return
    registry.commit(volume, registry.decide(volume, { type: 'leaving', node, since: leaving }), 0)
  }

  /** The cluster says now what a rebuild could not know: a former process had granted this seat. */
  #adopt(record: AttachmentRecord): void {
    const { registry, cluster, exports, unconfirmed, reconcile, log } = this.#parts
    const { volume, node } = record
    if (!unconfirmed.has(record)) return // a call has settled it meanwhile
    unconfirmed.settle(volume, node)
    const state = registry.get(volume)
    // A holder was lost since, and the appliance lets in nobody, or another: this one has to be published anew.
    if (state.phase === 'detached' && state.fence === 'armed' && !exports.admits(volume, node)) return
    log.info('an attachment was granted before the restart; its holder keeps its seat', { volume, node })
    registry.adopt(volume, record, recordTerms(cluster, volume))
    reconcile.suspect(volume) // its export may have gone off meanwhile
  }

  #gone(record: AttachmentRecord): void {
    if (!this.#holds(record)) return
    const { clock, grace } = this.#parts
    const due = record.leaving === undefined ? after(clock.now(), grace) : clock.now()
    this.#vanished.set(keyOf(record), { record, due })
  }

  /** Forgets the record when nothing is left to do for it; throws where that has to be tried again. */
  async #end(key: string, record: AttachmentRecord, signal: AbortSignal): Promise<void> {
    const { cluster, lock } = this.#parts
    if (this.#holds(record) && !(await cluster.stillThere(record, signal))) {
      await lock.run(record.volume, () => this.#release(key, record, signal))
    }
    if (this.#vanished.get(key)?.record === record) this.#vanished.delete(key)
  }

  /** Under the lock: the record may be back, or another in its place, and its seat may have ended as it should. */
  async #release(key: string, record: AttachmentRecord, signal: AbortSignal): Promise<void> {
    const { attachments, log } = this.#parts
    if (this.#vanished.get(key)?.record !== record || this.#replaced(record) || !this.#holds(record)) return
    const { volume, node, name } = record
    log.warn('attachment record is gone without an unpublish; its seat ends', { volume, node, record: name })
    await attachments.release(volume, node, signal)
  }

  #replaced({ volume, node }: AttachmentRecord): boolean {
    return this.#parts.cluster.attachments().some(record => record.volume === volume && record.node === node)
  }

  #holds({ volume, node }: AttachmentRecord): boolean {
    return holders(this.#parts.registry.get(volume)).some(seat => seat.node === node)
  }
}

const keyOf = ({ volume, node }: AttachmentRecord) => `${volume} ${node}`
