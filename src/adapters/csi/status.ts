import { status } from '@grpc/grpc-js'
import { type ErrorKind, StorageError } from '../../domain/errors.ts'

/** How a call ended, as the caller sees it. */
export interface CallStatus {
  readonly code: status
  readonly details: string
}

const CODES: Readonly<Record<ErrorKind, status>> = {
  invalid: status.INVALID_ARGUMENT,
  'not-found': status.NOT_FOUND,
  conflict: status.ALREADY_EXISTS,
  'out-of-range': status.OUT_OF_RANGE,
  exhausted: status.RESOURCE_EXHAUSTED,
  precondition: status.FAILED_PRECONDITION,
  busy: status.ABORTED,
  unavailable: status.UNAVAILABLE,
  unsupported: status.UNIMPLEMENTED,
  internal: status.INTERNAL,
}

/** Details travel in an HTTP/2 header, each non-ASCII byte as three: far below what gRPC clients take. */
const LONGEST_DETAILS = 2048

/**
 * The status for what a handler threw. `signal` is the call's own: once it has aborted, its reason says more than an
 * abort that came back from some inner wait. Of an error that is no StorageError only its message is told.
 */
export function toStatus(error: unknown, signal: AbortSignal): CallStatus {
  if (error instanceof StorageError) return callStatus(CODES[error.kind], error.message)
  if (isAbort(error)) return abortStatus(signal.aborted ? signal.reason : error)
  return callStatus(status.INTERNAL, error instanceof Error ? error.message : 'unknown error')
}

/** The name of a status code, such as `NOT_FOUND`. */
export const codeName = (code: number): string => status[code] ?? `CODE_${code}`

function abortStatus(reason: unknown): CallStatus {
  if (reason instanceof StorageError) return callStatus(CODES[reason.kind], reason.message)
  return isNamed(reason, 'TimeoutError')
    ? callStatus(status.DEADLINE_EXCEEDED, reason.message)
    : callStatus(status.CANCELLED, 'the call was cancelled')
}

function callStatus(code: status, message: string): CallStatus {
  // A lone surrogate cannot be percent-encoded: grpc-js would throw while it sends the status.
  const text = message.toWellFormed()
  return { code, details: text.length > LONGEST_DETAILS ? `${text.slice(0, LONGEST_DETAILS).toWellFormed()}…` : text }
}

const isAbort = (error: unknown): boolean => isNamed(error, 'AbortError') || isNamed(error, 'TimeoutError')

const isNamed = (error: unknown, name: string): error is Error => error instanceof Error && error.name === name
