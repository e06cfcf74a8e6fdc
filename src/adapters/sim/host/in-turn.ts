/** Rejects with the signal's reason as soon as it aborts; otherwise ends as the promise does. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Tasks of one key run one after the other, in the order in which they came. */
export class InTurn {
  readonly #tails = new Map<string, Promise<void>>()

  /** Waits for its turn, at most until the signal aborts; what the task throws is thrown here alone. */
  async run<T>(key: string, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    const { promise: mine, resolve: release } = Promise.withResolvers<void>()
    const tail = before.then(() => mine)
    this.#tails.set(key, tail)
    void tail.then(() => this.#tails.get(key) === tail && this.#tails.delete(key))
    try {
      await orAborted(before, signal)
      return await task()
    } finally {
      release()
    }
  }
}
