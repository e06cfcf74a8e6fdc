import type { Millis } from '../../domain/ids.ts'
import type { Leadership, Lease } from '../../ports/leadership.ts'
import { describeApiError, isConflict } from './kube-error.ts'
import { type Claimant, claimed, durationOf, holderOf, type LeaseObject, renewedAt } from './lease-object.ts'
import { LeaseHold, type LeaseParts } from './lease-hold.ts'

/** A lease as this process last saw it, and since when it has been so. */
interface Sighting {
  readonly version: string
  readonly since: Millis
}

/**
 * One process of several acts: the one whose identity stands in the Lease. Others take it when it was given back, or when
 * they themselves have seen it unchanged for its whole duration, so that no two clocks need to agree. A process that finds
 * its own identity there (it was restarted) goes on at once.
 */
export class KubernetesLeadership implements Leadership {
  readonly #claimant: Claimant
  readonly #parts: LeaseParts
  #hold: Promise<void> = Promise.resolve()

  constructor(claimant: Claimant, parts: LeaseParts) {
    this.#claimant = claimant
    this.#parts = parts
  }

  async acquire(signal: AbortSignal): Promise<Lease> {
    const { clock, log } = this.#parts
    for (let sighting: Sighting | undefined; ; ) {
      signal.throwIfAborted()
      try {
        const began = clock.monotonic()
        const found = await this.#parts.store.read(signal)
        sighting = sightingOf(found, sighting, began)
        if (this.#mayTake(found, sighting)) return await this.#take(found, signal)
        log.debug('another process has the lease', { holder: found === undefined ? '' : holderOf(found) })
      } catch (error) {
        signal.throwIfAborted()
        if (!isConflict(error)) log.warn('the lease cannot be had yet', { error: describeApiError(error) })
      }
      await clock.sleep(this.#claimant.duration * (0.1 + 0.1 * Math.random()), signal)
    }
  }

  /** Resolves once nothing runs for the lease any more; it has been given back if that was possible. */
  async settled(): Promise<void> {
    await this.#hold
  }

  #mayTake(found: LeaseObject | undefined, sighting: Sighting): boolean {
    if (found === undefined || ['', this.#claimant.identity].includes(holderOf(found))) return true
    return this.#parts.clock.monotonic() - sighting.since >= durationOf(found, this.#claimant.duration)
  }

  async #take(found: LeaseObject | undefined, signal: AbortSignal): Promise<Lease> {
    const { store, clock, log } = this.#parts
    const began = clock.monotonic()
    const lease = await store.write(claimed(found, this.#claimant, clock.now()), signal)
    log.info('the lease is ours', { name: this.#claimant.name, identity: this.#claimant.identity })
    const hold = new LeaseHold(lease, began, this.#claimant, this.#parts)
    this.#hold = hold.keep(signal)
    return { signal: hold.signal(signal), heldUntil: renewedAt(found) }
  }
}

function sightingOf(found: LeaseObject | undefined, known: Sighting | undefined, now: Millis): Sighting {
  const version = `${found?.metadata?.uid ?? ''} ${found?.metadata?.resourceVersion ?? ''}`
  return known?.version === version ? known : { version, since: now }
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
