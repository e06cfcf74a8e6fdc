import { isObject, type JsonObject } from './json.ts'

/** Lists of objects that merge by a key (patchMergeKey in the API's Go types); every other list of objects is replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  'metadata.ownerReferences': 'uid',
  'status.conditions': 'type',
  'status.addresses': 'type',
  'spec.drivers': 'name',
}

/** Lists of scalars that merge as sets. */
const MERGED_SETS = new Set(['metadata.finalizers', 'spec.podCIDRs'])

const DELETE_FROM_SET = '$deleteFromPrimitiveList/'
const isDirective = (key: string): boolean => key.startsWith('$')

function mergedSet(own: unknown, patch: readonly unknown[]): unknown[] {
  return [...new Set([...(Array.isArray(own) ? own : []), ...patch])]
}

function mergedList(own: readonly unknown[], patch: readonly unknown[], key: string): unknown[] {
  const entries = own.filter(isObject)
  if (patch.some(entry => isObject(entry) && entry['$patch'] === 'replace'))
    return patch.filter(entry => isObject(entry) && entry['$patch'] === undefined)
  for (const entry of patch.filter(isObject)) {
    const at = entries.findIndex(candidate => candidate[key] === entry[key])
    const existing = entries[at]
    if (entry['$patch'] === 'delete') entries.splice(at, at < 0 ? 0 : 1)
    else if (existing === undefined) entries.push(entry)
    else entries[at] = mergeAt(existing, entry, '')
  }
  return entries
}

function mergedValue(own: unknown, value: unknown, path: string): unknown {
  if (isObject(value)) return mergeAt(isObject(own) ? own : {}, value, path)
  const key = MERGE_KEYS[path]
  if (Array.isArray(value) && key !== undefined) return mergedList(Array.isArray(own) ? own : [], value, key)
  return Array.isArray(value) && MERGED_SETS.has(path) ? mergedSet(own, value) : value
}

function withoutListed(target: JsonObject, patch: JsonObject): JsonObject {
  const left: JsonObject = { ...target }
  for (const [key, value] of Object.entries(patch)) {
    const name = key.startsWith(DELETE_FROM_SET) ? key.slice(DELETE_FROM_SET.length) : ''
    const own = left[name]
    if (Array.isArray(own) && Array.isArray(value)) left[name] = own.filter(entry => !value.includes(entry))
  }
  return left
}

function mergeAt(target: JsonObject, patch: JsonObject, path: string): JsonObject {
  if (patch['$patch'] === 'delete') return {}
  const merged = patch['$patch'] === 'replace' ? {} : withoutListed(target, patch)
  for (const [key, value] of Object.entries(patch)) {
    if (isDirective(key)) continue
    if (value === null) delete merged[key]
    else merged[key] = mergedValue(merged[key], value, path === '' ? key : `${path}.${key}`)
  }
  return merged
}

/**
 * Applies a strategic merge patch: as a merge patch, but finalizers merge as a set and the lists that have a merge key merge by it;
 * `$patch` (delete, replace) and `$deleteFromPrimitiveList` are obeyed, other directives (orders, retained keys) have no effect.
 */
export function strategicMergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  return mergeAt(target, patch, '')
}
