import type { Millis } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import { describeApiError, isConflict } from './kube-error.ts'
import { type Claimant, claimed, holderOf, type LeaseObject, released } from './lease-object.ts'
import type { LeaseStore } from './lease-store.ts'
import { within } from './within.ts'

export interface LeaseParts {
  readonly store: LeaseStore
  readonly clock: Clock
  readonly log: Logger
}

const RELEASE_LIMIT: Millis = 3_000

class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/**
 * A lease that is ours: renewed each third of its duration. Two thirds after the last renewal was begun, by the clock of
 * this machine, it counts as lost, whatever the API server may think: others can take it only a third later, and by then
 * this process has stopped.
 */
export class LeaseHold {
  readonly #claimant: Claimant
  readonly #parts: LeaseParts
  readonly #lost = new AbortController()
  #lease: LeaseObject
  /** When the last renewal that succeeded was begun. */
  #renewed: Millis
  /** The last write failed, or was not answered. */
  #doubtful = false

  constructor(lease: LeaseObject, began: Millis, claimant: Claimant, parts: LeaseParts) {
    this.#lease = lease
    this.#renewed = began
    this.#claimant = claimant
    this.#parts = parts
  }

  /** Aborts with the given one, or when the lease is lost. */
  signal(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#lost.signal])
  }

  /** Renews until the signal aborts, and then gives the lease back; or until it is lost. Never rejects. */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts
    try {
      for (;;) {
        await clock.sleep(this.#claimant.duration / 3, signal)
        await this.#renew(signal)
      }
    } catch (error) {
      if (signal.aborted) return await this.#giveBack()
      log.error('the lease is lost', { name: this.#claimant.name, why: describeApiError(error) })
      this.#lost.abort(error)
    }
  }

  /** Tries until it succeeds or time is up. */
  async #renew(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts
    const deadline = this.#renewed + (this.#claimant.duration * 2) / 3
    for (;;) {
      const began = clock.monotonic()
      const sure = !this.#doubtful
      if (began >= deadline) throw new LeaseLost('it could not be renewed in time')
      try {
        this.#lease = await within(clock, deadline - began, signal, limited => this.#write(limited))
        this.#renewed = began
        return
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof LeaseLost) throw error
        if (sure && isConflict(error)) continue
        log.warn('the lease could not be renewed', { error: describeApiError(error) })
      }
      const left = Math.max(deadline - clock.monotonic(), 0)
      await clock.sleep(Math.min(this.#claimant.duration / 15, left), signal)
    }
  }

  /** After a failure nobody knows what became of the last write: then the holder counts, not the version. */
  async #write(signal: AbortSignal): Promise<LeaseObject> {
    const { store, clock } = this.#parts
    const known = this.#doubtful ? await this.#found(signal) : this.#lease
    this.#doubtful = true
    const lease = await store.write(claimed(known, this.#claimant, clock.now()), signal)
    this.#doubtful = false
    return lease
  }

  /** Undefined where somebody has removed it: then it is made anew. */
  async #found(signal: AbortSignal): Promise<LeaseObject | undefined> {
    const found = await this.#parts.store.read(signal)
    if (found === undefined || holderOf(found) === this.#claimant.identity) return found
    throw new LeaseLost(`${holderOf(found) || 'nobody'} has it now`)
  }

  async #giveBack(): Promise<void> {
    const { store, clock, log } = this.#parts
    try {
      await within(clock, RELEASE_LIMIT, new AbortController().signal, async limited => {
        const known = this.#doubtful ? await this.#found(limited) : this.#lease
        if (known !== undefined) await store.write(released(known, this.#claimant, clock.now()), limited)
      })
      log.info('the lease is given back', { name: this.#claimant.name })
    } catch (error) {
      log.warn('the lease could not be given back; it runs out by itself', { error: describeApiError(error) })
    }
  }
}
