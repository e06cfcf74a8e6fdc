import type { DeviceAddress } from './running-device.ts'
import { bytes } from './value-kinds.ts'

/** An address such as `127.0.0.1:8728` or `[::1]:0`, or what is wrong with it. */
export function parseAddress(text: string): DeviceAddress | string {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  return host !== undefined && port <= 65_535
    ? { host, port }
    : `"${text}" is no address; write HOST:PORT, such as 127.0.0.1:8728`
}

/** TCP ports such as `4500-4999`, or what is wrong with them. */
export function parsePorts(text: string): { first: number; last: number } | string {
  const [, first, last] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).map(Number)
  const fits = first !== undefined && last !== undefined && first >= 1 && first <= last && last <= 65_535
  return fits ? { first, last } : `"${text}" is no range of ports, such as 4500-4999`
}

/** Bytes of `1T`, or what is wrong with them. */
export function parseSize(text: string): number | string {
  const value = bytes(text)
  return typeof value === 'string' ? Number(value) : `"${text}" is no size; write bytes, such as 1T`
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

/** Milliseconds of `300ms`, `30s`, `5m` or `1h`, or what is wrong with them. */
export function parseDuration(text: string): number | string {
  const [, digits, unit = ''] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? []
  const factor = UNITS.get(unit)
  return factor === undefined ? `"${text}" is no duration, such as 100ms` : Number(digits) * factor
}
