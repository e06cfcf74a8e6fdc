import type { Operation } from '../domain/facts.ts'
import type { Bytes, VolumeId } from '../domain/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { FactSink } from '../ports/fact-sink.ts'

/** Tells how an operation on a volume ended, whichever way. */
export class OperationLog {
  readonly #facts: FactSink
  readonly #clock: Clock

  constructor(facts: FactSink, clock: Clock) {
    this.#facts = facts
    this.#clock = clock
  }

  /** Runs the task and tells the fact of its success or failure. `bytes` reads the volume's size off the result. */
  async record<T>(
    operation: Operation,
    volume: VolumeId,
    task: () => Promise<T>,
    bytes: (result: T) => Bytes | undefined = () => undefined,
  ): Promise<T> {
    const start = this.#clock.monotonic()
    const about = () => ({ volume, at: this.#clock.now(), took: this.#clock.monotonic() - start, holders: [] })
    try {
      const result = await task()
      const size = bytes(result)
      this.#facts.publish(
        { type: 'operation-succeeded', operation, ...(size === undefined ? {} : { bytes: size }) },
        about(),
      )
      return result
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#facts.publish({ type: 'operation-failed', operation, why }, about())
      throw error
    }
  }
}
