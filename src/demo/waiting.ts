import { setTimeout as pause } from 'node:timers/promises'

const FIRST_PAUSE = 10
const LONGEST_PAUSE = 200

/** The result of `work`, or the signal's reason as soon as it aborts; what the work comes to then is nobody's business. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

export interface Patience {
  readonly signal: AbortSignal
  /** Milliseconds. */
  readonly limit: number
}

/**
 * Asks again and again, less and less often, until there is an answer. Throws what `what` says, with the last failure as
 * its cause, when the limit has passed, and the signal's reason when it aborts.
 */
export async function until<T>(what: string, ask: () => Promise<T | undefined>, patience: Patience): Promise<T> {
  const { signal, limit } = patience
  const deadline = performance.now() + limit
  let cause: unknown
  for (let wait = FIRST_PAUSE; performance.now() < deadline; wait = Math.min(wait * 1.5, LONGEST_PAUSE)) {
    signal.throwIfAborted()
    try {
      const answer = await orAborted(ask(), signal)
      if (answer !== undefined) return answer
    } catch (error) {
      cause = error
    }
    await pause(wait, undefined, { signal })
  }
  const why = cause instanceof Error ? `: ${cause.message}` : ''
  throw new Error(`waited ${limit / 1000} s in vain for ${what}${why}`, { cause })
}
