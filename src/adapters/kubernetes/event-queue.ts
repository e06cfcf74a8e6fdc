import type { Millis } from '../../domain/ids.ts'
import { type EventItem, seriesKey } from './event-item.ts'

/**
 * Events that wait, migrations first. Bounded: when it is full the oldest of the others makes room, and of migrations only
 * where nothing else is left. What happens again while it waits is counted, not queued.
 */
export class EventQueue {
  readonly #capacity: number
  readonly #urgent: EventItem[] = []
  readonly #others = new Map<string, EventItem>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** What had to go for it, if anything had to. */
  push(item: EventItem): EventItem | undefined {
    if (item.once !== undefined) this.#urgent.push(item)
    else this.#merge(item)
    return this.size > this.#capacity ? (this.#takeOther() ?? this.#urgent.shift()) : undefined
  }

  /** Puts an item back that is to be tried again, before all others of its kind. */
  putBack(item: EventItem): void {
    if (item.once !== undefined) {
      this.#urgent.unshift(item)
      return
    }
    const rest = [...this.#others]
    this.#others.clear()
    this.#others.set(seriesKey(item), item)
    for (const [, other] of rest) this.#merge(other)
  }

  /** The first one of a migration that may be tried by now. */
  takeUrgent(now: Millis): EventItem | undefined {
    const index = this.#urgent.findIndex(item => item.notBefore <= now)
    return index < 0 ? undefined : this.#urgent.splice(index, 1)[0]
  }

  /** Whether others than those of migrations wait. */
  get hasOthers(): boolean {
    return this.#others.size > 0
  }

  takeOther(): EventItem | undefined {
    return this.#takeOther()
  }

  get size(): number {
    return this.#urgent.length + this.#others.size
  }

  #merge(item: EventItem): void {
    const key = seriesKey(item)
    const waiting = this.#others.get(key)
    if (waiting === undefined) {
      this.#others.set(key, item)
      return
    }
    waiting.count += item.count
    waiting.last = item.last
  }

  #takeOther(): EventItem | undefined {
    for (const [key, item] of this.#others) {
      this.#others.delete(key)
      return item
    }
    return undefined
  }
}
