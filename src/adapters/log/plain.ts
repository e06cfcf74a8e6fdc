import { isStorageError } from '../../domain/errors.ts'
import type { LogFields } from '../../ports/logger.ts'

/** Keys that a line has by itself. */
const OWN_KEYS: ReadonlySet<string> = new Set(['level', 'time', 'msg'])
/** Deeper than this nothing of ours is; it also ends circles. */
const DEEPEST = 6

export interface PlainOptions {
  /** Stacks are for whoever hunts a fault, not for every reader of the log. */
  readonly stacks: boolean
}

/**
 * Fields as plain JSON values. Errors become message, kind, code and cause (they may carry requests or options besides,
 * which nobody proved to be free of secrets), big integers their digits, bytes their number. Never throws.
 */
export function plainFields(fields: LogFields, options: PlainOptions): Record<string, unknown> {
  const plain: Record<string, unknown> = {}
  for (const key of Object.keys(fields)) {
    plain[OWN_KEYS.has(key) ? `${key}_` : key] = readPlain(fields, key, options, 0)
  }
  return plain
}

function readPlain(owner: object, key: string, options: PlainOptions, depth: number): unknown {
  try {
    return plainValue((owner as Record<string, unknown>)[key], options, depth)
  } catch {
    return '(cannot be read)'
  }
}

function plainValue(value: unknown, options: PlainOptions, depth: number): unknown {
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString()
  if (typeof value === 'function') return '(function)'
  return typeof value === 'object' && value !== null ? plainObject(value, options, depth) : value
}

function plainObject(value: object, options: PlainOptions, depth: number): unknown {
  if (depth >= DEEPEST) return '…'
  if (value instanceof Error) return plainError(value, options, depth)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString()
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if (value instanceof Map) return plainObject(Object.fromEntries(value), options, depth)
  if (value instanceof Set) return plainObject([...value], options, depth)
  if (Array.isArray(value)) return value.map(item => plainValue(item, options, depth + 1))
  return Object.fromEntries(Object.keys(value).map(key => [key, readPlain(value, key, options, depth + 1)]))
}

function plainError(error: Error, options: PlainOptions, depth: number): Record<string, unknown> {
  const code = (error as NodeJS.ErrnoException).code
  return {
    message: error.message,
    ...(isStorageError(error) ? { kind: error.kind } : {}),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.cause === undefined ? {} : { cause: plainValue(error.cause, options, depth + 1) }),
    ...(options.stacks && error.stack !== undefined ? { stack: error.stack } : {}),
  }
}
