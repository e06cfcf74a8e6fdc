import { isObject, type JsonObject } from './json.ts'

/** Applies a JSON merge patch (RFC 7386): null removes, objects merge, anything else replaces. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...target }
  for (const [key, value] of Object.entries(patch)) {
    const own = merged[key]
    if (value === null) delete merged[key]
    else if (isObject(value)) merged[key] = mergePatch(isObject(own) ? own : {}, value)
    else merged[key] = value
  }
  return merged
}
