import type { Instant } from '../domain/ids.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { BackendInspection } from '../ports/backend-inspection.ts'
import type { VolumeBackend } from '../ports/volume-backend.ts'
import { ApplianceChecks } from './appliance-checks.ts'
import type { AttachmentRegistry } from './attachment-registry.ts'
import type { Housekeeping } from './housekeeping.ts'
import type { Readiness } from './readiness.ts'
import type { Rebuilding } from './rebuilding.ts'

const FIRST_PAUSE = 250
const LONGEST_PAUSE = 15_000

interface Parts {
  readonly cluster: Cluster
  readonly inspection: BackendInspection
  readonly backend: VolumeBackend
  readonly rebuilding: Rebuilding
  readonly registry: AttachmentRegistry
  readonly housekeeping: Housekeeping
  readonly readiness: Readiness
  readonly clock: Clock
  readonly log: Logger
}

/** How a controller comes to life: caches complete, then rebuilt, then ready. Never serves from an empty table. */
export class ControllerLife {
  readonly #parts: Parts
  readonly #checks: ApplianceChecks
  #caches: Promise<void> | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    this.#checks = new ApplianceChecks(parts)
  }

  /** Begins to fill the caches of the cluster: a process that waits for the Lease keeps them warm. */
  warm(signal: AbortSignal): void {
    this.#caches ??= this.#parts.cluster.start(signal)
    this.#caches.catch(() => {}) // `run` hears of it; without one nobody has to
  }

  /** `toldUntil`: migration deadlines up to here were told by a former process. Runs until the signal aborts. */
  async run(toldUntil: Instant | undefined, signal: AbortSignal): Promise<void> {
    const { readiness, housekeeping, log } = this.#parts
    try {
      readiness.notReady('waiting for the complete listings of the cluster')
      this.warm(signal)
      await this.#caches
      readiness.notReady('checking the appliance')
      await this.#insist('the appliance is not fit to serve', () => this.#checks.essentials(signal), signal)
      readiness.notReady('waiting for the complete listing of the appliance')
      await this.#insist('the appliance could not be listed', () => this.#parts.backend.start(signal), signal)
      housekeeping.listen(signal)
      readiness.notReady('waiting for fresh listings of the cluster')
      await this.#parts.cluster.refresh(signal) // warm caches may have missed what a former holder of the Lease did
      readiness.notReady('rebuilding who holds what')
      await this.#insist('the attachments could not be rebuilt', () => this.#rebuild(toldUntil, signal), signal)
      readiness.ready()
      log.info('ready', { held: this.#parts.registry.held(), migrations: this.#parts.registry.running() })
      await Promise.all([housekeeping.run(signal), this.#checks.rest(signal)])
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      readiness.notReady('stopping')
    }
  }

  async #rebuild(toldUntil: Instant | undefined, signal: AbortSignal): Promise<void> {
    this.#parts.registry.restore(await this.#parts.rebuilding.run(toldUntil, signal))
  }

  /** Tries until it succeeds, slower each time, and says why it is not ready. */
  async #insist(failure: string, task: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock, log, readiness } = this.#parts
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      signal.throwIfAborted()
      try {
        return await task()
      } catch (error) {
        signal.throwIfAborted()
        readiness.notReady(`${failure}: ${error instanceof Error ? error.message : String(error)}`)
        log.warn(failure, { error, retryInMs: pause })
        await clock.sleep(pause, signal)
      }
    }
  }
}
