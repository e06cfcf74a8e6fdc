import { type ClusterState, existing } from './cluster-state.ts'
import { decodeObject } from './decode-object.ts'
import { isObject, type JsonObject } from './json.ts'
import { jsonPatch } from './json-patch.ts'
import type { KubeObject } from './kube-object.ts'
import { mergePatch } from './merge-patch.ts'
import type { Target } from './request-target.ts'
import { badRequest, unsupportedMediaType } from './status.ts'
import { strategicMergePatch } from './strategic-merge-patch.ts'
import { updateObject } from './update-object.ts'

type Apply = (target: JsonObject, patch: unknown) => JsonObject

function onObjects(merge: (target: JsonObject, patch: JsonObject) => JsonObject): Apply {
  return (target, patch) => {
    if (!isObject(patch)) throw badRequest('error decoding patch: a merge patch is an object')
    return merge(target, patch)
  }
}

const PATCHES: Readonly<Record<string, Apply>> = {
  'application/json-patch+json': jsonPatch,
  'application/merge-patch+json': onObjects(mergePatch),
  'application/strategic-merge-patch+json': onObjects(strategicMergePatch),
}

/**
 * Patches the object as it is now and stores the result by the rules of an update; without a resourceVersion in the patch it never
 * conflicts. Throws what an update throws, 400 or 422 for a patch that is wrong, 415 for another kind of patch (server-side apply).
 */
export function patchObject(state: ClusterState, target: Target, type: string, patch: unknown): KubeObject {
  const apply = PATCHES[type]
  if (apply === undefined) throw unsupportedMediaType(Object.keys(PATCHES))
  const current = target.kind.form.fromStored(existing(state, target))
  return updateObject(state, target, decodeObject(target.kind, apply({ ...current }, patch)))
}
