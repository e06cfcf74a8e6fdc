import { keyOf, type KubeObject, objectKey } from './kube-object.ts'
import type { ObjectStore } from './object-store.ts'
import type { Target } from './request-target.ts'
import { notFound } from './status.ts'

/** What every request works on. */
export interface ClusterState {
  readonly store: ObjectStore
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** The stored object that a request names; throws ApiError 404. */
export function existing({ store }: ClusterState, { kind, name, namespace }: Target): KubeObject {
  const found = store.get(kind.shelf, objectKey(name, namespace))
  if (found === undefined) throw notFound(kind, name)
  return found
}

/** Removes an object at once, and all that lies in it when it is a namespace; returns its last state. */
export function removeNow({ store }: ClusterState, { kind }: Pick<Target, 'kind'>, object: KubeObject): KubeObject {
  const last = store.remove(kind.shelf, keyOf(object.metadata)) ?? object
  if (kind.plural === 'namespaces') store.removeNamespace(object.metadata.name ?? '')
  return last
}
