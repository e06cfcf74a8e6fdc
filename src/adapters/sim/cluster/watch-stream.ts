import type { ClusterState } from './cluster-state.ts'
import { encodeObject } from './encode-object.ts'
import { apiVersionOf, type Kind } from './kind.ts'
import { revisionParameter } from './list-objects.ts'
import { type KubeObject, withMeta } from './kube-object.ts'
import type { Change } from './object-store.ts'
import type { Target } from './request-target.ts'
import { type Selection, selectionOf } from './selection.ts'
import { badRequest, expired } from './status.ts'

/** Where the lines of a watch go. */
export interface WatchSink {
  write(line: string): void
  /** Ends the stream in order. */
  end(): void
}

/** A watch that was asked for and is not yet running. */
export interface Watch {
  /** Writes what is due at once and follows the store until the time is up or the returned function is called. */
  start(sink: WatchSink): () => void
}

interface WatchOptions {
  readonly revision: number | undefined
  readonly bookmarks: boolean
  readonly timeoutMillis: number
  readonly bookmarkMillis: number
}

/** As the API server's --min-request-timeout: how long a watch lasts that names no time. */
const DEFAULT_TIMEOUT_SECONDS = 1800

function line(type: string, object: string): string {
  return `{"type":"${type}","object":${object}}\n`
}

/** An object that leaves a watch's view is shown as it last was in view, at the revision of the change. */
function lastInView(change: Change, previous: KubeObject): KubeObject {
  return withMeta(previous, { resourceVersion: String(change.revision) })
}

/** How a change looks through the selectors: what comes into view is added, what leaves it is deleted. */
function changeLine(kind: Kind, { matches }: Selection, change: Change): string {
  const { previous, object, type } = change
  const after = type !== 'DELETED' && matches(object)
  if (previous === undefined || !matches(previous)) return after ? line('ADDED', encodeObject(kind, object)) : ''
  return after
    ? line('MODIFIED', encodeObject(kind, object))
    : line('DELETED', encodeObject(kind, lastInView(change, previous)))
}

function bookmarkLine(kind: Kind, revision: number): string {
  const metadata = { resourceVersion: String(revision), creationTimestamp: null }
  return line('BOOKMARK', JSON.stringify({ kind: kind.kind, apiVersion: apiVersionOf(kind), metadata }))
}

function optionsOf(query: URLSearchParams, bookmarkMillis: number): WatchOptions {
  const seconds = query.get('timeoutSeconds') ?? ''
  if (!/^\d*$/.test(seconds)) throw badRequest(`strconv.ParseInt: parsing "${seconds}": invalid syntax`)
  return {
    revision: revisionParameter(query),
    bookmarks: ['true', '1'].includes(query.get('allowWatchBookmarks') ?? ''),
    timeoutMillis: 1000 * (Number(seconds) || DEFAULT_TIMEOUT_SECONDS),
    bookmarkMillis,
  }
}

/** The lines that a watch begins with; undefined when the revision that it names is too old. */
function backlog({ store }: ClusterState, kind: Kind, selection: Selection, revision?: number): string | undefined {
  if (revision !== undefined)
    return store
      .changesAfter(kind.shelf, revision)
      ?.map(change => changeLine(kind, selection, change))
      .join('')
  const present = store.itemsAt(kind.shelf, store.revision) ?? []
  const added = (object: KubeObject): string => line('ADDED', encodeObject(kind, object))
  return present.filter(selection.matches).map(added).join('')
}

function follow(state: ClusterState, target: Target, selection: Selection, options: WatchOptions) {
  return (sink: WatchSink): (() => void) => {
    const { store } = state
    const { kind } = target
    const write = (text: string): void => void (text === '' || sink.write(text))
    const bookmark = (): void => void (options.bookmarks && write(bookmarkLine(kind, store.revision)))
    const unsubscribe = store.subscribe(kind.shelf, change => {
      if (change.revision > (options.revision ?? 0)) write(changeLine(kind, selection, change))
    })
    const bookmarking = setInterval(bookmark, options.bookmarkMillis)
    const stop = (): void => {
      unsubscribe()
      clearInterval(bookmarking)
      clearTimeout(timeout)
    }
    const timeout = setTimeout(() => {
      stop()
      bookmark()
      sink.end()
    }, options.timeoutMillis)
    return stop
  }
}

/**
 * Prepares a watch; throws ApiError 400 for wrong parameters. Without a revision it begins with an ADDED for each object, with one
 * it begins after it; a revision that is forgotten is answered with one ERROR line (410 Expired) and the end.
 */
export function watchObjects(
  state: ClusterState,
  target: Target,
  query: URLSearchParams,
  bookmarkMillis: number,
): Watch {
  const options = optionsOf(query, bookmarkMillis)
  const selection = selectionOf(target, query)
  return {
    start: sink => {
      const first = backlog(state, target.kind, selection, options.revision)
      if (first !== undefined) {
        if (first !== '') sink.write(first)
        return follow(state, target, selection, options)(sink)
      }
      const tooOld = `too old resource version: ${options.revision} (${state.store.oldestRevision})`
      sink.write(line('ERROR', JSON.stringify(expired(tooOld).status())))
      sink.end()
      return () => undefined
    },
  }
}
