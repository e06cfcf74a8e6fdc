import { type Instant, instant, type Millis } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'

/** Node fires a timer with a longer span at once. */
const LONGEST_TIMER: Millis = 2 ** 31 - 1

/** The machine's own time. */
export class SystemClock implements Clock {
  now(): Instant {
    return instant(Date.now())
  }

  monotonic(): Millis {
    return performance.now()
  }

  async sleep(span: Millis, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    for (let left = span; left > 0; left -= LONGEST_TIMER) await pause(Math.min(left, LONGEST_TIMER), signal)
  }
}

/** One timer. Neither it nor its listener outlives the wait. */
function pause(span: Millis, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, span)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
