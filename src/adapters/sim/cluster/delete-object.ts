import { type ClusterState, existing, removeNow } from './cluster-state.ts'
import { textAt } from './json.ts'
import { kubeTime, type KubeObject, withMeta } from './kube-object.ts'
import type { Target } from './request-target.ts'
import { conflict } from './status.ts'

function assertPreconditions({ kind, name }: Target, object: KubeObject, options: unknown): void {
  const uid = textAt(options, 'preconditions.uid')
  const ownUid = object.metadata.uid ?? ''
  if (uid !== '' && uid !== ownUid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${ownUid}). The object might have been deleted and then recreated`
    throw conflict(kind, name, why)
  }
  const version = textAt(options, 'preconditions.resourceVersion')
  const ownVersion = object.metadata.resourceVersion ?? ''
  if (version !== '' && version !== ownVersion) {
    const why = `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${ownVersion}). The object might have been modified`
    throw conflict(kind, name, why)
  }
}

/** What a DELETE did: `removed` is false when finalizers hold the object. */
export interface Deletion {
  readonly object: KubeObject
  readonly removed: boolean
}

/**
 * Deletes the object: at once without finalizers, else it is marked with a deletion timestamp and goes when the last finalizer does.
 * A second delete of a marked object changes nothing. `options` are the DeleteOptions of the body, preconditions included.
 * Throws ApiError: 404, 409 when a precondition fails.
 */
export function deleteObject(state: ClusterState, target: Target, options: unknown): Deletion {
  const object = existing(state, target)
  assertPreconditions(target, object, options)
  if ((object.metadata.finalizers ?? []).length === 0)
    return { object: removeNow(state, target, object), removed: true }
  if (object.metadata.deletionTimestamp !== undefined) return { object, removed: false }
  const marked = withMeta(object, { deletionTimestamp: kubeTime(state.now()), deletionGracePeriodSeconds: 0 })
  return { object: state.store.put(target.kind.shelf, marked), removed: false }
}
