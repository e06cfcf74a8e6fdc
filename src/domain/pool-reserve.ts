import type { Bytes } from './ids.ts'

/** What a pool keeps back: so many percent of its size, or so many bytes. */
export type PoolReserve = { readonly percent: number } | { readonly bytes: Bytes }

/** The bytes that a pool of this size keeps back. */
export const keptBack = (reserve: PoolReserve, size: Bytes): Bytes =>
  'bytes' in reserve ? reserve.bytes : Math.floor((size * reserve.percent) / 100)
