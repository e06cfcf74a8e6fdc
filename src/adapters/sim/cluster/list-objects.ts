import type { ClusterState } from './cluster-state.ts'
import { type Continuation, decodeContinuation, encodeContinuation } from './continue-token.ts'
import { encodeItem } from './encode-object.ts'
import type { JsonObject } from './json.ts'
import { apiVersionOf } from './kind.ts'
import { keyOf, type KubeObject } from './kube-object.ts'
import type { ObjectStore } from './object-store.ts'
import type { Target } from './request-target.ts'
import { ApiError, badRequest, expired } from './status.ts'
import { type Selection, selectionOf } from './selection.ts'

const EXPIRED_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue' +
  ' parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided' +
  ' token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was' +
  ' returned and now may show up in the list.'

interface ListOptions {
  readonly limit: number
  readonly from: Continuation | undefined
  /** The revision that the client names, undefined for "any" or "the newest". */
  readonly revision: number | undefined
  readonly exact: boolean
}

/** A `resourceVersion` parameter: undefined when absent or 0. Throws ApiError 400 for what is no number. */
export function revisionParameter(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? ''
  if (!/^\d*$/.test(text))
    throw badRequest(`Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`)
  return text === '' || text === '0' ? undefined : Number(text)
}

function listOptions(query: URLSearchParams): ListOptions {
  const limit = query.get('limit') ?? '0'
  if (!/^\d+$/.test(limit)) throw badRequest(`strconv.ParseInt: parsing "${limit}": invalid syntax`)
  const token = query.get('continue') ?? ''
  const revision = revisionParameter(query)
  if (token !== '' && revision !== undefined)
    throw badRequest('specifying resource version is not allowed when using continue')
  const exact = query.get('resourceVersionMatch') === 'Exact'
  return { limit: Number(limit), from: token === '' ? undefined : decodeContinuation(token), revision, exact }
}

function tooLarge(revision: number, current: number): ApiError {
  const message = `Timeout: Too large resource version: ${revision}, current: ${current}`
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }]
  return new ApiError(504, 'Timeout', message, { details: { causes, retryAfterSeconds: 1 } })
}

function revisionOf(store: ObjectStore, { from, revision, exact }: ListOptions): number {
  if (from !== undefined) return from.revision ?? store.revision
  if (revision !== undefined && revision > store.revision) throw tooLarge(revision, store.revision)
  return exact && revision !== undefined ? revision : store.revision
}

function itemsAt(store: ObjectStore, shelf: string, revision: number, from?: Continuation): readonly KubeObject[] {
  const items = store.itemsAt(shelf, revision)
  if (items !== undefined) return items
  if (from === undefined) throw expired('The resourceVersion for the provided list is too old.')
  throw expired(EXPIRED_CONTINUE, encodeContinuation({ revision: undefined, key: from.key }))
}

/** Index of the first item after `key`; the items are sorted by key. */
function firstAfter(items: readonly KubeObject[], key: string): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const item = items[middle]
    if (item !== undefined && keyOf(item.metadata) <= key) low = middle + 1
    else high = middle
  }
  return low
}

interface Page {
  readonly items: readonly KubeObject[]
  readonly metadata: JsonObject
}

function pageOf(items: readonly KubeObject[], selection: Selection, options: ListOptions, revision: number): Page {
  const rest = items
    .slice(options.from === undefined ? 0 : firstAfter(items, options.from.key))
    .filter(selection.matches)
  const page = options.limit === 0 ? rest : rest.slice(0, options.limit)
  const last = page.at(-1)
  const metadata: JsonObject = { resourceVersion: String(revision) }
  if (last === undefined || page.length === rest.length) return { items: page, metadata }
  metadata['continue'] = encodeContinuation({ revision, key: keyOf(last.metadata) })
  if (selection.everything) metadata['remainingItemCount'] = rest.length - page.length
  return { items: page, metadata }
}

/**
 * The JSON of a list: the whole collection or a page of it. All pages of one list show the state of its first page.
 * Throws ApiError: 400 for wrong parameters, 410 for a continue token or an exact revision that is too old, 504 for a revision to come.
 */
export function listObjects({ store }: ClusterState, target: Target, query: URLSearchParams): string {
  const { kind } = target
  const options = listOptions(query)
  const selection = selectionOf(target, query)
  const revision = revisionOf(store, options)
  const { items, metadata } = pageOf(itemsAt(store, kind.shelf, revision, options.from), selection, options, revision)
  const head = JSON.stringify({ kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata })
  return `${head.slice(0, -1)},"items":[${items.map(item => encodeItem(kind, item)).join(',')}]}`
}
