import { randomUUID } from 'node:crypto'
import type { Millis } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Telemetry } from '../../ports/telemetry.ts'
import { Backoff } from './backoff.ts'
import { BackgroundLoop } from './background-loop.ts'
import { type EventItem, eventObject, type OnceName, type Reporter, seriesKey, seriesOf } from './event-item.ts'
import { EventQueue } from './event-queue.ts'
import { EventSeries } from './event-series.ts'
import type { KubeClient } from './kube-client.ts'
import { alreadyExists, describeApiError, isNotFound, isPassing, isUnauthorized } from './kube-error.ts'
import { eventPath } from './resource-path.ts'
import { TokenBucket } from './token-bucket.ts'

export interface RecorderParts {
  readonly client: KubeClient
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  readonly reporter: Reporter
}

/** What became of the events so far. */
export interface EventCounts {
  /** Accepted by the API server. */
  readonly posted: number
  /** Given up after failures. */
  readonly failed: number
  /** Left out because too many waited. */
  readonly dropped: number
}

const CAPACITY = 1_000
const BURST = 100
const INTERVAL: Millis = 200
const ATTEMPTS = { once: 12, others: 3 }
/** The watch may be a moment behind the call that made the fact. */
const LOOKS = { pause: 100, most: 20 }

/**
 * Posts events behind the scenes, best effort: whoever records one waits for nothing and learns of no failure. Repeats on
 * one claim become a series. Events of migrations go first, are tried for minutes, and are held back by no rate.
 */
export class EventRecorder {
  readonly #parts: RecorderParts
  readonly #queue = new EventQueue(CAPACITY)
  readonly #series = new EventSeries()
  readonly #bucket: TokenBucket
  readonly #backoff = new Backoff()
  readonly #loop: BackgroundLoop
  readonly #counts = { posted: 0, failed: 0, dropped: 0 }

  constructor(parts: RecorderParts) {
    this.#parts = parts
    this.#bucket = new TokenBucket(BURST, INTERVAL, parts.clock.monotonic())
    this.#loop = new BackgroundLoop(signal => this.#step(signal), parts)
  }

  get counts(): EventCounts {
    return { ...this.#counts }
  }

  record(item: EventItem): void {
    const dropped = this.#queue.push(item)
    if (dropped !== undefined) {
      this.#counts.dropped += 1
      this.#parts.log.warn('too many events wait; one is left out', fieldsOf(dropped))
    }
    this.#loop.wake()
  }

  /** Resolves once nothing waits to be posted. */
  async idle(): Promise<void> {
    await this.#loop.idle()
  }

  /** Posts what waits, as far as the limit allows. Nothing is posted afterwards. */
  async drain(limit: Millis): Promise<void> {
    await this.#loop.drain(limit)
    if (this.#queue.size > 0) this.#parts.log.warn('events were not posted before the end', { left: this.#queue.size })
  }

  async #step(signal: AbortSignal): Promise<boolean> {
    const now = this.#loop.hurried ? Infinity : this.#parts.clock.monotonic()
    const item = this.#queue.takeUrgent(now) ?? (await this.#nextOther())
    if (item === undefined) return this.#queue.size > 0
    try {
      await this.#post(item, signal)
    } catch (error) {
      signal.throwIfAborted()
      await this.#failed(item, error)
    }
    return true
  }

  /** Where nothing may be posted yet: waits a little, and then looks anew, since a migration may have come. */
  async #nextOther(): Promise<EventItem | undefined> {
    if (this.#queue.size === 0) return undefined
    const wait = this.#queue.hasOthers ? this.#tokenWait() : LOOKS.pause
    if (wait === 0) return this.#queue.takeOther()
    await this.#loop.pause(wait)
    return undefined
  }

  #tokenWait(): Millis {
    return this.#loop.hurried ? 0 : this.#bucket.take(this.#parts.clock.monotonic())
  }

  async #post(item: EventItem, signal: AbortSignal): Promise<void> {
    if (item.once !== undefined) await this.#postOnce(item, item.once, signal)
    else if (!(await this.#continued(item, signal))) {
      const name = `rds-csi.${randomUUID()}`
      if (await this.#create(item, name, signal)) {
        this.#series.remember(seriesKey(item), { name, count: item.count, at: this.#parts.clock.monotonic() })
      }
    }
  }

  /** As long as the name is not known, others go first. */
  async #postOnce(item: EventItem, { find, fallback }: OnceName, signal: AbortSignal): Promise<void> {
    const name = find()
    if (name !== undefined || this.#loop.hurried || item.looks >= LOOKS.most) {
      await this.#create(item, name ?? fallback, signal)
      return
    }
    item.looks += 1
    item.notBefore = this.#parts.clock.monotonic() + LOOKS.pause
    this.#queue.putBack(item)
  }

  /** A name that exists means: told already, maybe by a try of our own whose answer was lost. */
  async #create(item: EventItem, name: string, signal: AbortSignal): Promise<boolean> {
    const body = eventObject(item, name, this.#parts.reporter)
    try {
      await this.#parts.client.json({ method: 'POST', path: eventPath(item.claim.namespace), body }, signal)
    } catch (error) {
      if (!alreadyExists(error)) throw error
      if (item.attempts === 0) {
        this.#parts.log.debug('this event was posted before', { ...fieldsOf(item), name })
        return false
      }
    }
    this.#accepted(item)
    return true
  }

  /** True where the event went on a series that is still there. */
  async #continued(item: EventItem, signal: AbortSignal): Promise<boolean> {
    const key = seriesKey(item)
    const now = this.#parts.clock.monotonic()
    const series = this.#series.find(key, now)
    if (series === undefined) return false
    const count = series.count + item.count
    const path = eventPath(item.claim.namespace, series.name)
    try {
      await this.#parts.client.json({ method: 'PATCH', path, body: seriesOf(count, item.last) }, signal)
    } catch (error) {
      if (!isNotFound(error)) throw error
      this.#series.forget(key)
      return false
    }
    this.#series.remember(key, { ...series, count, at: now })
    this.#accepted(item)
    return true
  }

  #accepted(item: EventItem): void {
    this.#backoff.reset()
    this.#counts.posted += 1
    this.#parts.log.info('event posted', fieldsOf(item))
    this.#parts.telemetry.observe({ type: 'event-posted', reason: item.text.reason })
  }

  async #failed(item: EventItem, error: unknown): Promise<void> {
    const most = item.once === undefined ? ATTEMPTS.others : ATTEMPTS.once
    const fields = { ...fieldsOf(item), error: describeApiError(error) }
    item.attempts += 1
    // A refused token may have been rotated a moment ago; what comes only once is worth asking again.
    const passing = isPassing(error) || (item.once !== undefined && isUnauthorized(error))
    if (!passing || item.attempts >= most || this.#loop.hurried) {
      this.#counts.failed += 1
      this.#parts.log.warn('an event could not be posted', fields)
      return
    }
    this.#parts.log.debug('an event could not be posted yet', fields)
    this.#queue.putBack(item)
    await this.#loop.pause(this.#backoff.next())
  }
}

const fieldsOf = ({ text, claim, volume, count }: EventItem) => ({
  reason: text.reason,
  note: text.note,
  volume,
  claim: `${claim.namespace}/${claim.name}`,
  ...(count > 1 ? { count } : {}),
})
