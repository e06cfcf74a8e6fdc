import type { Millis } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'

/** The reason of a signal that ended because its time was over. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'

  constructor(span: Millis) {
    super(`no answer within ${span} ms`)
  }
}

/** Does the work under a signal that also ends after the span; the work has to follow it. No timer outlives the work. */
export async function withDeadline<T>(
  clock: Clock,
  span: Millis,
  signal: AbortSignal,
  work: (bounded: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const expiry = new AbortController()
  const done = new AbortController()
  clock.sleep(span, done.signal).then(
    () => expiry.abort(new DeadlineError(span)),
    () => undefined,
  )
  try {
    return await work(AbortSignal.any([signal, expiry.signal]))
  } finally {
    done.abort()
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
