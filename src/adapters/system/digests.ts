import { hash } from 'node:crypto'
import type { Digest } from '../../domain/uuid.ts'

/** SHA-1, 20 bytes: for names only (UUID version 5), never for secrets. */
export const sha1: Digest = data => hash('sha1', data, 'buffer')

/** SHA-256, 32 bytes. */
export const sha256: Digest = data => hash('sha256', data, 'buffer')
