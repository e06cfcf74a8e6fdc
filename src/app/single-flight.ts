interface Flight<T> {
  readonly result: Promise<T>
  readonly stop: AbortController
  passengers: number
}

/**
 * Calls with an equal key that overlap share one run and its result. The run is aborted only when all its callers have
 * given up; a caller that gives up leaves the others alone, and nobody joins a run that was given up.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>()

  async join(key: string, signal: AbortSignal, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    const flight = this.#flights.get(key) ?? this.#start(key, run)
    flight.passengers += 1
    const left = Promise.withResolvers<never>()
    const leave = () => {
      flight.passengers -= 1
      if (flight.passengers === 0) {
        this.#forget(key, flight)
        flight.stop.abort(signal.reason)
      }
      left.reject(signal.reason as Error)
    }
    signal.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([flight.result, left.promise])
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  #start(key: string, run: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const stop = new AbortController()
    const flight: Flight<T> = { result: run(stop.signal), stop, passengers: 0 }
    this.#flights.set(key, flight)
    // The callers hear of a failure; without any, nobody has to.
    void flight.result.catch(() => {}).finally(() => this.#forget(key, flight))
    return flight
  }

  /** A later run may have taken the key. */
  #forget(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
  }
}
