import { isObject, type JsonObject } from './json.ts'

/** The part of ObjectMeta that the simulated cluster itself reads or writes; other members are kept as given. */
export interface ObjectMeta {
  readonly name?: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  /** Decimal revision of the store at the last change. */
  readonly resourceVersion?: string
  readonly generation?: number
  /** RFC 3339 with a grain of one second. */
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly ownerReferences?: readonly JsonObject[]
}

/** Any Kubernetes object. Inside the store it has neither `kind` nor `apiVersion`, and is never changed in place. */
export interface KubeObject {
  readonly kind?: string
  readonly apiVersion?: string
  readonly metadata: ObjectMeta
  readonly spec?: JsonObject
  readonly status?: JsonObject
  readonly [field: string]: unknown
}

/** `namespace/name`, or the bare name of a cluster-scoped object: the key of its kind's part of the store. */
export function keyOf(metadata: ObjectMeta): string {
  return objectKey(metadata.name ?? '', metadata.namespace)
}

/** The key of an object of that name; no namespace for cluster-scoped ones. */
export function objectKey(name: string, namespace?: string): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`
}

/** A copy whose metadata has these members; undefined removes one. */
export function withMeta(
  object: KubeObject,
  changes: { readonly [K in keyof ObjectMeta]: ObjectMeta[K] | undefined },
): KubeObject {
  const merged = Object.entries({ ...object.metadata, ...changes }).filter(([, value]) => value !== undefined)
  return { ...object, metadata: Object.fromEntries(merged) as ObjectMeta }
}

/** A copy without `kind` and `apiVersion`, the form that is stored. */
export function withoutType(object: KubeObject): KubeObject {
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object
  return rest
}

/** A copy whose empty labels, annotations, finalizers and owner references are left out, as Go's omitempty does. */
export function withoutEmptyMeta(object: KubeObject): KubeObject {
  const { labels, annotations, finalizers, ownerReferences } = object.metadata
  return withMeta(object, {
    labels: isObject(labels) && Object.keys(labels).length === 0 ? undefined : labels,
    annotations: isObject(annotations) && Object.keys(annotations).length === 0 ? undefined : annotations,
    finalizers: finalizers?.length === 0 ? undefined : finalizers,
    ownerReferences: ownerReferences?.length === 0 ? undefined : ownerReferences,
  })
}

/** RFC 3339 with a grain of one second, as metav1.Time is written. */
export function kubeTime(epochMillis: number): string {
  return `${new Date(epochMillis).toISOString().slice(0, 19)}Z`
}
