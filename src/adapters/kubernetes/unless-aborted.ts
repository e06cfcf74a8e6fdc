/** The value, or a rejection with the signal's reason as soon as it aborts, even if what makes the value never ends. */
export async function unlessAborted<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason as Error)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, value])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
