/** How the text of an argument becomes the value that is kept, which is also how the API reads it back. */
export type ValueKind = (text: string) => string | { readonly refused: 'invalid' | 'no-match' }

const INVALID = { refused: 'invalid' } as const
const NO_MATCH = { refused: 'no-match' } as const

/** Any text. */
export const text: ValueKind = value => value

/** Requests say yes, no, true or false; replies say `true` or `false` (seen on 7.24.4). */
export const flag: ValueKind = value => {
  if (value === 'yes' || value === 'true') return 'true'
  return value === 'no' || value === 'false' ? 'false' : NO_MATCH
}

/** A whole number within bounds. */
export function whole(min: number, max: number): ValueKind {
  return value =>
    /^\d{1,16}$/.test(value) && Number(value) >= min && Number(value) <= max ? String(Number(value)) : INVALID
}

/** One of some words. */
export function choice(...words: readonly string[]): ValueKind {
  return value => (words.includes(value) ? value : NO_MATCH)
}

const BINARY: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['K', 2 ** 10],
  ['M', 2 ** 20],
  ['G', 2 ** 30],
  ['T', 2 ** 40],
])

/** Bytes, plain or with a suffix, which is binary for `file-size` (`1T` reads back as 1099511627776 on 7.24.4). */
export const bytes: ValueKind = value => {
  const [, digits, suffix = ''] = /^(\d{1,16})([KMGT]?)(?:iB)?$/i.exec(value) ?? []
  const size = Number(digits) * (BINARY.get(suffix.toUpperCase()) ?? Number.NaN)
  return Number.isSafeInteger(size) && size > 0 ? String(size) : INVALID
}

/** A size, or `auto` for that of the file which is there already (completion of 7.22.3). */
export const fileSize: ValueKind = value => (value === 'auto' ? '' : bytes(value))

/** A path on the device; `..`, empty parts and control characters are refused, as a guard of the simulator. */
export const path: ValueKind = value => {
  const name = value.startsWith('/') ? value.slice(1) : value
  return isFileName(name) ? `/${name}` : INVALID
}

/** Whether a name without leading slash can be one of `/file`; parts are at most 255 bytes, as in Linux. */
export function isFileName(name: string): boolean {
  return name.split('/').every(isPathPart)
}

function isPathPart(part: string): boolean {
  const reserved = part === '' || part === '.' || part === '..'
  return !reserved && Buffer.byteLength(part) <= 255 && !/\p{Cc}/u.test(part)
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
])

/** A duration such as `1m30s`, `500ms`, `00:01:30` or plain seconds; kept in milliseconds. */
export const duration: ValueKind = value => {
  if (/^\d{1,9}$/.test(value)) return String(Number(value) * 1000)
  const clock = /^(\d{1,4}):(\d{2}):(\d{2})$/.exec(value)
  if (clock !== null) return String(clock.slice(1).reduce((sum, part) => sum * 60 + Number(part), 0) * 1000)
  if (!/^(\d{1,9}(w|d|h|ms|m|s))+$/.test(value)) return INVALID
  const parts = [...value.matchAll(/(\d+)(w|d|h|ms|m|s)/g)]
  return String(parts.reduce((sum, [, digits, unit = '']) => sum + Number(digits) * (UNITS.get(unit) ?? 0), 0))
}
