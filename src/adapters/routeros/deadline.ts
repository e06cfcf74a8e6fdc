import type { Millis } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'

/** The reason of a signal that ended because its time was over. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'

  constructor(span: Millis) {
    super(`no answer within ${span} ms`)
  }
}

/** One for all: an error of its own for each command, with its stack, costs more than everything else here. */
const DONE = new Error('the work is done')

/**
 * Does the work under a signal that also ends after the span; the work has to follow it. Where the work calls `heard` the
 * span begins anew. No timer outlives the work.
 */
export async function withDeadline<T>(
  clock: Clock,
  span: Millis,
  signal: AbortSignal,
  work: (bounded: AbortSignal, heard: () => void) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const bounded = new AbortController()
  const done = new AbortController()
  const onAbort = (): void => bounded.abort(signal.reason)
  let due = clock.monotonic() + span
  const watch = async (): Promise<void> => {
    for (let rest = span; rest > 0; rest = due - clock.monotonic()) await clock.sleep(rest, done.signal)
    bounded.abort(new DeadlineError(span))
  }
  watch().catch(() => undefined)
  const heard = (): void => {
    due = clock.monotonic() + span
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await work(bounded.signal, heard)
  } finally {
    signal.removeEventListener('abort', onAbort)
    done.abort(DONE)
  }
}

/** What the promise becomes, or a rejection with the signal's reason as soon as that aborts. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    // Nobody will hear any more how it ends.
    promise.catch(() => undefined)
    return Promise.reject(signal.reason as Error)
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** Resolves with the signal's reason once it aborts. */
export function aborted(signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.resolve(signal.reason)
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(signal.reason), { once: true }))
}
