import { StorageError } from '../domain/errors.ts'

/** Whether this process may serve, and if not, why. Starts as not ready. */
export class Readiness {
  #why: string | undefined = 'starting'

  /** Undefined when ready. */
  get why(): string | undefined {
    return this.#why
  }

  notReady(why: string): void {
    this.#why = why
  }

  ready(): void {
    this.#why = undefined
  }

  /** Throws `unavailable` with the reason. */
  require(): void {
    if (this.#why !== undefined) throw new StorageError('unavailable', `not ready: ${this.#why}; try again soon`)
  }
}
