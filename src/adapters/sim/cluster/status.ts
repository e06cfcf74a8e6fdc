import type { JsonObject } from './json.ts'

/** One wrong field of a refused object (field.Error of the API server). */
export interface FieldError {
  readonly type: 'FieldValueRequired' | 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueTooLong'
  /** Dotted path, as `metadata.name`. */
  readonly field: string
  readonly detail: string
  /** The refused value; shown for invalid ones only. */
  readonly value?: unknown
}

/** Names the resource of an error: `plural.group`, or the plural alone in the core group. */
export interface GroupResource {
  readonly group: string
  readonly plural: string
  readonly kind: string
}

/** A failure as the API server answers it: a Status object and the HTTP code in it. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: number
  readonly reason: string
  readonly details: JsonObject
  /** `metadata` of the Status; holds `continue` for an expired token. */
  readonly metadata: JsonObject

  constructor(
    code: number,
    reason: string,
    message: string,
    more: { details?: JsonObject; metadata?: JsonObject } = {},
  ) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = more.details ?? {}
    this.metadata = more.metadata ?? {}
  }

  /** The Status object of this failure. */
  status(): JsonObject {
    const details = Object.keys(this.details).length > 0 ? { details: this.details } : {}
    const reason = this.reason === '' ? {} : { reason: this.reason }
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.metadata,
      status: 'Failure',
      message: this.message,
      ...reason,
      ...details,
      code: this.code,
    }
  }
}

const qualified = (of: GroupResource): string => (of.group === '' ? of.plural : `${of.plural}.${of.group}`)

function detailsOf(of: GroupResource, name: string): JsonObject {
  const group = of.group === '' ? {} : { group: of.group }
  return { ...(name === '' ? {} : { name }), ...group, kind: of.plural }
}

/** 404 NotFound. */
export function notFound(of: GroupResource, name: string): ApiError {
  const details = detailsOf(of, name)
  return new ApiError(404, 'NotFound', `${qualified(of)} "${name}" not found`, { details })
}

/** 409 AlreadyExists. */
export function alreadyExists(of: GroupResource, name: string): ApiError {
  const details = detailsOf(of, name)
  return new ApiError(409, 'AlreadyExists', `${qualified(of)} "${name}" already exists`, { details })
}

/** The words of a lost optimistic lock. */
export const OPTIMISTIC_LOCK =
  'the object has been modified; please apply your changes to the latest version and try again'

/** 409 Conflict. */
export function conflict(of: GroupResource, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${why}`
  return new ApiError(409, 'Conflict', message, { details: detailsOf(of, name) })
}

/** 400 BadRequest. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message)
}

/** 410 Expired; `continueWith` lets a client carry on with an inconsistent list. */
export function expired(message: string, continueWith?: string): ApiError {
  return new ApiError(410, 'Expired', message, {
    metadata: continueWith === undefined ? {} : { continue: continueWith },
  })
}

/** 405 for a verb that the path has not. */
export function methodNotAllowed(): ApiError {
  const message = 'the server does not allow this method on the requested resource'
  return new ApiError(405, 'MethodNotAllowed', message)
}

/** 415 for a body in a format that is not served here. */
export function unsupportedMediaType(served: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${served.join(', ')}`
  return new ApiError(415, 'UnsupportedMediaType', message)
}

const WORDS: Readonly<Record<FieldError['type'], string>> = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
}

function bodyOf(error: FieldError): string {
  const value = error.type === 'FieldValueInvalid' ? `: ${JSON.stringify(error.value ?? '')}` : ''
  return `${WORDS[error.type]}${value}${error.detail === '' ? '' : `: ${error.detail}`}`
}

/** 422 Invalid with one cause per wrong field. */
export function invalid(of: GroupResource, name: string, errors: readonly FieldError[]): ApiError {
  const lines = errors.map(error => `${error.field}: ${bodyOf(error)}`)
  const words = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`
  const kind = of.group === '' ? of.kind : `${of.kind}.${of.group}`
  const causes = errors.map(error => ({ reason: error.type, message: bodyOf(error), field: error.field }))
  const group = of.group === '' ? {} : { group: of.group }
  return new ApiError(422, 'Invalid', `${kind} "${name}" is invalid: ${words}`, {
    details: { ...(name === '' ? {} : { name }), ...group, kind: of.kind, causes },
  })
}
