import { StorageError } from '../domain/errors.ts'

type Task<T> = () => Promise<T>

/** One or several tasks that have a key; it is free when they have ended. */
interface Hold {
  readonly ended: Promise<void>
  readonly end: () => void
  /** How many share it; 0 for one that has it to itself. */
  sharers: number
}

/**
 * One task at a time for each key, any number for different keys. Keys that nobody uses cost nothing.
 * A request that meets another one is refused, because its caller retries; commands from watches and timers wait.
 */
export class KeyedLock {
  readonly #holds = new Map<string, Hold>()

  /**
   * Runs the task at once, or throws `busy` if one of its keys is taken. `shared` keys are what it only reads: other tasks
   * that share them may run beside it, and none that has them to itself.
   */
  async tryRun<T>(keys: string | readonly string[], task: Task<T>, shared: readonly string[] = []): Promise<T> {
    const own = typeof keys === 'string' ? [keys] : keys
    const taken =
      own.find(key => this.#holds.has(key)) ?? shared.find(key => (this.#holds.get(key)?.sharers ?? 1) === 0)
    if (taken !== undefined) {
      throw new StorageError('busy', `another operation on ${taken} is running; try again when it has ended`)
    }
    const held = [...own.map(key => this.#take(key)), ...shared.map(key => this.#share(key))]
    try {
      return await task()
    } finally {
      for (const release of held) release()
    }
  }

  /** Runs the task when all earlier ones of its key have ended, however they ended. */
  async run<T>(key: string, task: Task<T>): Promise<T> {
    const before = this.#holds.get(key)?.ended
    const release = this.#take(key)
    try {
      await before
      return await task()
    } finally {
      release()
    }
  }

  #take(key: string): () => void {
    const hold = newHold(0)
    this.#holds.set(key, hold)
    return () => this.#free(key, hold)
  }

  #share(key: string): () => void {
    const hold = this.#holds.get(key) ?? newHold(0)
    this.#holds.set(key, hold)
    hold.sharers += 1
    return () => {
      hold.sharers -= 1
      if (hold.sharers === 0) this.#free(key, hold)
    }
  }

  /** A later task may have taken the key and wait for this one. */
  #free(key: string, hold: Hold): void {
    hold.end()
    if (this.#holds.get(key) === hold) this.#holds.delete(key)
  }
}

function newHold(sharers: number): Hold {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { ended: promise, end: resolve, sharers }
}
