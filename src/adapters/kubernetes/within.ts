import type { Millis } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import { unlessAborted } from './unless-aborted.ts'

/**
 * Runs the work with a signal that also aborts when the span is over, by the given clock. Rejects as soon as that aborts,
 * even where the work does not follow it.
 */
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
    const limited = AbortSignal.any([signal, limit.signal])
    return await unlessAborted(work(limited), limited)
  } finally {
    done.abort()
    await timer
  }
}
