import type { Kind } from './kind.ts'
import { findKind } from './kinds.ts'

/** What a request wants done, in the API server's own words. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

/** The object or collection that a request names. */
export interface Target {
  readonly kind: Kind
  /** Empty for cluster-scoped objects and for collections over all namespaces. */
  readonly namespace: string
  /** False for a namespaced collection over all namespaces. */
  readonly inNamespace: boolean
  /** Empty for a collection. */
  readonly name: string
  readonly subresource: '' | 'status'
}

interface Place {
  readonly group: string
  readonly version: string
  readonly rest: readonly string[]
}

function decodedSegments(path: string): readonly string[] {
  try {
    return path.split('/').map(segment => decodeURIComponent(segment))
  } catch {
    return []
  }
}

function placeOf(path: string): Place | undefined {
  const [, root, ...decoded] = decodedSegments(path)
  const [first = '', second = ''] = decoded
  if (root === 'api') return { group: '', version: first, rest: decoded.slice(1) }
  return root === 'apis' ? { group: first, version: second, rest: decoded.slice(2) } : undefined
}

function isThere(kind: Kind, target: Omit<Target, 'kind' | 'subresource'>, subresource: string): boolean {
  if (subresource !== '' && (subresource !== 'status' || kind.status === 'none')) return false
  return target.inNamespace ? kind.namespaced : !kind.namespaced || target.name === ''
}

function targetIn(place: Place, segments: readonly string[], namespace?: string): Target | undefined {
  const [plural = '', name = '', subresource = '', ...more] = segments
  const kind = findKind(place.group, place.version, plural)
  const named = { namespace: namespace ?? '', inNamespace: namespace !== undefined, name }
  if (kind === undefined || more.length > 0 || !isThere(kind, named, subresource)) return undefined
  return { ...named, kind, subresource: subresource === 'status' ? 'status' : '' }
}

/** What the path names, or undefined when nothing is served there. */
export function targetOf(path: string): Target | undefined {
  const place = placeOf(path)
  if (place === undefined) return undefined
  const [first, namespace = '', ...inside] = place.rest
  if (first === 'namespaces' && inside.length > 0 && inside[0] !== 'status') return targetIn(place, inside, namespace)
  return targetIn(place, place.rest)
}

const ITEM_VERBS: Readonly<Record<string, Verb>> = { GET: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }
const COLLECTION_VERBS: Readonly<Record<string, Verb>> = { GET: 'list', POST: 'create', DELETE: 'deletecollection' }

const isYes = (value: string | null): boolean => value === 'true' || value === '1'

/** What the method wants of the target, or undefined for a method that means nothing there. */
export function verbOf(method: string, target: Target, query: URLSearchParams): Verb | undefined {
  if (target.name !== '') return ITEM_VERBS[method]
  return method === 'GET' && isYes(query.get('watch')) ? 'watch' : COLLECTION_VERBS[method]
}

/** True if the API server offers that verb there: status is read and changed only, whole collections are not deleted here. */
export function isServed(verb: Verb, target: Target): boolean {
  if (verb === 'deletecollection') return false
  if (target.subresource === 'status') return verb !== 'delete'
  return verb !== 'create' || !target.kind.namespaced || target.inNamespace
}
