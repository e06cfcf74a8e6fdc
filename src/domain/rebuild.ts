import { type Access, type Attachment, type Command, detached, holders, type Publish } from './attachment.ts'
import { decide } from './decide.ts'
import { type Instant, instant, type Millis, type NodeId } from './ids.ts'

/** What the cluster remembers of one holder: a VolumeAttachment object, in our words. */
export interface SeatRecord {
  readonly node: NodeId
  /** The object's name; breaks ties, since its timestamps have a grain of one second. */
  readonly name: string
  /** When the seat was taken: `attachedAt` of its publish context, or else when the object was created. */
  readonly since: Instant
  /** The cluster says that the attachment is done. */
  readonly attached: boolean
  /** Its deletion timestamp: it is leaving since then. */
  readonly leaving: Instant | undefined
  /** It was admitted beside another holder without a migration. */
  readonly sharing: boolean
  /** Its node is no longer in the cluster. */
  readonly lost: boolean
}

/** Whom the appliance lets in at the moment: nobody, any host, or these nodes. */
export type Admission = 'nobody' | 'any' | readonly NodeId[]

export interface RebuildTerms {
  readonly access: Access
  readonly timeout: Millis
  readonly admission: Admission
  /** The appliance remembers that a holder was lost: the last one where nobody is let in, else one before who is. */
  readonly fenced: boolean
  /** Exports follow their holders while they are live: one host alone says nothing of a loss. */
  readonly narrows: boolean
  /** Deadlines up to here have been told by a former process; undefined: by none. */
  readonly toldUntil: Instant | undefined
}

/**
 * The attachment that a volume's records imply. The records are played back in the order of time through the same rules
 * that made them, and the facts are dropped: a rebuild tells nothing.
 * Two records of an exclusive volume never make two holders: the one that the appliance admits holds, else the older.
 * A record of a migratable volume that the rules would not have let in (clocks differ) holds all the same, without a
 * migration: forgetting it would cut off a node that is writing.
 * After the seat of the last holder ended with its loss no record holds anything but that of whom the appliance has let in
 * alone since: others have to be published anew.
 */
export function rebuild(records: readonly SeatRecord[], terms: RebuildTerms): Attachment {
  const seated = chosen(
    records.filter(record => holdsSeat(record, terms)),
    terms,
  )
  if (seated.length === 0) return { phase: 'detached', fence: isMarked(terms) ? 'armed' : 'open' }
  const moves = seated.flatMap(record => movesOf(record, terms)).toSorted(byTime)
  let state: Attachment = detached
  for (const move of moves) state = replay(state, move)
  if (terms.toldUntil !== undefined) state = decide(state, { type: 'tick' }, terms.toldUntil).next
  for (const { node, lost } of seated) if (lost) state = decide(state, { type: 'node-lost', node }, firstInstant).next
  return narrowed(state, terms)
}

/** A record holds a seat if the cluster says so, or if the appliance already admits its node to an exclusive volume. */
function holdsSeat(record: SeatRecord, terms: RebuildTerms): boolean {
  const { access, admission } = terms
  if (isMarked(terms) && !admits(admission, record.node)) return false
  return record.attached || (access === 'exclusive' && admits(admission, record.node))
}

function chosen(records: readonly SeatRecord[], terms: RebuildTerms): readonly SeatRecord[] {
  const { access, admission } = terms
  const byAge = records.toSorted((a, b) => a.since - b.since || compare(a.name, b.name))
  if (access === 'migratable') return isNarrow(terms) ? admittedAlone(byAge, admission) : byAge
  const holder = byAge.find(record => admits(admission, record.node)) ?? byAge[0]
  return holder === undefined ? [] : [holder]
}

/** An export to one host of a volume that may migrate: the others were lost and cleared, and hold nothing any more. */
function admittedAlone(records: readonly SeatRecord[], admission: Admission): readonly SeatRecord[] {
  const admitted = records.filter(record => admits(admission, record.node))
  return admitted.length > 0 ? admitted : records
}

/** An export to any host was made since, by somebody else: what was lost before is of no use any more. */
const isMarked = ({ fenced, admission }: RebuildTerms) => fenced && admission !== 'any'

/** Whether an export to one host alone is what a loss left behind. */
const isNarrow = ({ fenced, narrows }: RebuildTerms) => fenced || !narrows

const admits = (admission: Admission, node: NodeId) => typeof admission !== 'string' && admission.includes(node)

interface Move {
  readonly at: Instant
  /** When the record's seat was taken, and its name. */
  readonly since: Instant
  readonly name: string
  readonly command: Publish | Extract<Command, { type: 'leaving' }>
}

/** Nobody leaves before having joined: a deletion timestamp is cut to whole seconds. */
function movesOf(record: SeatRecord, { access, timeout }: RebuildTerms): readonly Move[] {
  const { node, name, since, sharing, leaving } = record
  const join = { type: 'publish', node, access, terms: undefined, timeout, sharing } as const
  const moves: Move[] = [{ at: since, since, name, command: join }]
  if (leaving !== undefined) {
    const at = instant(Math.max(leaving, since))
    moves.push({ at, since, name, command: { type: 'leaving', node, since: leaving } })
  }
  return moves
}

/** By time. At one instant earlier holders leave first, then others join by name, each followed by its own leaving. */
function byTime(a: Move, b: Move): number {
  return a.at - b.at || Number(a.at === a.since) - Number(b.at === b.since) || compare(a.name, b.name) || byKind(a, b)
}

const byKind = (a: Move, b: Move) => Number(a.command.type === 'leaving') - Number(b.command.type === 'leaving')

function replay(state: Attachment, { command, at }: Move): Attachment {
  const { next, refusal } = decide(state, command, at)
  if (refusal === undefined || command.type !== 'publish') return next
  const { node, terms } = command
  const seat = { node, since: at, terms, leaving: undefined, lost: false }
  return { phase: 'shared', seats: [...holders(state), seat], fence: 'open' }
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b))
const firstInstant = instant(0)

/** An export to one host of a volume that may migrate is what a loss left behind, see `Fence`. */
function narrowed(state: Attachment, terms: RebuildTerms): Attachment {
  if (state.phase !== 'attached' || state.access === 'exclusive' || !isNarrow(terms)) return state
  const { admission } = terms
  const only = typeof admission !== 'string' && admission.length === 1 && holders(state)[0]?.node === admission[0]
  return only ? { ...state, fence: 'narrow' } : state
}
