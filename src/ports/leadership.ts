import type { Instant } from '../domain/ids.ts'

/** The right to act: one process of an installation has it. */
export interface Lease {
  /** Aborts when the right ends; whoever acts on it has to end with it. */
  readonly signal: AbortSignal
  /**
   * When a former holder, or this process before a restart, last renewed it; deadlines up to here were told by it. Giving it
   * back does not move it. Undefined where nobody is known.
   */
  readonly heldUntil: Instant | undefined
}

export interface Leadership {
  /** Waits until the right is ours. Rejects only with the signal's reason. The signal's end also gives it back. */
  acquire(signal: AbortSignal): Promise<Lease>
}
export const Leadership = Symbol.for('Leadership')
