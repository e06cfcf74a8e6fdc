import { randomUUID } from 'node:crypto'
import type { Leadership, Lease } from '../../ports/leadership.ts'
import { describeApiError, isConflict } from './kube-error.ts'
import { LeaseBid } from './lease-bid.ts'
import { LeaseHold, type LeaseParts } from './lease-hold.ts'
import type { Candidate } from './lease-object.ts'

/**
 * One process of several acts: the one whose identity stands in the Lease. Others take it when it was given back, or when
 * they themselves have seen it unchanged for its whole duration, so that no two clocks need to agree. A process that finds
 * its own identity there (it was restarted) goes on at once; should the other one live after all, that one ends.
 */
export class KubernetesLeadership implements Leadership {
  readonly #candidate: Candidate
  readonly #parts: LeaseParts
  #hold: Promise<void> = Promise.resolve()

  constructor(candidate: Candidate, parts: LeaseParts) {
    this.#candidate = candidate
    this.#parts = parts
  }

  async acquire(signal: AbortSignal): Promise<Lease> {
    const { clock, log } = this.#parts
    const claimant = { ...this.#candidate, incarnation: randomUUID() }
    for (const bid = new LeaseBid(claimant, this.#parts); ; ) {
      signal.throwIfAborted()
      try {
        const award = await bid.attempt(signal)
        if (award !== undefined) {
          const hold = new LeaseHold(award.lease, award.began, claimant, this.#parts)
          this.#hold = hold.keep(signal)
          log.info('the lease is ours', { name: claimant.name, identity: claimant.identity })
          return { signal: hold.signal(signal), heldUntil: award.heldUntil }
        }
      } catch (error) {
        signal.throwIfAborted()
        if (!isConflict(error)) log.warn('the lease cannot be had yet', { error: describeApiError(error) })
      }
      await clock.sleep(claimant.duration * (0.1 + 0.1 * Math.random()), signal)
    }
  }

  /** Resolves once nothing runs for the lease any more; it has been given back if that was possible. */
  async settled(): Promise<void> {
    await this.#hold
  }
}

/** Every process acts: for installations that are known to run only one. */
export class NoLeadership implements Leadership {
  async acquire(signal: AbortSignal): Promise<Lease> {
    signal.throwIfAborted()
    return { signal, heldUntil: undefined }
  }

  /** Nothing ever runs for it. */
  async settled(): Promise<void> {}
}
