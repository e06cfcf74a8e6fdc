import type { VolumeId } from '../domain/ids.ts'
import { isOverdue } from '../domain/migration-outcome.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { AttachmentRegistry } from './attachment-registry.ts'
import { Errands } from './errands.ts'
import type { KeyedLock } from './keyed-lock.ts'

interface Parts {
  readonly registry: AttachmentRegistry
  readonly lock: KeyedLock
  readonly clock: Clock
  readonly log: Logger
}

/** Tells migrations that take too long, when the time comes and not only when somebody asks. */
export class Deadlines {
  readonly #parts: Parts
  readonly #errands: Errands

  constructor(parts: Parts) {
    this.#parts = parts
    this.#errands = new Errands(parts.clock, parts.log)
  }

  async tick(signal: AbortSignal): Promise<void> {
    const { registry, clock } = this.#parts
    const now = clock.now()
    for (const [volume, state] of registry.all()) {
      if (state.phase === 'migrating' && isOverdue(state, now))
        void this.#errands.run(volume, signal, () => this.#tell(volume))
    }
  }

  async #tell(volume: VolumeId): Promise<void> {
    const { registry, lock } = this.#parts
    await lock.run(volume, async () => registry.commit(volume, registry.decide(volume, { type: 'tick' }), 0))
  }
}
