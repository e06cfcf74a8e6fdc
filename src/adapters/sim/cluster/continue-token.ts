import { badRequest } from './status.ts'
import { isObject } from './json.ts'

/** Where a paged list goes on: after `key`, in the state of `revision`, or in the present one when that is undefined. */
export interface Continuation {
  readonly revision: number | undefined
  readonly key: string
}

/** The opaque `continue` token, in the API server's own form (revision -1: inconsistent). */
export function encodeContinuation({ revision, key }: Continuation): string {
  const token = { v: 'meta.k8s.io/v1', rv: revision ?? -1, start: `${key}\u0000` }
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

function parsed(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** Reads a token; throws ApiError 400 for one that this server never made. */
export function decodeContinuation(token: string): Continuation {
  const content = parsed(token)
  if (!isObject(content) || content['v'] !== 'meta.k8s.io/v1') throw badRequest('continue key is not valid')
  const { rv, start } = content
  if (typeof rv !== 'number' || typeof start !== 'string') throw badRequest('continue key is not valid')
  return { revision: rv < 0 ? undefined : rv, key: start.replace(/\0$/, '') }
}
