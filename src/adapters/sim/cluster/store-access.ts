import { randomUUID } from 'node:crypto'
import type { ClusterState } from './cluster-state.ts'
import { apiVersionOf } from './kind.ts'
import { kindNamed } from './kinds.ts'
import { kubeTime, type KubeObject, type ObjectMeta, objectKey, withMeta, withoutType } from './kube-object.ts'

/** The objects of the cluster, past all rules of the API: for setting a scene and for looking at what became of it. */
export interface StoreAccess {
  /** A copy of the object, or undefined. Resources are named by their plural; events are in their core/v1 form. */
  get(resource: string, name: string, namespace?: string): KubeObject | undefined
  /** Copies of all objects, of one namespace or of all, by namespace and name. */
  list(resource: string, namespace?: string): KubeObject[]
  /** Stores the object as it is, status included; uid and creationTimestamp are made where missing. Watches see it. */
  put(resource: string, object: KubeObject): KubeObject
  /** Removes the object at once, whatever its finalizers say; false when there was none. */
  remove(resource: string, name: string, namespace?: string): boolean
}

/** Access to the objects of that cluster. Every method throws RangeError for a resource that is not served. */
export function storeAccess({ store, now }: ClusterState): StoreAccess {
  const shown = (resource: string, object: KubeObject): KubeObject => {
    const kind = kindNamed(resource)
    return structuredClone({ ...object, apiVersion: apiVersionOf(kind), kind: kind.kind })
  }
  const completed = (metadata: ObjectMeta): ObjectMeta => ({
    uid: randomUUID(),
    creationTimestamp: kubeTime(now()),
    ...metadata,
  })
  return {
    get: (resource, name, namespace) => {
      const found = store.get(kindNamed(resource).shelf, objectKey(name, namespace))
      return found === undefined ? undefined : shown(resource, found)
    },
    list: (resource, namespace) => {
      const objects = store.itemsAt(kindNamed(resource).shelf, store.revision) ?? []
      const wanted = objects.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
      return wanted.map(object => shown(resource, object))
    },
    put: (resource, object) => {
      const own = withoutType(structuredClone(object))
      return shown(resource, store.put(kindNamed(resource).shelf, withMeta(own, completed(own.metadata))))
    },
    remove: (resource, name, namespace) =>
      store.remove(kindNamed(resource).shelf, objectKey(name, namespace)) !== undefined,
  }
}
