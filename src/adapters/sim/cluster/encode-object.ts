import { apiVersionOf, type Kind } from './kind.ts'
import type { KubeObject } from './kube-object.ts'

const encoded = new WeakMap<Kind, WeakMap<KubeObject, string>>()

function ofKind(kind: Kind): WeakMap<KubeObject, string> {
  const known = encoded.get(kind)
  if (known !== undefined) return known
  const made = new WeakMap<KubeObject, string>()
  encoded.set(kind, made)
  return made
}

/** A stored object as an item of a list: JSON in the kind's form, without `kind` and `apiVersion`. Each object is encoded once. */
export function encodeItem(kind: Kind, stored: KubeObject): string {
  const known = ofKind(kind).get(stored)
  if (known !== undefined) return known
  const json = JSON.stringify(kind.form.fromStored(stored))
  ofKind(kind).set(stored, json)
  return json
}

/** A stored object as an answer of its own: with `kind` and `apiVersion`. */
export function encodeObject(kind: Kind, stored: KubeObject): string {
  const type = JSON.stringify({ kind: kind.kind, apiVersion: apiVersionOf(kind) })
  return `${type.slice(0, -1)},${encodeItem(kind, stored).slice(1)}`
}
