import type { AttachmentRegistry } from './attachment-registry.ts'
import type { KeyedLock } from './keyed-lock.ts'
import type { Clock } from '../ports/clock.ts'

/** Tells migrations that take too long, when the time comes and not only when somebody asks. */
export class Deadlines {
  readonly #registry: AttachmentRegistry
  readonly #lock: KeyedLock
  readonly #clock: Clock

  constructor(registry: AttachmentRegistry, lock: KeyedLock, clock: Clock) {
    this.#registry = registry
    this.#lock = lock
    this.#clock = clock
  }

  async tick(): Promise<void> {
    const now = this.#clock.now()
    const due = this.#registry.all().filter(([, state]) => state.phase === 'migrating' && state.deadline <= now)
    for (const [volume] of due) {
      await this.#lock.run(volume, async () => {
        this.#registry.commit(volume, this.#registry.decide(volume, { type: 'tick' }), 0)
      })
    }
  }
}
