import { type Access, type Attachment, type Command, detached, holders } from './attachment.ts'
import { decide } from './decide.ts'
import type { Instant, Millis, NodeId } from './ids.ts'

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
  /** Deadlines up to here have been told by a former process; undefined: by none. */
  readonly toldUntil: Instant | undefined
}

/**
 * The attachment that a volume's records imply. The records are played back in the order of time through the same rules
 * that made them, and the facts are dropped: a rebuild tells nothing.
 * Two records of an exclusive volume never make two holders: the one that the appliance admits holds, else the older.
 */
export function rebuild(records: readonly SeatRecord[], terms: RebuildTerms): Attachment {
  const seated = chosen(
    records.filter(record => holdsSeat(record, terms)),
    terms,
  )
  const moves = seated.flatMap(record => movesOf(record, terms)).toSorted(byTime)
  let state: Attachment = detached
  for (const { command, at } of moves) state = decide(state, command, at).next
  if (terms.toldUntil !== undefined) state = decide(state, { type: 'tick' }, terms.toldUntil).next
  for (const { node, lost } of seated) if (lost) state = decide(state, { type: 'node-lost', node }, firstInstant).next
  return narrowed(state, terms)
}

/** A record holds a seat if the cluster says so, or if the appliance already admits its node to an exclusive volume. */
function holdsSeat(record: SeatRecord, { access, admission }: RebuildTerms): boolean {
  return record.attached || (access === 'exclusive' && admits(admission, record.node))
}

function chosen(records: readonly SeatRecord[], { access, admission }: RebuildTerms): readonly SeatRecord[] {
  const byAge = records.toSorted((a, b) => a.since - b.since || compare(a.name, b.name))
  if (access === 'migratable') return byAge
  const holder = byAge.find(record => admits(admission, record.node)) ?? byAge[0]
  return holder === undefined ? [] : [holder]
}

const admits = (admission: Admission, node: NodeId) => typeof admission !== 'string' && admission.includes(node)

interface Move {
  readonly at: Instant
  readonly name: string
  readonly command: Command
}

function movesOf(record: SeatRecord, { access, timeout }: RebuildTerms): readonly Move[] {
  const { node, name, since, sharing, leaving } = record
  const publish: Move = {
    at: since,
    name,
    command: { type: 'publish', node, access, terms: undefined, timeout, sharing },
  }
  return leaving === undefined
    ? [publish]
    : [publish, { at: leaving, name, command: { type: 'leaving', node, since: leaving } }]
}

/** By time; who leaves at the very instant at which another joins was leaving before; then by name. */
function byTime(a: Move, b: Move): number {
  const leavingFirst = Number(b.command.type === 'leaving') - Number(a.command.type === 'leaving')
  const samePlayer = a.name === b.name ? -leavingFirst : leavingFirst
  return a.at - b.at || samePlayer || compare(a.name, b.name)
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b))
const firstInstant = 0 as Instant

/** An export to one host of a volume that may migrate is what a loss left behind, see `Fence`. */
function narrowed(state: Attachment, { admission }: RebuildTerms): Attachment {
  if (state.phase !== 'attached' || state.access === 'exclusive') return state
  const only = typeof admission !== 'string' && admission.length === 1 && holders(state)[0]?.node === admission[0]
  return only ? { ...state, fence: 'narrow' } : state
}
