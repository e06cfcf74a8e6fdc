import { abortable } from './deadline.ts'

/** One reading for several keys. It hears of `signal` once nobody waits for it any more. */
export type ReadKeys<Key, Found> = (keys: readonly Key[], signal: AbortSignal) => Promise<Found>

/** A reading that is still to come, or is under way. */
interface Batch<Key, Found> {
  readonly keys: Set<Key>
  readonly found: PromiseWithResolvers<Found>
  readonly unwanted: AbortController
  askers: number
}

/**
 * Many questions in few readings, one reading at a time. Those that are asked while one is under way share the next: a
 * reading only ever answers what was asked before it began, so that nobody is told of a state older than the question.
 */
export class FindBatch<Key, Found> {
  readonly #read: ReadKeys<Key, Found>
  #next: Batch<Key, Found> | undefined
  #isReading = false

  constructor(read: ReadKeys<Key, Found>) {
    this.#read = read
  }

  /**
   * What a reading found that began after this call and asked for this key, perhaps beside others. Rejects with what the
   * reading failed with, or with the signal's reason; the others go on waiting then.
   */
  async ask(key: Key, signal: AbortSignal): Promise<Found> {
    signal.throwIfAborted()
    const batch = (this.#next ??= newBatch<Key, Found>())
    batch.keys.add(key)
    batch.askers += 1
    if (!this.#isReading) void this.#readOn()
    try {
      return await abortable(batch.found.promise, signal)
    } finally {
      batch.askers -= 1
      if (batch.askers === 0) this.#giveUp(batch, signal.reason)
    }
  }

  /** Reads as long as somebody asks. Never rejects. */
  async #readOn(): Promise<void> {
    this.#isReading = true
    // Whoever asks in the same turn of the loop belongs to the first reading.
    await Promise.resolve()
    for (let batch = this.#take(); batch !== undefined; batch = this.#take()) {
      const { keys, found, unwanted } = batch
      const reading = async (): Promise<Found> => this.#read([...keys], unwanted.signal)
      await reading().then(found.resolve, found.reject)
    }
    this.#isReading = false
  }

  /** Nobody waits for it any more; whoever asks from now on gets another one. */
  #giveUp(batch: Batch<Key, Found>, reason: unknown): void {
    if (this.#next === batch) this.#next = undefined
    batch.unwanted.abort(reason)
  }

  #take(): Batch<Key, Found> | undefined {
    const batch = this.#next
    this.#next = undefined
    return batch
  }
}

function newBatch<Key, Found>(): Batch<Key, Found> {
  const found = Promise.withResolvers<Found>()
  // Where all askers have gone nobody hears how it ends.
  found.promise.catch(() => undefined)
  return { keys: new Set(), found, unwanted: new AbortController(), askers: 0 }
}
