/**
 * Why a block session could not be opened or an operation on it failed.
 * - `refused`: nothing listens at the address, or the peer is no block port.
 * - `unknown-nqn`: nothing is exported under this NQN on this port.
 * - `host-not-allowed`: the export lets another host NQN in.
 * - `cut`: the session is over; whether an operation in flight took effect is unknown.
 * - `out-of-range`: the operation reaches beyond the size of the export; nothing was done.
 * - `timeout`: the caller's signal ended first; whether a write took effect is unknown.
 */
export type BlockErrorCode = 'refused' | 'unknown-nqn' | 'host-not-allowed' | 'cut' | 'out-of-range' | 'timeout'

const CODES: ReadonlySet<string> = new Set<BlockErrorCode>([
  'refused',
  'unknown-nqn',
  'host-not-allowed',
  'cut',
  'out-of-range',
  'timeout',
])

/** True for the codes that may travel in a reply of the block port. */
export function isBlockErrorCode(value: unknown): value is BlockErrorCode {
  return typeof value === 'string' && CODES.has(value)
}

/** The only error that a `BlockSession` rejects with. */
export class BlockError extends Error {
  readonly code: BlockErrorCode

  constructor(code: BlockErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'BlockError'
    this.code = code
  }
}
