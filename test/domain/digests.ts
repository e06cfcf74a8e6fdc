import { createHash } from 'node:crypto'
import type { Digest } from '../../src/domain/uuid.ts'

export const sha1: Digest = data => createHash('sha1').update(data).digest()
export const sha256: Digest = data => createHash('sha256').update(data).digest()
