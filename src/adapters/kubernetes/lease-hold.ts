import type { Millis } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import { describeApiError, isConflict } from './kube-error.ts'
import { type Claimant, claimed, holderOf, isHeldBy, type LeaseObject, released } from './lease-object.ts'
import type { LeaseStore } from './lease-store.ts'
import { unlessAborted } from './unless-aborted.ts'
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
 * this machine, it counts as lost, whatever the API server may think and whatever a renewal still waits for: others can
 * take it only a third of the duration later, and that is what is left for the work to end.
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
    const held = this.signal(signal)
    const expiry = this.#expire(held)
    try {
      for (;;) {
        await this.#parts.clock.sleep(this.#claimant.duration / 3, held)
        await this.#renew(held)
      }
    } catch (error) {
      if (signal.aborted) await this.#giveBack()
      else this.#lose(error)
    }
    await expiry
  }

  get #deadline(): Millis {
    return this.#renewed + (this.#claimant.duration * 2) / 3
  }

  /** Loses the lease at its deadline, whatever the renewals are doing. Ends with the signal. */
  async #expire(held: AbortSignal): Promise<void> {
    const { clock } = this.#parts
    while (!held.aborted) {
      const left = this.#deadline - clock.monotonic()
      if (left <= 0) return this.#lose(new LeaseLost('it could not be renewed in time'))
      await clock.sleep(left, held).catch(() => undefined)
    }
  }

  #lose(reason: unknown): void {
    if (this.#lost.signal.aborted) return
    const { name, identity } = this.#claimant
    this.#parts.log.error('the lease is lost', { name, identity, why: describeApiError(reason) })
    this.#lost.abort(reason)
  }

  /** Tries until it succeeds; the deadline ends it by the signal. */
  async #renew(held: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts
    for (;;) {
      const began = clock.monotonic()
      const sure = !this.#doubtful
      try {
        this.#lease = await this.#written(held)
        this.#doubtful = false
        this.#renewed = began
        return
      } catch (error) {
        held.throwIfAborted()
        if (error instanceof LeaseLost) throw error
        if (sure && isConflict(error)) continue
        log.warn('the lease could not be renewed', { error: describeApiError(error) })
      }
      await clock.sleep(this.#claimant.duration / 15, held)
    }
  }

  /** After a failure nobody knows what became of the last write: then the holder counts, not the version. */
  async #written(held: AbortSignal): Promise<LeaseObject> {
    const { store, clock } = this.#parts
    const known = this.#doubtful ? await unlessAborted(this.#found(held), held) : this.#lease
    this.#doubtful = true
    return unlessAborted(store.write(claimed(known, this.#claimant, clock.now()), held), held)
  }

  /** Undefined where somebody has removed it: then it is made anew. */
  async #found(signal: AbortSignal): Promise<LeaseObject | undefined> {
    const found = await this.#parts.store.read(signal)
    if (found === undefined || isHeldBy(found, this.#claimant)) return found
    const holder = holderOf(found)
    if (holder === '') throw new LeaseLost('nobody has it now')
    const twin = holder === this.#claimant.identity
    throw new LeaseLost(`${twin ? 'another process of the identity ' : ''}${holder} has it now`)
  }

  async #giveBack(): Promise<void> {
    const { store, clock, log } = this.#parts
    try {
      await within(clock, RELEASE_LIMIT, new AbortController().signal, async limited => {
        const known = this.#doubtful ? await this.#found(limited) : this.#lease
        if (known !== undefined) await store.write(released(known, this.#claimant), limited)
      })
      log.info('the lease is given back', { name: this.#claimant.name })
    } catch (error) {
      log.warn('the lease could not be given back; it runs out by itself', { error: describeApiError(error) })
    }
  }
}
