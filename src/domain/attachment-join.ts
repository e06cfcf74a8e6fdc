import {
  type Access,
  type Attached,
  type Attachment,
  type Decision,
  type Detached,
  holders,
  type Migrating,
  type Publish,
  type Seat,
  type Shared,
  unchanged,
} from './attachment.ts'
import { completed, failed } from './migration-outcome.ts'
import { after, type Instant, instant } from './ids.ts'
import type { Refusal } from './refusal.ts'

type Reason = Exclude<Refusal['kind'], 'terms-differ'>

/** A node asks for the volume. */
export function join(state: Attachment, want: Publish, now: Instant): Decision {
  if (state.phase === 'detached') return take(state, want, now)
  const own = holders(state).find(seat => seat.node === want.node)
  if (own !== undefined) return again(state, own, want)
  const reason = obstacle(state, want)
  return reason === undefined ? joinBeside(state, want, now) : refuse(state, want, reason)
}

const accessOf = (state: Attached | Migrating | Shared): Access =>
  state.phase === 'attached' ? state.access : 'migratable'

/** After a loss the first holder of a migratable volume gets an export of its own, see `Fence`. */
function take(state: Detached, want: Publish, now: Instant): Decision {
  const fence = state.fence === 'armed' && want.access === 'migratable' ? 'narrow' : 'open'
  return {
    next: { phase: 'attached', access: want.access, seat: newSeat(want, now), fence },
    facts: [{ type: 'attached', node: want.node, beside: [] }],
  }
}

/** The holder asks again: granted as long as the terms are the same, or unknown since a restart. */
function again(state: Attached | Migrating | Shared, own: Seat, want: Publish): Decision {
  if (own.lost) return refuse(state, want, 'holder-lost')
  if (accessOf(state) !== want.access) return differ(state, want, accessOf(state))
  if (own.terms === undefined || want.terms === undefined || own.terms === want.terms) return unchanged(state)
  return differ(state, want, own.terms)
}

/** Lost holders block everybody: until they are cleared nobody knows that they have stopped writing. */
function obstacle(state: Attached | Migrating | Shared, want: Publish): Reason | undefined {
  const seats = holders(state)
  const lost = seats.filter(seat => seat.lost)
  if (lost.length === seats.length) return 'holder-lost'
  if (accessOf(state) === 'exclusive' || want.access === 'exclusive') return 'held-elsewhere'
  if (lost.length > 0) return 'holder-lost'
  if (state.fence === 'narrow') return 'fenced-to-holder'
  return seats.filter(seat => seat.leaving === undefined).length >= 2 ? 'two-holders' : undefined
}

/** At most one of the present holders stays. If it does, this is a migration away from it, unless it is sharing. */
function joinBeside(state: Attached | Migrating | Shared, want: Publish, now: Instant): Decision {
  const present = holders(state)
  const seat = newSeat(want, latest(present, now))
  const ended = state.phase === 'migrating' ? [displaced(state, now)] : []
  const fence = state.fence === 'armed' ? 'armed' : 'open'
  const stayer = present.find(held => held.leaving === undefined)
  if (stayer === undefined || want.sharing) {
    const beside = present.map(held => held.node)
    return {
      next: { phase: 'shared', seats: [...present, seat], fence },
      facts: [...ended, { type: 'attached', node: want.node, beside }],
    }
  }
  const deadline = after(seat.since, want.timeout)
  const leavers = present.filter(held => held !== stayer)
  return {
    next: { phase: 'migrating', source: stayer, target: seat, deadline, leavers, fence },
    facts: [
      ...ended,
      { type: 'migration-started', source: stayer.node, target: want.node, deadline, timeout: want.timeout },
    ],
  }
}

/** A third node joins: the migration that was running is over. Its source leaving was success, its target leaving not. */
const displaced = (state: Migrating, now: Instant) =>
  state.source.leaving === undefined ? failed(state, 'target-left', now) : completed(state, now)

/** The order of joining is the order of time, even if the clock went back. */
const latest = (present: readonly Seat[], now: Instant): Instant =>
  instant(Math.max(now, ...present.map(held => held.since)))

const newSeat = (want: Publish, now: Instant): Seat => ({
  node: want.node,
  since: now,
  terms: want.terms,
  leaving: undefined,
  lost: false,
})

const refuse = (state: Attachment, want: Publish, kind: Reason): Decision =>
  refused(state, want, { kind, holders: holders(state).map(seat => seat.node) })

const differ = (state: Attachment, want: Publish, held: string): Decision =>
  refused(state, want, { kind: 'terms-differ', holders: [want.node], held })

const refused = (state: Attachment, want: Publish, refusal: Refusal): Decision => ({
  next: state,
  facts: [{ type: 'attachment-refused', node: want.node, refusal }],
  refusal,
})
