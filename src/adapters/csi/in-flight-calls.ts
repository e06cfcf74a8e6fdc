import { StorageError } from '../../domain/errors.ts'

interface Running {
  abort(reason: Error): void
}

/** The handlers that run now, whether or not their callers still wait, so that a drain can wait for them or stop them. */
export class InFlightCalls {
  readonly #running = new Set<Running>()
  readonly #idle = Promise.withResolvers<void>()
  #closed = false

  /** Counts one in; throws `unavailable` once closed. */
  enter(call: Running): void {
    if (this.#closed) throw shuttingDown()
    this.#running.add(call)
  }

  /** Counts it out. Harmless for one that was never in. */
  leave(call: Running): void {
    this.#running.delete(call)
    this.#settle()
  }

  /** Lets no more in; resolves when the last one has left. */
  close(): Promise<void> {
    this.#closed = true
    this.#settle()
    return this.#idle.promise
  }

  /** Tells all that are running to stop, with an `unavailable` error as the reason. */
  abort(): void {
    for (const call of this.#running) call.abort(shuttingDown())
  }

  #settle(): void {
    if (this.#closed && this.#running.size === 0) this.#idle.resolve()
  }
}

const shuttingDown = (): StorageError => new StorageError('unavailable', 'the driver is shutting down; try again')
