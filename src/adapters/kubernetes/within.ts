import type { Millis } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'

/** Runs the work with a signal that also aborts when the span is over, by the given clock. */
export async function within<T>(
  clock: Clock,
  span: Millis,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController()
  const done = new AbortController()
  const timer = clock.sleep(span, done.signal).then(
    () => limit.abort(new DOMException(`not done within ${Math.round(span)} ms`, 'TimeoutError')),
    () => undefined,
  )
  try {
    return await work(AbortSignal.any([signal, limit.signal]))
  } finally {
    done.abort()
    await timer
  }
}
