import type { Evidence, Migrating } from './attachment.ts'
import type { FailureReason, MigrationFact } from './facts.ts'
import { elapsed, type Instant } from './ids.ts'

export type Leaver = 'source' | 'target'
export type Departure = 'unpublished' | 'cleared'

/** What one holder's departure says about the running migration. A lost node's departure was nobody's wish. */
export function outcome(state: Migrating, leaver: Leaver, evidence: Evidence, now: Instant): MigrationFact {
  if (state[leaver].lost) return failed(state, leaver === 'source' ? 'source-lost' : 'target-lost', now)
  if (leaver === 'source') {
    return evidence === 'none' || evidence === 'completed' ? completed(state, now) : failed(state, 'abandoned', now)
  }
  return failed(state, evidence === 'none' || evidence === 'failed' ? 'target-left' : 'abandoned', now)
}

/** Success, unless the deadline has passed: then it had timed out, however late the timer is that tells so. */
export const completed = (state: Migrating, now: Instant): MigrationFact =>
  isOverdue(state, now) ? timedOut(state) : { type: 'migration-completed', ...ends(state), took: sofar(state, now) }

/** Failure for this reason, unless the deadline has passed, as above. */
export const failed = (state: Migrating, reason: FailureReason, now: Instant): MigrationFact =>
  isOverdue(state, now)
    ? timedOut(state)
    : { type: 'migration-failed', ...ends(state), took: sofar(state, now), reason }

export const timedOut = (state: Migrating): MigrationFact => ({
  type: 'migration-timed-out',
  ...ends(state),
  took: elapsed(state.target.since, state.deadline),
})

/** True from the very instant of the deadline. */
export const isOverdue = (state: Migrating, now: Instant): boolean => now >= state.deadline

const ends = ({ source, target }: Migrating) => ({ source: source.node, target: target.node })
const sofar = (state: Migrating, now: Instant) => elapsed(state.target.since, now)
