import {
  type Attachment,
  type Decision,
  detached,
  type Evidence,
  type Fence,
  holders,
  type Migrating,
  type Seat,
  unchanged,
} from './attachment.ts'
import type { Fact, MigrationFact } from './facts.ts'
import { elapsed, type Instant, type NodeId } from './ids.ts'
import { type Departure, failed, outcome } from './migration-outcome.ts'

interface Leaving {
  readonly node: NodeId
  readonly how: Departure
  readonly evidence: Evidence
}

/** One node leaves, by request or because it was lost and is cleared. Leaving twice is leaving once. */
export function leave(state: Attachment, going: Leaving, now: Instant): Decision {
  const seat = holders(state).find(held => held.node === going.node)
  if (seat === undefined) return unchanged(state)
  const remaining = holders(state).filter(held => held !== seat)
  const ended = endOf(state, seat, going.evidence, now)
  const fence = fenceAfter(state, seat, remaining.length)
  return {
    next: withSeats(state, remaining, ended === undefined, fence),
    facts: [...(ended === undefined ? [] : [ended]), farewell(seat, going.how, { remaining, told: tells(ended) }, now)],
  }
}

/** Every node leaves at once: nobody can say that a migration succeeded. */
export function vacate(state: Attachment, now: Instant): Decision {
  if (state.phase === 'detached') return unchanged(state)
  const abandoned = state.phase === 'migrating' ? [failed(state, 'abandoned', now)] : []
  const farewells = holders(state).map(seat => farewell(seat, 'unpublished', { remaining: [], told: false }, now))
  const lost = holders(state).find(seat => seat.lost)
  const fence = lost === undefined ? state.fence : fenceAfter(state, lost, 0)
  return { next: empty(fence), facts: [...abandoned, ...farewells] }
}

/** How the running migration ends when this seat goes, or undefined where none does. */
function endOf(state: Attachment, seat: Seat, evidence: Evidence, now: Instant): MigrationFact | undefined {
  if (state.phase !== 'migrating') return undefined
  if (seat === state.source) return outcome(state, 'source', evidence, now)
  return seat === state.target ? outcome(state, 'target', evidence, now) : undefined
}

function withSeats(state: Attachment, seats: readonly Seat[], running: boolean, fence: Fence): Attachment {
  const [only] = seats
  if (only === undefined) return empty(fence)
  if (seats.length === 1) {
    return { phase: 'attached', access: state.phase === 'attached' ? state.access : 'migratable', seat: only, fence }
  }
  const open = fence === 'armed' ? 'armed' : 'open'
  return state.phase === 'migrating' && running
    ? { ...state, leavers: leaversAmong(state, seats), fence: open }
    : { phase: 'shared', seats, fence: open }
}

const leaversAmong = (state: Migrating, seats: readonly Seat[]) =>
  seats.filter(seat => seat !== state.source && seat !== state.target)

const empty = (fence: Fence): Attachment => (fence === 'armed' ? { phase: 'detached', fence } : detached)

/** A lost holder of a migratable volume arms the fence, however its seat ends; a narrow export ends with its holder. */
function fenceAfter(state: Attachment, seat: Seat, remaining: number): Fence {
  const migratable = state.phase !== 'attached' || state.access === 'migratable'
  if (migratable && seat.lost) return 'armed'
  return state.fence === 'narrow' && remaining === 0 ? 'open' : state.fence
}

/** Whether an outcome tells of the departure too. A time-out does not: it is about the deadline, not about who left. */
const tells = (ended: MigrationFact | undefined) => ended !== undefined && ended.type !== 'migration-timed-out'

/** `quiet`: the migration's outcome is what people are told, the departure itself would be noise. */
function farewell(seat: Seat, how: Departure, rest: { remaining: readonly Seat[]; told: boolean }, now: Instant): Fact {
  const held = elapsed(seat.since, now)
  return how === 'cleared'
    ? { type: 'stale-attachment-cleared', node: seat.node, held }
    : { type: 'detached', node: seat.node, held, partial: rest.remaining.length > 0, quiet: rest.told }
}
