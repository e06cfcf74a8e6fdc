import { isDeepStrictEqual } from 'node:util'

/** A JSON object whose fields are not known beforehand. */
export type JsonObject = { [key: string]: unknown }

/** True for a JSON object, false for arrays, null and scalars. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True if both are the same JSON, whatever the order of keys. */
export const sameJson: (one: unknown, other: unknown) => boolean = isDeepStrictEqual

/** What lies under a dotted path of object keys; undefined when a step is missing. */
export function fieldAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), value)
}

/** The text under a dotted path; empty when there is none, as in a Go struct. */
export function textAt(value: unknown, path: string): string {
  const found = fieldAt(value, path)
  return typeof found === 'string' ? found : ''
}

/** A copy without null members: the API server decodes null as "not given". */
export function withoutNulls(value: JsonObject): JsonObject {
  const kept = Object.entries(value).filter(([, member]) => member !== null && member !== undefined)
  return Object.fromEntries(kept.map(([key, member]) => [key, isObject(member) ? withoutNulls(member) : member]))
}

/** A copy of `value` in which members that are missing come from `defaults`, at every depth. */
export function withDefaults(value: JsonObject, defaults: JsonObject): JsonObject {
  const merged: JsonObject = { ...value }
  for (const [key, fallback] of Object.entries(defaults)) {
    const own = merged[key]
    if (isObject(own) && isObject(fallback)) merged[key] = withDefaults(own, fallback)
    else merged[key] = own ?? fallback
  }
  return merged
}
