import { StorageError } from '../domain/errors.ts'

type Task<T> = () => Promise<T>

/**
 * One task at a time for each key, any number for different keys. Keys that nobody uses cost nothing.
 * A request that meets another one is refused, because its caller retries; commands from watches and timers wait.
 */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<unknown>>()

  /** Runs the task at once, or throws `busy` if the key is taken. */
  async tryRun<T>(key: string, task: Task<T>): Promise<T> {
    if (this.#tails.has(key)) {
      throw new StorageError('busy', `another operation on ${key} is running; try again when it has ended`)
    }
    return this.run(key, task)
  }

  /** Runs the task when all earlier ones of its key have ended, however they ended. */
  async run<T>(key: string, task: Task<T>): Promise<T> {
    const turn = (this.#tails.get(key) ?? Promise.resolve()).then(task)
    const tail = turn.catch(() => {})
    this.#tails.set(key, tail)
    try {
      return await turn
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    }
  }
}
