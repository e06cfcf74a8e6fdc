import type { Millis } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import { Backoff } from './backoff.ts'
import { isSilence, type KubeClient } from './kube-client.ts'
import { describeApiError, isExpired } from './kube-error.ts'
import type { KubeObject, ListObject } from './kube-objects.ts'
import { type WatchEvent, watchEvents } from './watch-events.ts'

/** Where the objects of one kind go. None of these may throw. */
export interface Follower<T extends KubeObject, Kept> {
  /** What is kept of an object; undefined where it is none of ours. */
  keep(object: T): Kept | undefined
  /** Everything that there is; what is missing is gone. */
  replace(all: readonly Kept[]): void
  put(one: Kept): void
  remove(one: Kept): void
}

export interface ReflectorParts {
  readonly client: KubeClient
  readonly clock: Clock
  readonly log: Logger
}

const PAGE = 500
/** The server ends each watch after this many seconds, or up to twice as many: replicas do not come back together. */
const WATCH_SECONDS = 300
/** With bookmarks each minute a longer silence means a dead connection. */
const SILENCE: Millis = 90_000
/** A watch that lasted this long was a good one, even if nothing happened. */
const GOOD_WATCH: Millis = 5_000

/**
 * Follows all objects of one kind: a paged list, then a watch from there, resumed after every kind of break; listed again
 * only when the server no longer knows the place (410), or when somebody wants it fresh. Goes on until its signal aborts.
 */
export class Reflector<T extends KubeObject, Kept> {
  readonly #path: string
  readonly #follower: Follower<T, Kept>
  readonly #parts: ReflectorParts
  readonly #backoff = new Backoff()
  readonly #complete = Promise.withResolvers<void>()
  /** Waits for a list that is asked for from now on. */
  #wanted: PromiseWithResolvers<void> | undefined
  /** Ends the present round: its list, watch or pause. */
  #round = new AbortController()
  /** Where the watch goes on; undefined: list first. */
  #version: string | undefined
  #pages = true

  constructor(path: string, follower: Follower<T, Kept>, parts: ReflectorParts) {
    this.#path = path
    this.#follower = follower
    this.#parts = parts
  }

  /** Resolves after the first complete list. */
  get complete(): Promise<void> {
    return this.#complete.promise
  }

  /**
   * Lists anew whatever it is doing, and resolves when the follower has the list: one that was asked for after this call.
   * Never rejects. It is `run` that does it.
   */
  refresh(): Promise<void> {
    this.#wanted ??= Promise.withResolvers()
    this.#backoff.reset()
    this.#round.abort(new Error('it is listed anew'))
    return this.#wanted.promise
  }

  /** Resolves after the signal has aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#round = new AbortController()
      const round = AbortSignal.any([signal, this.#round.signal])
      try {
        if (this.#wanted !== undefined) this.#version = undefined
        this.#version ??= await this.#list(round)
        await this.#watch(this.#version, round)
      } catch (error) {
        if (!round.aborted) this.#broken(error)
      }
      await this.#parts.clock.sleep(this.#backoff.next(), round).catch(() => undefined)
    }
  }

  /** The resource version of the list. */
  async #list(signal: AbortSignal): Promise<string> {
    let all: readonly Kept[] = []
    for (let from = ''; ; ) {
      const { items, metadata = {} } = await this.#page(from, signal)
      signal.throwIfAborted() // a list that came while a fresh one was asked for is not that one
      all = all.concat((items ?? []).map(object => this.#follower.keep(object)).filter(kept => kept !== undefined))
      from = metadata.continue ?? ''
      if (from !== '') continue
      this.#pages = true
      this.#follower.replace(all)
      this.#complete.resolve()
      this.#wanted?.resolve()
      this.#wanted = undefined
      return metadata.resourceVersion ?? ''
    }
  }

  /** Where pages go stale faster than they can be read, the next attempt asks for all at once. */
  async #page(from: string, signal: AbortSignal): Promise<ListObject<T>> {
    const query = { ...(this.#pages ? { limit: String(PAGE) } : {}), ...(from === '' ? {} : { continue: from }) }
    try {
      return await this.#parts.client.json<ListObject<T>>({ path: this.#path, query }, signal)
    } catch (error) {
      if (isExpired(error)) this.#pages = false
      throw error
    }
  }

  async #watch(from: string, signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#parts
    const start = clock.monotonic()
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: from,
      timeoutSeconds: String(Math.round(WATCH_SECONDS * (1 + Math.random()))),
    }
    try {
      await client.stream({ path: this.#path, query }, { signal, silence: SILENCE }, async chunks => {
        for await (const event of watchEvents<T>(chunks)) this.#hear(event)
      })
    } finally {
      if (clock.monotonic() - start >= GOOD_WATCH) this.#backoff.reset()
    }
  }

  #hear({ type, object }: WatchEvent<T>): void {
    const kept = type === 'BOOKMARK' ? undefined : this.#follower.keep(object)
    if (kept !== undefined && type === 'DELETED') this.#follower.remove(kept)
    else if (kept !== undefined) this.#follower.put(kept)
    this.#version = object.metadata?.resourceVersion ?? this.#version
    this.#backoff.reset()
  }

  #broken(error: unknown): void {
    const fields = { path: this.#path, error: describeApiError(error) }
    if (isExpired(error)) this.#version = undefined
    if (isExpired(error) || isSilence(error)) this.#parts.log.debug('watch of the cluster starts anew', fields)
    else this.#parts.log.warn('watch of the cluster is interrupted', fields)
  }
}
