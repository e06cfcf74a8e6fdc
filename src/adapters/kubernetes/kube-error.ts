/** The API server refused a request, or could not be asked. The message holds no header and no credential. */
export class KubeError extends Error {
  override readonly name = 'KubeError'
  /** HTTP status; 0 where there was no reply. */
  readonly code: number
  /** Kubernetes' own word (`NotFound`, `AlreadyExists` …), or the name of what went wrong on the way. */
  readonly reason: string

  constructor(code: number, reason: string, message: string) {
    super(message)
    this.code = code
    this.reason = reason
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof KubeError && error.code === 404

/** Somebody else changed the object first, or made one of that name. */
export const isConflict = (error: unknown): boolean => error instanceof KubeError && error.code === 409

export const alreadyExists = (error: unknown): boolean =>
  error instanceof KubeError && error.code === 409 && error.reason === 'AlreadyExists'

/** The resource version, or the place in a paged list, is no longer known there. */
export const isExpired = (error: unknown): boolean => error instanceof KubeError && error.code === 410

/** The credentials were not accepted: they are wrong, or no longer or not yet right. */
export const isUnauthorized = (error: unknown): boolean => error instanceof KubeError && error.code === 401

/** Asking again later may help. */
export const isPassing = (error: unknown): boolean =>
  error instanceof KubeError && (error.code === 0 || error.code === 429 || error.code >= 500)

const LONGEST = 500

/** What went wrong, in one line for logs, without credentials. */
export function describeApiError(error: unknown): string {
  if (error instanceof KubeError && error.code > 0) return `HTTP ${error.code} ${error.reason}: ${error.message}`
  return scrubbed(error instanceof Error ? error.message : String(error))
}

/** The text in one line of bounded length, without what looks like a credential and without that very secret. */
export function scrubbed(text: string, secret = ''): string {
  const known = secret === '' ? text : text.replaceAll(secret, '***')
  return known
    .replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 ***')
    .replaceAll(/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g, '***')
    .replaceAll(/\s+/g, ' ')
    .slice(0, LONGEST)
}
