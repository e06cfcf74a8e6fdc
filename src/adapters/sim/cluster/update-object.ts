import { type ClusterState, existing, removeNow } from './cluster-state.ts'
import { createObject, createsOnUpdate } from './create-object.ts'
import { sameJson } from './json.ts'
import type { Kind } from './kind.ts'
import { type KubeObject, type ObjectMeta, withMeta, withoutEmptyMeta } from './kube-object.ts'
import type { Target } from './request-target.ts'
import { badRequest, conflict, type FieldError, invalid, OPTIMISTIC_LOCK } from './status.ts'

/** Metadata that only the server sets. */
function systemFields({ metadata }: KubeObject): { readonly [K in keyof ObjectMeta]: ObjectMeta[K] | undefined } {
  return {
    uid: metadata.uid,
    creationTimestamp: metadata.creationTimestamp,
    deletionTimestamp: metadata.deletionTimestamp,
    deletionGracePeriodSeconds: metadata.deletionGracePeriodSeconds,
    generation: metadata.generation,
    resourceVersion: metadata.resourceVersion,
  }
}

function assertSameObject({ kind, name, namespace }: Target, sent: KubeObject, previous: KubeObject): void {
  const { metadata } = sent
  if (metadata.name !== undefined && metadata.name !== name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`)
  if (kind.namespaced && (metadata.namespace ?? namespace) !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  if (metadata.uid !== undefined && metadata.uid !== previous.metadata.uid) {
    const uids = `UID in precondition: ${metadata.uid}, UID in object meta: ${previous.metadata.uid ?? ''}`
    throw conflict(kind, name, `Precondition failed: ${uids}`)
  }
}

function assertVersion({ kind, name }: Target, sent: KubeObject, previous: KubeObject): void {
  const version = sent.metadata.resourceVersion ?? ''
  if (version === '' && kind.unconditionalUpdate) return
  if (version === '' || version === '0') {
    const detail = 'must be specified for an update'
    throw invalid(kind, name, [{ type: 'FieldValueInvalid', field: 'metadata.resourceVersion', value: 0, detail }])
  }
  if (version !== previous.metadata.resourceVersion) throw conflict(kind, name, OPTIMISTIC_LOCK)
}

function throughMain(kind: Kind, sent: KubeObject, previous: KubeObject): KubeObject {
  if (kind.status === 'none') return sent
  const { status: _ignored, ...rest } = sent
  return previous.status === undefined ? rest : { ...rest, status: previous.status }
}

function throughStatus(kind: Kind, sent: KubeObject, previous: KubeObject): KubeObject {
  const { labels, annotations, finalizers, ownerReferences } = previous.metadata
  const kept = { labels, annotations, finalizers, ownerReferences }
  const metadata = kind.status === 'metadata-kept' ? withMeta(sent, kept).metadata : sent.metadata
  const { status: _ignored, ...rest } = previous
  return sent.status === undefined ? { ...rest, metadata } : { ...rest, metadata, status: sent.status }
}

function finalizerErrors(next: KubeObject, previous: KubeObject): readonly FieldError[] {
  if (previous.metadata.deletionTimestamp === undefined) return []
  const extra = (next.metadata.finalizers ?? []).filter(name => !previous.metadata.finalizers?.includes(name))
  if (extra.length === 0) return []
  const found = extra.map(name => JSON.stringify(name)).join(', ')
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${found}}`
  return [{ type: 'FieldValueForbidden', field: 'metadata.finalizers', detail }]
}

/**
 * Replaces the object by the one sent, through the main endpoint or the status endpoint, and returns it as stored. What changes
 * nothing writes nothing; an object that is being deleted and has no finalizers any more is removed.
 * Throws ApiError: 404, 400 for another identity, 409 for an outdated resourceVersion, 422 for wrong fields.
 */
export function updateObject(state: ClusterState, target: Target, sent: KubeObject): KubeObject {
  const { kind, name } = target
  const previous = existing(state, target)
  assertSameObject(target, sent, previous)
  assertVersion(target, sent, previous)
  const through = target.subresource === 'status' ? throughStatus : throughMain
  const identity = { ...systemFields(previous), name, namespace: previous.metadata.namespace }
  const next = withoutEmptyMeta(withMeta(through(kind, sent, previous), identity))
  const errors = [...finalizerErrors(next, previous), ...kind.changeErrors(next, previous)]
  if (errors.length > 0) throw invalid(kind, name, errors)
  if (isFinished(next)) {
    removeNow(state, target, previous)
    return next
  }
  return sameJson(next, previous) ? previous : state.store.put(kind.shelf, next)
}

function isFinished({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0
}

/** PUT: replaces the object, or creates it where its kind allows that; `created` says which. */
export function replaceObject(
  state: ClusterState,
  target: Target,
  sent: KubeObject,
): { readonly object: KubeObject; readonly created: boolean } {
  if (!createsOnUpdate(state, target)) return { object: updateObject(state, target, sent), created: false }
  const named = withMeta(sent, { name: sent.metadata.name ?? target.name })
  return { object: createObject(state, target, named), created: true }
}
