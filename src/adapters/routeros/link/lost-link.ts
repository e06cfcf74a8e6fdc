import { LinkError } from '../transport.ts'
import type { Places } from './places.ts'

/** What a command fails with whose session has ended; `unclear` where it had been sent. */
export function lostLink(ended: AbortSignal, unclear: boolean): LinkError {
  const cause = ended.reason as Error
  return new LinkError('lost', unclear, `the link was lost: ${cause.message}`, { cause })
}

/** Waits for a place in a session. Rejects with the signal's reason, or as a lost link where the session ends before. */
export async function enter(places: Places, signal: AbortSignal, ended: AbortSignal): Promise<() => void> {
  signal.throwIfAborted()
  const either = AbortSignal.any([signal, ended])
  const failure = (): unknown => (signal.aborted ? signal.reason : lostLink(ended, false))
  const leave = await places.take(either).catch(() => {
    throw failure()
  })
  if (!either.aborted) return leave
  leave()
  throw failure()
}
