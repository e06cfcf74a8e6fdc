import type { Millis } from '../../../domain/ids.ts'

const PLAIN = /^-?\d+(\.\d+)?$/

/** A plain number; undefined for anything else. */
export const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && PLAIN.test(text) ? Number(text) : undefined

const RATE = /^(\d+(?:\.\d+)?)([kMGT]?)bps$/
const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }

/** A rate in bits per second, as a number or as the console writes it (`12.8Mbps`, decimal), in bytes per second. */
export function bytesPerSecond(text: string | undefined): number | undefined {
  const plain = numberOf(text)
  if (plain !== undefined) return plain / 8
  const [, digits, unit = ''] = RATE.exec(text ?? '') ?? []
  return digits === undefined ? undefined : (Number(digits) * (FACTORS[unit] ?? 1)) / 8
}

const SPANS: Readonly<Record<string, Millis>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
}
const SPAN = /^(?:\d+(?:w|d|h|ms|us|m|s))+$/

/** A duration as RouterOS writes it, `1d7h44m20s` or `48s149ms`; a plain number is milliseconds. */
export function millisOf(text: string | undefined): Millis | undefined {
  const plain = numberOf(text)
  if (plain !== undefined) return plain
  if (text === undefined || !SPAN.test(text)) return undefined
  const parts = text.matchAll(/(\d+)(w|d|h|ms|us|m|s)/g)
  return Array.from(parts, ([, count, unit = '']) => Number(count) * (SPANS[unit] ?? 0)).reduce((sum, one) => sum + one)
}
