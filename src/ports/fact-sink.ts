import type { About, Fact } from '../domain/facts.ts'

/**
 * Hears what happened, after it is committed, in order for each volume. Returns at once: work that takes time is done
 * behind it. A sink that fails says so in the log and never fails the request.
 */
export interface FactSink {
  publish(fact: Fact, about: About): void
}
export const FactSink = Symbol.for('FactSink')
/** Bound once by each sink; what is bound as `FactSink` tells all of them. */
export const FactListener = Symbol.for('FactListener')
