import type { About, Fact } from '../domain/facts.ts'
import type { Instant, SnapshotId, VolumeId } from '../domain/ids.ts'
import type { FactSink } from '../ports/fact-sink.ts'

/** Nobody wants what he tries to remove; were it a use, an orphan would wait anew after each attempt that failed. */
const isFailedRemoval = (fact: Fact): boolean =>
  fact.type === 'operation-failed' && (fact.operation === 'delete' || fact.operation === 'delete_snapshot')

/** When something last happened to each volume and snapshot, well or badly: what was just asked for is nobody's orphan. */
export class RecentUse implements FactSink {
  readonly #last = new Map<VolumeId | SnapshotId, Instant>()

  publish(fact: Fact, { volume, at }: About): void {
    if (isFailedRemoval(fact)) return
    this.#last.set(volume, at)
    if ('snapshot' in fact && fact.snapshot !== undefined) this.#last.set(fact.snapshot, at)
  }

  of(id: VolumeId | SnapshotId): Instant | undefined {
    return this.#last.get(id)
  }

  /** Forgets what happened before this moment. */
  forgetBefore(moment: Instant): void {
    for (const [id, at] of this.#last) if (at < moment) this.#last.delete(id)
  }
}
