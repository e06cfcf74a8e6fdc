import { type Attachment, type Command, type Decision, detached, holders, type Seat } from '../domain/attachment.ts'
import { decide } from '../domain/decide.ts'
import { rebuild, type RebuildTerms, type SeatRecord } from '../domain/rebuild.ts'
import { StorageError } from '../domain/errors.ts'
import type { Fact } from '../domain/facts.ts'
import type { Millis, NodeId, VolumeId } from '../domain/ids.ts'
import type { AttachmentCensus } from '../ports/attachment-census.ts'
import type { Clock } from '../ports/clock.ts'
import type { FactSink } from '../ports/fact-sink.ts'

/**
 * The one holder of attachment states. Callers hold the volume's lock from `decide` to `commit`; in between they do at the
 * appliance what the decision asks for, so that nothing is remembered or told that did not happen.
 * Nothing may be decided before `restore`: an empty registry would let a second writer in.
 */
export class AttachmentRegistry implements AttachmentCensus {
  #states: Map<VolumeId, Attachment> | undefined
  readonly #clock: Clock
  readonly #facts: FactSink

  constructor(clock: Clock, facts: FactSink) {
    this.#clock = clock
    this.#facts = facts
  }

  /** Takes over what was rebuilt; tells nothing. */
  restore(states: ReadonlyMap<VolumeId, Attachment>): void {
    this.#states = new Map([...states].filter(([, state]) => !forgettable(state)))
  }

  /**
   * Takes over one more seat that a former process had granted; tells nothing. What is held is played back together with it
   * where that is plain; a volume that is held exclusively is left to its holder. After a loss the seat is alone on its export.
   */
  adopt(volume: VolumeId, record: SeatRecord, terms: Pick<RebuildTerms, 'access' | 'timeout'>): void {
    const state = this.get(volume)
    if (state.phase === 'attached' && (state.access === 'exclusive' || terms.access === 'exclusive')) return
    const alone = { admission: [record.node], fenced: true, narrows: false }
    const known = state.phase === 'detached' && state.fence === 'armed' ? alone : UNKNOWN_EXPORT
    const next =
      state.phase === 'detached' || state.phase === 'attached'
        ? rebuild([...holders(state).map(recordOf), record], { ...terms, ...known, toldUntil: undefined })
        : this.decide(volume, { type: 'publish', node: record.node, terms: undefined, ...terms, sharing: true }).next
    this.#known().set(volume, next)
  }

  get(volume: VolumeId): Attachment {
    return this.#known().get(volume) ?? detached
  }

  /** Volumes that a node holds, or whose past still matters. */
  all(): readonly (readonly [VolumeId, Attachment])[] {
    return [...(this.#states ?? [])]
  }

  heldBy(node: NodeId): readonly VolumeId[] {
    return this.all().flatMap(([volume, state]) => (holders(state).some(seat => seat.node === node) ? [volume] : []))
  }

  /** What the command would do now. Changes nothing. */
  decide(volume: VolumeId, command: Command): Decision {
    return decide(this.get(volume), command, this.#clock.now())
  }

  /** Remembers a decision and tells its facts. `took`: how long the operation ran that led to it. */
  commit(volume: VolumeId, { next, facts }: Decision, took: Millis): void {
    const states = this.#known()
    if (forgettable(next)) states.delete(volume)
    else states.set(volume, next)
    for (const fact of facts) this.tell(volume, fact, took)
  }

  /** Tells a fact that changes no state. */
  tell(volume: VolumeId, fact: Fact, took: Millis): void {
    const state = this.#states?.get(volume) ?? detached
    this.#facts.publish(fact, { volume, at: this.#clock.now(), took, holders: holders(state) })
  }

  running(): number | undefined {
    return this.#states && this.all().filter(([, state]) => state.phase === 'migrating').length
  }

  held(): number | undefined {
    return this.#states && this.all().filter(([, state]) => state.phase !== 'detached').length
  }

  #known(): Map<VolumeId, Attachment> {
    if (this.#states === undefined) throw new StorageError('unavailable', 'attachments are still being rebuilt')
    return this.#states
  }
}

/** What the appliance does is known where the seats are. */
const UNKNOWN_EXPORT = { admission: 'any', fenced: false, narrows: false } as const

/** A seat as a record of itself. */
const recordOf = ({ node, since, leaving, lost }: Seat): SeatRecord => {
  return { node, name: node, since, attached: true, leaving, sharing: false, lost }
}

const forgettable = (state: Attachment) => state.phase === 'detached' && state.fence === 'open'
