import type { Evidence, Migrating } from './attachment.ts'
import type { Fact, FailureReason } from './facts.ts'
import type { Instant } from './ids.ts'

export type Leaver = 'source' | 'target'
export type Departure = 'unpublished' | 'cleared'

/** What one holder's departure says about the running migration. */
export function outcome(state: Migrating, leaver: Leaver, evidence: Evidence, now: Instant): Fact {
  if (state[leaver].lost) return failed(state, leaver === 'source' ? 'source-lost' : 'target-lost', now)
  if (leaver === 'source') {
    return evidence === 'none' || evidence === 'completed' ? completed(state, now) : failed(state, 'abandoned', now)
  }
  return failed(state, evidence === 'none' || evidence === 'failed' ? 'target-left' : 'abandoned', now)
}

export const completed = (state: Migrating, now: Instant): Fact => ({
  type: 'migration-completed',
  source: state.source.node,
  target: state.target.node,
  took: now - state.target.since,
})

export const failed = (state: Migrating, reason: FailureReason, now: Instant): Fact => ({
  type: 'migration-failed',
  source: state.source.node,
  target: state.target.node,
  took: now - state.target.since,
  reason,
})
