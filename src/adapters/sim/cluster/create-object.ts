import { randomUUID } from 'node:crypto'
import { type ClusterState, existing } from './cluster-state.ts'
import type { Kind } from './kind.ts'
import { keyOf, kubeTime, type KubeObject, objectKey, withMeta } from './kube-object.ts'
import { generatedName, nameErrors } from './names.ts'
import type { Target } from './request-target.ts'
import { alreadyExists, ApiError, badRequest, type FieldError, invalid, notFound } from './status.ts'

function inRequestNamespace({ kind, namespace }: Target, object: KubeObject): KubeObject {
  const own = object.metadata.namespace ?? ''
  if (kind.namespaced && own !== '' && namespace !== '' && own !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  return withMeta(object, { namespace: namespace === '' ? undefined : namespace })
}

function named(object: KubeObject): KubeObject {
  const { name = '', generateName = '' } = object.metadata
  return name !== '' || generateName === '' ? object : withMeta(object, { name: generatedName(generateName) })
}

function withSystemFields(object: KubeObject, now: number): KubeObject {
  return withMeta(object, {
    uid: randomUUID(),
    creationTimestamp: kubeTime(now),
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    generation: undefined,
  })
}

function withNewStatus(kind: Kind, object: KubeObject): KubeObject {
  return kind.newStatus === 'as-sent' ? object : { ...object, status: kind.newStatus }
}

function metadataErrors(kind: Kind, object: KubeObject): readonly FieldError[] {
  const { name = '', namespace = '' } = object.metadata
  const missing = [
    ...(name === '' ? [['metadata.name', 'name or generateName is required'] as const] : []),
    ...(kind.namespaced && namespace === '' ? [['metadata.namespace', ''] as const] : []),
  ]
  return [
    ...missing.map(([field, detail]) => ({ type: 'FieldValueRequired', field, detail }) as const),
    ...(name === '' ? [] : nameErrors(kind.names, name, 'metadata.name')),
  ]
}

function assertPlace({ store }: ClusterState, { kind, namespace }: Target): void {
  if (!kind.namespaced || namespace === '') return
  const home = store.get('namespaces', namespace)
  if (home === undefined) throw notFound({ group: '', plural: 'namespaces', kind: 'Namespace' }, namespace)
  if (home.metadata.deletionTimestamp === undefined) return
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  throw new ApiError(403, 'Forbidden', `${kind.plural} is forbidden: ${why}`)
}

/**
 * Creates the object as sent (in its stored form) and returns it as stored.
 * Throws ApiError: 404 without its namespace, 422 for wrong fields, 409 when it exists.
 */
export function createObject(state: ClusterState, target: Target, sent: KubeObject): KubeObject {
  const { kind } = target
  if ((sent.metadata.resourceVersion ?? '') !== '')
    throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created')
  assertPlace(state, target)
  const identified = withSystemFields(named(inRequestNamespace(target, sent)), state.now())
  const object = withNewStatus(kind, identified)
  const errors = [...metadataErrors(kind, object), ...kind.newErrors(object)]
  const name = object.metadata.name ?? ''
  if (errors.length > 0) throw invalid(kind, name, errors)
  if (state.store.get(kind.shelf, keyOf(object.metadata)) !== undefined) throw alreadyExists(kind, name)
  return state.store.put(kind.shelf, object)
}

/** True if a PUT on that target creates: nothing is there and the kind allows it. */
export function createsOnUpdate(state: ClusterState, target: Target): boolean {
  const { kind, name, namespace } = target
  if (state.store.get(kind.shelf, objectKey(name, namespace)) !== undefined) return false
  if (!kind.createOnUpdate) existing(state, target)
  return true
}
