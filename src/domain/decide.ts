import { join } from './attachment-join.ts'
import { leave, vacate } from './attachment-leave.ts'
import { type Attachment, type Command, type Decision, holders, type Seat, unchanged } from './attachment.ts'
import type { Instant, NodeId } from './ids.ts'
import { isOverdue, timedOut } from './migration-outcome.ts'

/**
 * Decides one command. Total: every phase answers every command, and only `publish` may be refused.
 * Pure: no clock, no input or output; the caller does what the decision asks for and then commits it.
 */
export function decide(state: Attachment, command: Command, now: Instant): Decision {
  switch (command.type) {
    case 'publish':
      return join(state, command, now)
    case 'unpublish':
      return command.node === 'every-node'
        ? vacate(state, now)
        : leave(state, { node: command.node, how: 'unpublished', evidence: command.evidence }, now)
    case 'leaving':
      return mark(state, command.node, seat => ({ ...seat, leaving: seat.leaving ?? command.since }))
    case 'node-lost':
      return mark(state, command.node, seat => ({ ...seat, lost: true }))
    case 'node-back':
      return mark(state, command.node, seat => ({ ...seat, lost: false }))
    case 'clear-lost':
      return holders(state).some(seat => seat.lost && seat.node === command.node)
        ? leave(state, { node: command.node, how: 'cleared', evidence: 'none' }, now)
        : unchanged(state)
    case 'tick':
      return tick(state, now)
  }
}

/** A migration that takes too long is told once, as an outcome; its holders stay and nothing is taken from them. */
function tick(state: Attachment, now: Instant): Decision {
  if (state.phase !== 'migrating' || !isOverdue(state, now)) return unchanged(state)
  return { next: { phase: 'shared', seats: holders(state), fence: state.fence }, facts: [timedOut(state)] }
}

function mark(state: Attachment, node: NodeId, change: (seat: Seat) => Seat): Decision {
  const held = holders(state).find(seat => seat.node === node)
  if (held === undefined) return unchanged(state)
  const changed = change(held)
  if (changed.leaving === held.leaving && changed.lost === held.lost) return unchanged(state)
  return { next: mapSeats(state, seat => (seat === held ? changed : seat)), facts: [] }
}

function mapSeats(state: Attachment, change: (seat: Seat) => Seat): Attachment {
  switch (state.phase) {
    case 'detached':
      return state
    case 'attached':
      return { ...state, seat: change(state.seat) }
    case 'migrating': {
      const { source, target, leavers } = state
      return { ...state, source: change(source), target: change(target), leavers: leavers.map(change) }
    }
    case 'shared':
      return { ...state, seats: state.seats.map(change) }
  }
}
