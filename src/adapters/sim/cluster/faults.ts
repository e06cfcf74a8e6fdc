import type { Verb } from './request-target.ts'

/** What a fault rule can tell requests apart by; a member that is missing matches everything. */
export interface RequestMatch {
  readonly verb?: Verb
  /** Plural name, as `volumeattachments`. */
  readonly resource?: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
}

/** One request as the server saw it; requests for no resource (health, discovery) have no verb. */
export interface RequestRecord extends RequestMatch {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
}

/**
 * What goes wrong with a request: `status` refuses it; `hang` never answers; `reset` cuts the connection before anything is done and
 * `lose-reply` after all is done; `delay` answers later. A watch is opened or not: once it is open no rule touches it.
 */
export type Fault =
  | { readonly kind: 'status'; readonly code: number; readonly reason?: string; readonly message?: string }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'lose-reply' }
  | { readonly kind: 'delay'; readonly millis: number }

/** A fault, whom it meets, and how often; without `times` until it is taken back. */
export interface FaultRule extends RequestMatch {
  readonly fault: Fault
  readonly times?: number
}

const MATCHED = ['verb', 'resource', 'subresource', 'namespace', 'name'] as const
const REQUESTS_KEPT = 100_000

function matches(rule: RequestMatch, request: RequestMatch): boolean {
  return MATCHED.every(member => rule[member] === undefined || rule[member] === request[member])
}

interface OpenWatch {
  readonly request: RequestMatch
  readonly cut: () => void
}

/** The switches by which a test makes the cluster fail, and the log of what was asked of it. */
export class Faults {
  readonly #forgetHistory: () => void
  #rules: { readonly rule: FaultRule; left: number }[] = []
  #watches = new Set<OpenWatch>()
  #requests: RequestRecord[] = []

  constructor(forgetHistory: () => void) {
    this.#forgetHistory = forgetHistory
  }

  /** Every request so far, oldest first (the last 100,000 of them). */
  get requests(): readonly RequestRecord[] {
    return this.#requests
  }

  /** The requests so far that match. */
  requestsOf(match: RequestMatch): readonly RequestRecord[] {
    return this.#requests.filter(request => matches(match, request))
  }

  /** Forgets the requests so far. */
  clearRequests(): void {
    this.#requests = []
  }

  /** Adds a rule; of several that match the oldest is applied. The returned function takes it back. */
  add(rule: FaultRule): () => void {
    const entry = { rule, left: rule.times ?? Infinity }
    this.#rules.push(entry)
    return () => {
      this.#rules = this.#rules.filter(other => other !== entry)
    }
  }

  /** Takes every rule back. */
  clear(): void {
    this.#rules = []
  }

  /** Cuts the connections of the open watches that match, without an end of the stream; returns how many. */
  resetWatches(match: RequestMatch = {}): number {
    const met = [...this.#watches].filter(watch => matches(match, watch.request))
    for (const watch of met) watch.cut()
    return met.length
  }

  /** How many watches that match are open. */
  openWatches(match: RequestMatch = {}): number {
    return [...this.#watches].filter(watch => matches(match, watch.request)).length
  }

  /** Makes every resourceVersion and continue token so far too old, as a compaction of etcd does: 410 for who resumes from one. */
  forgetHistory(): void {
    this.#forgetHistory()
  }

  /** Called by the server for each request: logs it and tells the fault that it shall meet. */
  meet(request: RequestRecord): Fault | undefined {
    this.#requests.push(request)
    if (this.#requests.length > 2 * REQUESTS_KEPT) this.#requests = this.#requests.slice(-REQUESTS_KEPT)
    const met = this.#rules.find(({ rule, left }) => left > 0 && matches(rule, request))
    if (met === undefined) return undefined
    met.left -= 1
    return met.rule.fault
  }

  /** Called by the server for each watch that opens; the returned function says that it ended. */
  watchOpened(request: RequestMatch, cut: () => void): () => void {
    const watch = { request, cut }
    this.#watches.add(watch)
    return () => void this.#watches.delete(watch)
  }
}
