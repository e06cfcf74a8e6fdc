import { type DeviceReply, LinkError, type ReplyRow, TrapError } from '../transport.ts'
import type { Output } from './console-line.ts'

/** What a command on the console left. */
export interface Printed {
  readonly stdout: string
  readonly stderr: string
  /** Undefined where the channel closed without one. */
  readonly code: number | undefined
}

/** The beginnings of refusals on the console; with or without a failing exit code, on either stream. */
const REFUSAL =
  /^(failure|error|std failure|syntax error|bad command name|bad parameter|expected |no such |input does not match|invalid |not enough |unknown parameter|missing |ambiguous |value of |interrupted|action (failed|timed out)|could not |cannot |can not |already |.*\(line \d+ column \d+\))/im
const PLACE = / \(line \d+ column \d+\)/g
const WHOLE = /^-?\d+$/

/**
 * The reply that was printed. Throws a `TrapError` where the device refused, which the exit code need not tell, and a
 * `LinkError` where what it printed is not known to be the whole reply.
 */
export function replyOf({ stdout, stderr, code }: Printed, output: Output): DeviceReply {
  if (code === undefined)
    throw new LinkError('lost', true, 'the device closed the channel without telling how it ended')
  const text = [stdout, stderr].map(tidy).filter(Boolean).join('; ')
  if (code !== 0) throw new TrapError(text === '' ? `it ended with exit code ${code}, without a word` : text)
  if (output === 'rows') return rowsOf(stdout.trim(), text)
  // A command that worked prints nothing.
  const isRefused = output === 'nothing' ? text !== '' : REFUSAL.test(text)
  if (isRefused) throw new TrapError(text)
  return { rows: [], ret: undefined }
}

/** The lines as one, without where in our line the device found something. */
const tidy = (text: string): string =>
  text
    .split(/[\r\n]+/)
    .map(line => line.replaceAll(PLACE, '').trim())
    .filter(Boolean)
    .join('; ')

function rowsOf(json: string, text: string): DeviceReply {
  const content = parsed(json, text)
  if (typeof content === 'string' && WHOLE.test(content)) return { rows: [], ret: content }
  const rows = Array.isArray(content) ? content : [content]
  return { rows: rows.map(rowOf), ret: undefined }
}

function parsed(json: string, text: string): unknown {
  try {
    // Whole numbers keep the digits that the device wrote: not all of them are exact as a JavaScript number.
    return JSON.parse(json, (_key, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' && WHOLE.test(context?.source ?? '') ? context?.source : value,
    )
  } catch (cause) {
    if (json !== '' && !/^[[{]/.test(json)) throw new TrapError(text)
    throw new LinkError('lost', true, 'the device printed something that is no whole JSON', { cause })
  }
}

function rowOf(content: unknown): ReplyRow {
  const isRow = typeof content === 'object' && content !== null && !Array.isArray(content)
  if (!isRow) throw new LinkError('lost', true, 'the device printed something else than rows')
  const row = new Map<string, string>()
  for (const [name, value] of Object.entries(content)) {
    const text = textOf(value)
    if (text !== undefined) row.set(name, text)
    else if (value !== null) throw new LinkError('lost', true, `the device printed ${name} in a form that is not exact`)
  }
  return row
}

/** As the binary API writes it: `true`, digits, lists with commas. Undefined for anything else, rounded numbers included. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value)
  if (!Array.isArray(value)) return undefined
  const texts = value.map(textOf)
  return texts.includes(undefined) ? undefined : texts.join(',')
}

const ROW = /^\s*([a-z][a-z0-9-]*):\s+(.*?)\s*$/

/** What a line tells of how far a command is; undefined where it tells something else, such as a refusal. */
export function progressOf(line: string): ReplyRow | undefined {
  const [, name, value] = REFUSAL.test(line) ? [] : (ROW.exec(line) ?? [])
  return name === undefined || value === undefined ? undefined : new Map([[name, value]])
}
