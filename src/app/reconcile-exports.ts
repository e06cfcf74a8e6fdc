import { wantedExport } from '../domain/admission.ts'
import { holders } from '../domain/attachment.ts'
import { type Drift, drift } from '../domain/drift.ts'
import { after, type Instant, type Millis, type VolumeId } from '../domain/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { VolumeBackend } from '../ports/volume-backend.ts'
import type { AttachmentRegistry } from './attachment-registry.ts'
import type { Exports } from './exports.ts'
import type { KeyedLock } from './keyed-lock.ts'

interface Parts {
  readonly backend: VolumeBackend
  readonly registry: AttachmentRegistry
  readonly exports: Exports
  readonly lock: KeyedLock
  readonly clock: Clock
  readonly log: Logger
  readonly grace: Millis
  readonly interval: Millis
}

/** Brings exports back to what the attachments say, after restarts, crashes and an appliance that forgot. */
export class ReconcileExports {
  readonly #parts: Parts
  /** Since when an export has been seen that nobody justifies. */
  readonly #unjustified = new Map<VolumeId, Instant>()
  /** Volumes that a request named and that no listing shows: the older driver's. */
  readonly #named = new Set<VolumeId>()
  #next: Instant | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** This volume's export stood in the way of a request: it is looked at at the next tick, and until it is off. */
  suspect(volume: VolumeId): void {
    if (this.#named.has(volume)) return
    this.#named.add(volume)
    this.#next = undefined
  }

  /** Runs when it is time: at the first call, after each interval, and sooner while a grace period runs. */
  async tick(signal: AbortSignal): Promise<void> {
    const { clock, interval, grace, log } = this.#parts
    if (this.#next !== undefined && clock.now() < this.#next) return
    try {
      await this.run(signal)
    } catch (error) {
      if (signal.aborted) return
      log.warn('exports could not be compared with the attachments', { error })
    }
    this.#next = after(clock.now(), this.#unjustified.size > 0 ? Math.min(grace, interval) : interval)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { backend, registry, log } = this.#parts
    const listed = (await backend.list(signal)).map(volume => volume.id)
    const volumes = new Set([...listed, ...registry.all().map(([volume]) => volume), ...this.#named])
    for (const volume of this.#unjustified.keys()) if (!volumes.has(volume)) this.#unjustified.delete(volume)
    for (const volume of volumes) {
      try {
        await this.#compare(volume, signal)
      } catch (error) {
        signal.throwIfAborted()
        log.warn('an export could not be compared with its attachment', { volume, error })
      }
    }
  }

  async #compare(volume: VolumeId, signal: AbortSignal): Promise<void> {
    if ((await this.#driftOf(volume, signal)) === undefined) this.#settled(volume)
    else await this.#mend(volume, signal)
  }

  async #driftOf(volume: VolumeId, signal: AbortSignal): Promise<Drift | undefined> {
    const { registry, exports } = this.#parts
    const state = registry.get(volume)
    // A lost holder is fenced on purpose; its export comes back with it, or not at all.
    if (holders(state).some(seat => seat.lost)) return undefined
    return drift(volume, wantedExport(state), await exports.actual(volume, state, signal))
  }

  async #mend(volume: VolumeId, signal: AbortSignal): Promise<void> {
    const { lock, log } = this.#parts
    await lock.run(volume, async () => {
      const found = await this.#driftOf(volume, signal)
      if (found === undefined) return
      if (found.type === 'unjustified-export' && !this.#ripe(volume)) return
      log.warn('an export does not follow its attachment; it is mended', { ...found })
      await this.#repair(found, signal)
    })
  }

  async #repair(found: Drift, signal: AbortSignal): Promise<void> {
    const { registry, exports } = this.#parts
    const state = registry.get(found.volume)
    if (found.type === 'missing-export') await exports.follow(found.volume, state, state, signal)
    else await exports.renew(found.volume, state, signal)
    this.#settled(found.volume)
  }

  #settled(volume: VolumeId): void {
    this.#unjustified.delete(volume)
    this.#named.delete(volume)
  }

  #ripe(volume: VolumeId): boolean {
    const { clock, grace } = this.#parts
    const since = this.#unjustified.get(volume) ?? clock.now()
    this.#unjustified.set(volume, since)
    return clock.now() >= after(since, grace)
  }
}
