import { type DeviceReply, LinkError, type ReplyRow, TrapError } from '../transport.ts'

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

/** The way itself does not work as it is: another command would fare no better. */
export class RestRefusal extends Error {
  override readonly name = 'RestRefusal'
}

/** What a device says after the 60 s that it gives to each request; the command itself goes on. */
const TIME_IS_UP = /session closed/i

/** What refuses every command alike, by status. */
const REFUSALS: Readonly<Record<number, string>> = {
  401: 'wrong name or password, or its group lacks the policy rest-api',
  403: 'REST is switched off (on the device: /ip/service/webserver/set rest-secure=yes)',
  415: 'it does not take JSON, so it is no RouterOS',
}

/**
 * The reply that an answer holds. Throws a `TrapError` where the device refused the command, a `RestRefusal` where it
 * refuses whoever asks, and a `LinkError` where nothing is known of what it did.
 */
export function replyOf({ status, body }: HttpAnswer): DeviceReply {
  const refusal = REFUSALS[status]
  if (refusal !== undefined) throw new RestRefusal(`it answered ${status}: ${refusal}`)
  const content = parsed(body, status)
  if (status >= 200 && status < 300) return { rows: rowsOf(content), ret: textOf(recordOf(content)['ret']) }
  throw failureOf(status, recordOf(content))
}

function failureOf(status: number, { detail, message }: Readonly<Record<string, unknown>>): Error {
  const text = textOf(detail) ?? textOf(message) ?? `status ${status}`
  if (TIME_IS_UP.test(text)) {
    return new LinkError('timeout', true, 'the device ended the request after its 60 s; the command may go on')
  }
  return status === 404 && detail === undefined ? new TrapError(`no such item (${text})`) : new TrapError(text)
}

function parsed(body: string, status: number): unknown {
  if (body === '') return []
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw new LinkError('lost', true, `the device answered ${status} with something that is no JSON`, { cause })
  }
}

const recordOf = (content: unknown): Readonly<Record<string, unknown>> =>
  typeof content === 'object' && content !== null && !Array.isArray(content)
    ? (content as Readonly<Record<string, unknown>>)
    : {}

/** An array of objects is rows; one object is a row, unless it holds nothing but the value of an add or a count. */
function rowsOf(content: unknown): ReplyRow[] {
  if (Array.isArray(content)) return content.map(rowOf)
  const names = Object.keys(recordOf(content))
  return names.length === 0 || names.join() === 'ret' ? [] : [rowOf(content)]
}

/** RouterOS writes every value as a string. */
function rowOf(content: unknown): ReplyRow {
  const row = new Map<string, string>()
  for (const [name, value] of Object.entries(recordOf(content))) {
    const text = textOf(value)
    if (text === undefined) throw new LinkError('lost', true, `the device answered a ${name} that is no text`)
    row.set(name, text)
  }
  return row
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'boolean' || Number.isSafeInteger(value)
      ? String(value)
      : undefined
