import { isObject, type JsonObject, sameJson } from './json.ts'
import { ApiError, badRequest } from './status.ts'

/** One operation of a JSON patch (RFC 6902) as a client sent it. */
interface Operation {
  readonly op: string
  readonly path: readonly string[]
  readonly from: readonly string[]
  readonly value: unknown
}

type Container = JsonObject | unknown[]

const refused = (why: string): ApiError =>
  new ApiError(422, 'Invalid', `the server rejected our request due to an error in our request: ${why}`)

function pointer(text: unknown, name: string): readonly string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')))
    throw badRequest(`error decoding patch: ${name} is no JSON pointer`)
  const steps = text.split('/').slice(1)
  return steps.map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function parseOperation(entry: unknown): Operation {
  if (!isObject(entry) || typeof entry['op'] !== 'string') throw badRequest('error decoding patch: no operation')
  const from = entry['from'] === undefined ? [] : pointer(entry['from'], 'from')
  return { op: entry['op'], path: pointer(entry['path'], 'path'), from, value: entry['value'] }
}

function stepInto(container: unknown, step: string): unknown {
  if (Array.isArray(container)) return container[Number(step)]
  return isObject(container) ? container[step] : undefined
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  const found = path.reduce(stepInto, document)
  if (found === undefined) throw refused(`nothing at /${path.join('/')}`)
  return found
}

function parentOf(document: JsonObject, path: readonly string[]): { parent: Container; last: string } {
  const parent = path.slice(0, -1).reduce(stepInto, document as unknown)
  const last = path.at(-1)
  if (last === undefined || (!isObject(parent) && !Array.isArray(parent)))
    throw refused(`nothing to hold /${path.join('/')}`)
  return { parent, last }
}

function add(document: JsonObject, path: readonly string[], value: unknown): void {
  const { parent, last } = parentOf(document, path)
  if (!Array.isArray(parent)) {
    parent[last] = value
    return
  }
  const index = last === '-' ? parent.length : Number(last)
  if (!Number.isInteger(index) || index < 0 || index > parent.length) throw refused(`no index ${last}`)
  parent.splice(index, 0, value)
}

function remove(document: JsonObject, path: readonly string[]): void {
  valueAt(document, path)
  const { parent, last } = parentOf(document, path)
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else delete parent[last]
}

function test(document: JsonObject, { path, value }: Operation): void {
  if (!sameJson(path.reduce(stepInto, document as unknown) ?? null, value ?? null))
    throw refused(`testing value /${path.join('/')} failed`)
}

const OPERATIONS: Readonly<Record<string, (document: JsonObject, operation: Operation) => void>> = {
  add: (document, { path, value }) => add(document, path, value),
  remove: (document, { path }) => remove(document, path),
  replace: (document, { path, value }) => {
    remove(document, path)
    add(document, path, value)
  },
  move: (document, { path, from }) => {
    const value = valueAt(document, from)
    remove(document, from)
    add(document, path, value)
  },
  copy: (document, { path, from }) => add(document, path, structuredClone(valueAt(document, from))),
  test,
}

/** Applies a JSON patch to a copy. Throws ApiError: 400 for a patch that is none, 422 for one that does not apply. */
export function jsonPatch(target: JsonObject, patch: unknown): JsonObject {
  if (!Array.isArray(patch)) throw badRequest('error decoding patch: a JSON patch is a list of operations')
  const document = structuredClone(target)
  for (const operation of patch.map(parseOperation)) {
    const apply = OPERATIONS[operation.op]
    if (apply === undefined) throw badRequest(`error decoding patch: unexpected kind: ${operation.op}`)
    apply(document, operation)
  }
  return document
}
