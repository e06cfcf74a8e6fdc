import type { Instant, Millis } from '../../domain/ids.ts'
import type { LeaseParts } from './lease-hold.ts'
import { type Claimant, claimed, durationOf, holderOf, isHeldBy, type LeaseObject, renewedAt } from './lease-object.ts'
import { within } from './within.ts'

/** A lease as this process saw it, and since when, at the latest, it has been so. */
interface Sighting {
  readonly version: string
  readonly since: Millis
}

/** A lease that was had. */
interface Award {
  readonly lease: LeaseObject
  /** When the write that got it was begun, by the monotonic clock. */
  readonly began: Millis
  /** When its former holder renewed it last; undefined where there was none. */
  readonly heldUntil: Instant | undefined
}

/** One claimant's attempts to get the lease, and what it has seen and done in them. */
export class LeaseBid {
  readonly #claimant: Claimant
  readonly #parts: LeaseParts
  #sighting: Sighting | undefined
  #heldUntil: Instant | undefined

  constructor(claimant: Claimant, parts: LeaseParts) {
    this.#claimant = claimant
    this.#parts = parts
  }

  /** Looks once, and takes it where that is allowed; undefined where it is somebody else's. Rejects where it failed. */
  async attempt(signal: AbortSignal): Promise<Award | undefined> {
    const { store, clock, log } = this.#parts
    const found = await this.#asked(signal, limited => store.read(limited))
    if (!this.#mayTake(found)) {
      log.debug('another process has the lease', { holder: found === undefined ? '' : holderOf(found) })
      return undefined
    }
    // What is ours already was had by a write whose reply was lost: its time says nothing of who was before.
    if (found === undefined || !isHeldBy(found, this.#claimant)) this.#heldUntil = renewedAt(found)
    const began = clock.monotonic()
    const wanted = claimed(found, this.#claimant, clock.now())
    const lease = await this.#asked(signal, limited => store.write(wanted, limited))
    return { lease, began, heldUntil: this.#heldUntil }
  }

  #mayTake(found: LeaseObject | undefined): boolean {
    if (found === undefined || ['', this.#claimant.identity].includes(holderOf(found))) return true
    // Only now: while the answer was on its way the holder may have renewed it.
    const now = this.#parts.clock.monotonic()
    this.#sighting = sightingOf(found, this.#sighting, now)
    return now - this.#sighting.since >= durationOf(found, this.#claimant.duration)
  }

  /** No longer than a holder waits: what comes later is of no use. */
  #asked<T>(signal: AbortSignal, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return within(this.#parts.clock, (this.#claimant.duration * 2) / 3, signal, request)
  }
}

function sightingOf(found: LeaseObject, known: Sighting | undefined, now: Millis): Sighting {
  const version = `${found.metadata?.uid ?? ''} ${found.metadata?.resourceVersion ?? ''}`
  return known?.version === version ? known : { version, since: now }
}
