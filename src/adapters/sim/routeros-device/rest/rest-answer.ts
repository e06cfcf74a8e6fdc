import type { Row } from '../query.ts'

/** What a request is answered with. */
export interface RestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [404, 'Not Found'],
  [413, 'Payload Too Large'],
  [415, 'Unsupported Media Type'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [503, 'Service Unavailable'],
])
const JSON_TYPE = { 'content-type': 'application/json' }

/** A request that fails: every error is an object with its code, its name and mostly the reason (manual). */
export class RestError extends Error {
  readonly status: number
  readonly detail: string | undefined

  constructor(status: number, detail?: string) {
    super(detail ?? `HTTP ${status}`)
    this.name = 'RestError'
    this.status = status
    this.detail = detail
  }
}

/** `PATCH` and `DELETE` say this of whatever they could not do (manual, "Troubleshoot REST requests"). */
export const BAD_IDENTIFIER = 'missing or invalid resource identifier'

/** An answer of JSON. */
export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): RestAnswer {
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(value) }
}

/** `204 No Content`. */
export const NO_CONTENT: RestAnswer = { status: 204, headers: {}, body: '' }

/** The answer that tells an error; keys in the order of the captures. */
export function errorAnswer({ status, detail }: RestError): RestAnswer {
  const body = { ...(detail === undefined ? {} : { detail }), error: status, message: NAMES.get(status) ?? 'Error' }
  return jsonAnswer(status, body, status === 401 ? { 'www-authenticate': 'Basic realm="RouterOS"' } : {})
}

/** What the web server says while the REST API is turned off: a page, no JSON. */
export const FORBIDDEN = page(403, 'Forbidden')

/** What it says of anything that is not the REST API; the device's other pages are not simulated. */
export const NOT_FOUND = page(404, 'Not Found')

function page(status: number, name: string): RestAnswer {
  const title = `Error ${status}: ${name}`
  const body = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`
  return { status, headers: { 'content-type': 'text/html' }, body }
}

/** A record as an object of strings, its keys sorted as in the captures. */
export function plainRecord(row: Row): Readonly<Record<string, string>> {
  const entries = [...row].toSorted(([one], [other]) => (one < other ? -1 : Number(one > other)))
  return Object.fromEntries(entries)
}
