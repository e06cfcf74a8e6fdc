import type { Instant, Millis } from '../domain/ids.ts'

/** Time, so that tests can hold it still. */
export interface Clock {
  /** The present time of day. */
  now(): Instant
  /** Milliseconds of a clock that never jumps; only differences mean something. */
  monotonic(): Millis
  /** Resolves after the span; rejects with the signal's reason as soon as it aborts. */
  sleep(span: Millis, signal: AbortSignal): Promise<void>
}
export const Clock = Symbol.for('Clock')
