import type { Digest } from '../domain/uuid.ts'

/** Hash functions that identities are derived with. */
export interface Digests {
  readonly sha1: Digest
  readonly sha256: Digest
}
export const Digests = Symbol.for('Digests')
