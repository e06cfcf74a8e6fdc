interface Failure {
  readonly error: Error
  left: number
}

/** What a double is told to do beside its work: fail, wait; and what it was asked. */
export class MemoryScript {
  /** Every call with what it was about, in order, those that failed included. */
  readonly calls: string[] = []
  readonly #failures = new Map<string, Failure>()
  readonly #gates = new Map<string, Promise<void>>()

  /** The next calls of this method fail: one, so many, or all of them until `mend`. */
  fail(method: string, error: Error, times = 1): void {
    this.#failures.set(method, { error, left: times })
  }

  mend(method: string): void {
    this.#failures.delete(method)
  }

  /** Calls of this method wait until the returned function is called. */
  hold(method: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gates.set(method, promise)
    return () => {
      this.#gates.delete(method)
      resolve()
    }
  }

  /** How often a method was called. */
  count(method: string): number {
    return this.calls.filter(call => call.split(' ')[0] === method).length
  }

  /** Each call of a double begins with this. */
  async enter(method: string, about: string, signal: AbortSignal): Promise<void> {
    this.calls.push(about === '' ? method : `${method} ${about}`)
    signal.throwIfAborted()
    const gate = this.#gates.get(method)
    if (gate !== undefined) await unlessAborted(gate, signal)
    const failure = this.#failures.get(method)
    if (failure === undefined || failure.left <= 0) return
    failure.left -= 1
    throw failure.error
  }
}

async function unlessAborted(gate: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  await Promise.race([gate, promise]).finally(() => signal.removeEventListener('abort', abort))
}
