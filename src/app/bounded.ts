import type { Millis } from '../domain/ids.ts'
import type { Clock } from '../ports/clock.ts'

/** Does the work under a signal that also aborts once the span is over, by the given clock; the work has to follow it. */
export async function bounded<T>(
  clock: Clock,
  span: Millis,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const expiry = new AbortController()
  const done = new AbortController()
  clock.sleep(span, done.signal).then(
    () => expiry.abort(new Error(`not done within ${span} ms`)),
    () => undefined,
  )
  try {
    return await work(AbortSignal.any([signal, expiry.signal]))
  } finally {
    done.abort()
  }
}
