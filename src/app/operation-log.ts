import { isStorageError } from '../domain/errors.ts'
import type { Operation } from '../domain/facts.ts'
import type { Bytes, SnapshotId, VolumeId } from '../domain/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { FactSink } from '../ports/fact-sink.ts'

/** A volume, or a snapshot of it. */
type Subject = VolumeId | { readonly volume: VolumeId; readonly snapshot: SnapshotId }

/** What a result says of the operation. */
interface Reading<T> {
  /** The size that the volume has now. */
  readonly bytes?: (result: T) => Bytes
  /** False where the operation goes on at the appliance; the call that sees its end tells it. */
  readonly ended?: (result: T) => boolean
}

/** Tells how an operation on a volume ended, whichever way. */
export class OperationLog {
  readonly #facts: FactSink
  readonly #clock: Clock

  constructor(facts: FactSink, clock: Clock) {
    this.#facts = facts
    this.#clock = clock
  }

  /** Runs the task and tells the fact of its success or failure. One that is `busy` has not ended either. */
  async record<T>(
    operation: Operation,
    subject: Subject,
    task: () => Promise<T>,
    { bytes, ended }: Reading<T> = {},
  ): Promise<T> {
    const start = this.#clock.monotonic()
    const { volume, ...more } = typeof subject === 'string' ? { volume: subject } : subject
    const about = () => ({ volume, at: this.#clock.now(), took: this.#clock.monotonic() - start, holders: [] })
    try {
      const result = await task()
      if (ended?.(result) === false) return result
      const size = bytes === undefined ? {} : { bytes: bytes(result) }
      this.#facts.publish({ type: 'operation-succeeded', operation, ...more, ...size }, about())
      return result
    } catch (error) {
      if (isStorageError(error, 'busy')) throw error
      const why = error instanceof Error ? error.message : String(error)
      this.#facts.publish({ type: 'operation-failed', operation, ...more, why }, about())
      throw error
    }
  }
}
