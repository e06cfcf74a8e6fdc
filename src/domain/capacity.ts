import type { Bytes } from './ids.ts'

export const GiB = 1024 ** 3
export const TiB = 1024 ** 4

/** Limits that are promised to users. */
export const MIN_VOLUME_BYTES: Bytes = GiB
export const MAX_VOLUME_BYTES: Bytes = 16 * TiB
/** The appliance's disks have sectors of 512 bytes; a size is a whole number of them. */
export const SIZE_GRAIN: Bytes = 512

/** What a request asks for; 0 means that this end is open. */
export interface CapacityRange {
  readonly required: Bytes
  readonly limit: Bytes
}

export type SizeChoice =
  | { readonly ok: true; readonly bytes: Bytes }
  | { readonly ok: false; readonly kind: 'invalid' | 'out-of-range'; readonly problem: string }

/**
 * The size that serves a range: at least what is required and at least 1 GiB, rounded up to whole sectors and never past
 * the limit.
 */
export function chooseSize({ required, limit }: CapacityRange): SizeChoice {
  if (required < 0 || limit < 0) return refuse('invalid', 'sizes must not be negative')
  if (required === 0 && limit === 0) return refuse('invalid', 'required_bytes or limit_bytes must be set')
  if (limit > 0 && limit < required) {
    return refuse('invalid', `limit_bytes ${limit} is below required_bytes ${required}`)
  }
  if (required > MAX_VOLUME_BYTES) {
    return refuse('out-of-range', `${required} bytes are asked for, a volume has at most ${MAX_VOLUME_BYTES} (16 TiB)`)
  }
  const bytes = Math.ceil(Math.max(required, MIN_VOLUME_BYTES) / SIZE_GRAIN) * SIZE_GRAIN
  if (limit > 0 && bytes > limit) {
    return refuse(
      'out-of-range',
      `limit_bytes ${limit} is below ${bytes}, the smallest volume that serves the request (at least 1 GiB, whole sectors)`,
    )
  }
  return { ok: true, bytes }
}

/** True if a volume of this size is what the range asks for. */
export function satisfies(bytes: Bytes, { required, limit }: CapacityRange): boolean {
  return bytes >= required && (limit === 0 || bytes <= limit)
}

const refuse = (kind: 'invalid' | 'out-of-range', problem: string): SizeChoice => ({ ok: false, kind, problem })
