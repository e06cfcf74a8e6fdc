import { wantedExport } from '../domain/admission.ts'
import { holders } from '../domain/attachment.ts'
import { type Drift, drift } from '../domain/drift.ts'
import { after, type Instant, type Millis, type VolumeId } from '../domain/ids.ts'
import type { BackendHealth } from '../ports/backend-health.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { NetworkFence } from '../ports/network-fence.ts'
import type { VolumeBackend } from '../ports/volume-backend.ts'
import type { AttachmentRegistry } from './attachment-registry.ts'
import type { Exports } from './exports.ts'
import type { KeyedLock } from './keyed-lock.ts'

interface Parts {
  readonly backend: VolumeBackend
  readonly registry: AttachmentRegistry
  readonly exports: Exports
  readonly network: NetworkFence
  readonly health: BackendHealth
  readonly lock: KeyedLock
  readonly clock: Clock
  readonly log: Logger
  readonly grace: Millis
  readonly interval: Millis
}

/** After a comparison that could not be made, doubled each time; an appliance that starts has no pool for a while. */
const FIRST_RETRY: Millis = 1000

/** Brings exports back to what the attachments say, after restarts, crashes and an appliance that forgot. */
export class ReconcileExports {
  readonly #parts: Parts
  /** Since when an export has been seen that nobody justifies. */
  readonly #unjustified = new Map<VolumeId, Instant>()
  /** Volumes that a request named and that no listing shows: the older driver's. */
  readonly #named = new Set<VolumeId>()
  #next: Instant | undefined
  #links = 0
  #retry = FIRST_RETRY

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** This volume's export stood in the way of a request: it is looked at at the next tick, and until it is off. */
  suspect(volume: VolumeId): void {
    if (this.#named.has(volume)) return
    this.#named.add(volume)
    this.#next = undefined
  }

  /**
   * Runs when it is time: at the first call, after each interval, sooner while a grace period runs, and as soon as the link
   * has come about anew: the appliance may have been restarted, and forgotten what it exported.
   */
  async tick(signal: AbortSignal): Promise<void> {
    const { clock, health, log } = this.#parts
    const { made } = health.link()
    if (made !== this.#links) this.#next = undefined
    this.#links = made
    if (this.#next !== undefined && clock.now() < this.#next) return
    try {
      await this.run(signal)
      this.#retry = FIRST_RETRY
      this.#next = after(clock.now(), this.#pause())
    } catch (error) {
      if (signal.aborted) return
      log.warn('exports could not be compared with the attachments', { error, retryInMs: this.#retry })
      this.#next = after(clock.now(), Math.min(this.#retry, this.#pause()))
      this.#retry *= 2
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    const { backend, network, registry } = this.#parts
    await network.start(signal)
    const listed = (await backend.list(signal)).map(volume => volume.id)
    const held = registry.all().map(([volume]) => volume)
    const volumes = new Set([...listed, ...held, ...this.#named, ...network.volumes()])
    for (const volume of this.#unjustified.keys()) if (!volumes.has(volume)) this.#unjustified.delete(volume)
    let isComplete = true
    for (const volume of volumes) if (!(await this.#attend(volume, signal))) isComplete = false
    // A holder that could not be let through the network would be cut off by this.
    if (isComplete) await network.secure(signal)
  }

  #pause(): Millis {
    const { grace, interval } = this.#parts
    return this.#unjustified.size > 0 ? Math.min(grace, interval) : interval
  }

  /** False where it failed: that keeps no other volume waiting. */
  async #attend(volume: VolumeId, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#compare(volume, signal)
      return true
    } catch (error) {
      signal.throwIfAborted()
      this.#parts.log.warn('an export could not be compared with its attachment', { volume, error })
      return false
    }
  }

  async #compare(volume: VolumeId, signal: AbortSignal): Promise<void> {
    if ((await this.#driftOf(volume, signal)) === undefined) this.#settled(volume)
    else await this.#mend(volume, signal)
    await this.#confine(volume, signal)
  }

  async #driftOf(volume: VolumeId, signal: AbortSignal): Promise<Drift | undefined> {
    const { registry, exports } = this.#parts
    const state = registry.get(volume)
    const { rule } = exports
    return drift(volume, wantedExport(state, rule), await exports.actual(volume, state, signal), rule)
  }

  async #mend(volume: VolumeId, signal: AbortSignal): Promise<void> {
    const { lock, log } = this.#parts
    await lock.run(volume, async () => {
      const found = await this.#driftOf(volume, signal)
      if (found === undefined) return
      if (found.type === 'unjustified-export' && this.#mayWait(volume)) return
      log.warn('an export does not follow its attachment; it is mended', { ...found })
      await this.#repair(found, signal)
    })
  }

  async #repair(found: Drift, signal: AbortSignal): Promise<void> {
    const { registry, exports } = this.#parts
    const state = registry.get(found.volume)
    const isGentle = found.type === 'missing-export' || found.type === 'wrong-width'
    if (isGentle) await exports.follow(found.volume, state, state, signal)
    else await exports.renew(found.volume, state, signal)
    this.#settled(found.volume)
  }

  /** The network lets through who holds the volume; while a grace period runs for its export, nothing is changed. */
  async #confine(volume: VolumeId, signal: AbortSignal): Promise<void> {
    const { network, lock, registry, exports } = this.#parts
    if (!network.confined(volume) && !network.volumes().includes(volume)) return
    await lock.run(volume, async () => {
      if (!this.#unjustified.has(volume)) await exports.confine(volume, registry.get(volume), signal)
    })
  }

  #settled(volume: VolumeId): void {
    this.#unjustified.delete(volume)
    this.#named.delete(volume)
  }

  /** Lost holders are shut out at once. */
  #mayWait(volume: VolumeId): boolean {
    return holders(this.#parts.registry.get(volume)).length === 0 && !this.#ripe(volume)
  }

  #ripe(volume: VolumeId): boolean {
    const { clock, grace } = this.#parts
    const since = this.#unjustified.get(volume) ?? clock.now()
    this.#unjustified.set(volume, since)
    return clock.now() >= after(since, grace)
  }
}
