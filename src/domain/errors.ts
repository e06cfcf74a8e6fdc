/**
 * Every way in which a request can fail, as the domain and the ports name it. Only the CSI adapter knows which gRPC
 * status each one becomes.
 *
 * - `invalid`       the request itself is wrong; asking again will not help
 * - `not-found`     the volume, node or source does not exist; said by the authority itself, never concluded from an outage
 * - `conflict`      something exists under that name and differs
 * - `out-of-range`  a size that cannot be served
 * - `exhausted`     no space or no free place
 * - `precondition`  not allowed in the present state; the message says what has to happen first
 * - `busy`          another operation on the same volume is running
 * - `unavailable`   the appliance, the cluster or a node cannot be reached, or we are not ready; retry
 * - `unsupported`   this driver or this backend cannot do it
 * - `internal`      a fault of ours
 */
export type ErrorKind =
  | 'invalid'
  | 'not-found'
  | 'conflict'
  | 'out-of-range'
  | 'exhausted'
  | 'precondition'
  | 'busy'
  | 'unavailable'
  | 'unsupported'
  | 'internal'

/** The one error that ports and use cases throw. Its message is shown to operators: what is wrong, where, what to do. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly kind: ErrorKind

  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** True for a `StorageError` of one of these kinds. */
export function isStorageError(error: unknown, ...kinds: readonly ErrorKind[]): error is StorageError {
  return error instanceof StorageError && (kinds.length === 0 || kinds.includes(error.kind))
}
