import { fieldAt, isObject, type JsonObject, withDefaults, withoutNulls } from './json.ts'
import { apiVersionOf, type Kind } from './kind.ts'
import { type KubeObject, withoutEmptyMeta, withoutType } from './kube-object.ts'
import { badRequest } from './status.ts'

/** metav1.RFC3339Micro: Go takes exactly six digits of a second. */
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/

function assertType(kind: Kind, body: JsonObject): void {
  const { kind: sent = kind.kind, apiVersion = apiVersionOf(kind) } = body
  if (sent === kind.kind && apiVersion === apiVersionOf(kind)) return
  throw badRequest(
    `the object provided is unrecognized (must be of type ${kind.kind}): ${String(sent)} in version "${String(apiVersion)}"`,
  )
}

function assertMicroTimes(kind: Kind, body: JsonObject): void {
  for (const path of kind.microTimes) {
    const value = fieldAt(body, path)
    if (value === undefined || (typeof value === 'string' && MICRO_TIME.test(value))) continue
    throw badRequest(
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: parsing time ${JSON.stringify(value)} as` +
        ` "2006-01-02T15:04:05.000000Z07:00": cannot parse`,
    )
  }
}

/** The stored form of an object as a client sent it. Throws ApiError 400 for another kind or what Go could not decode. */
export function decodeObject(kind: Kind, sent: unknown): KubeObject {
  if (!isObject(sent)) throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind})`)
  const body = withoutNulls(sent)
  assertType(kind, body)
  assertMicroTimes(kind, body)
  const metadata = isObject(body['metadata']) ? body['metadata'] : {}
  return kind.form.toStored(withoutEmptyMeta(withoutType({ ...withDefaults(body, kind.defaults), metadata })))
}
