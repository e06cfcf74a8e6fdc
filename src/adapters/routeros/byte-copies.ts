import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Copying } from './copies.ts'
import type { Holdings } from './holdings.ts'
import { refused } from './refusals.ts'
import type { ItemId } from './slot.ts'
import type { ReplyRow } from './transport.ts'
import { Turns } from './turns.ts'

/** Slots between which bytes are copied, and what makes the target complete after that. */
export interface CopyTask {
  readonly from: string
  readonly to: string
  readonly finish: (signal: AbortSignal) => Promise<void>
}

/** How many copies are made at once; each takes what the pool can give. */
const LANES = 2
const LOGGED_STEP = 10
const COPIED = 'copied'
const PERCENT = /\((\d{1,3})%\)/

interface Parts {
  readonly clock: Clock
  readonly log: Logger
}

/** Copies that the device makes while nobody waits for them. How one failed is kept until it is asked for. */
export class ByteCopies {
  readonly #holdings: Holdings
  readonly #parts: Parts
  readonly #turns = new Turns()
  readonly #lanes: number[] = Array.from({ length: LANES }, () => 0)
  readonly #failures = new Map<ItemId, unknown>()

  constructor(holdings: Holdings, parts: Parts) {
    this.#holdings = holdings
    this.#parts = parts
  }

  /** Why the last copy to this target failed; told once. */
  takeFailure(target: ItemId): unknown {
    const failure = this.#failures.get(target)
    this.#failures.delete(target)
    return failure
  }

  /** Begins; ends by itself, or with `Copies.cancel`. */
  start(copy: Copying, task: CopyTask): void {
    const { source, target } = copy
    this.#failures.delete(target)
    const run = async (): Promise<void> => {
      try {
        await this.#inLane(copy.stop.signal, () => this.#run(copy, task))
      } catch (error) {
        if (!copy.stop.signal.aborted) {
          this.#failures.set(target, error)
          this.#parts.log.warn('copying failed; it begins anew when it is asked for again', { source, target, error })
        }
      } finally {
        this.#holdings.copies.end(copy)
      }
    }
    copy.done = run()
  }

  async #inLane(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const lane = this.#lanes.indexOf(Math.min(...this.#lanes))
    this.#lanes[lane] = (this.#lanes[lane] ?? 0) + 1
    try {
      await this.#turns.take(String(lane), signal, work)
    } finally {
      this.#lanes[lane] = (this.#lanes[lane] ?? 1) - 1
    }
  }

  async #run(copy: Copying, { from, to, finish }: CopyTask): Promise<void> {
    const { source, target, stop } = copy
    const { clock, log } = this.#parts
    const begun = clock.monotonic()
    log.info('copying began', { source, target })
    const task = `copy disk "${from}" to disk "${to}"`
    const progress = (row: ReplyRow): void => this.#hear(copy, row)
    const command = { path: '/disk/copy', args: { src: from, dst: to }, progress }
    // Nothing that is read tells that it is over.
    const change = { task, command, aim: COPIED, shows: () => false }
    const trap = await this.#holdings.change(target, change, stop.signal)
    if (trap !== undefined) throw refused(task, trap)
    await this.#holdings.inTurn(target, stop.signal, () => finish(stop.signal))
    copy.percent = 100
    log.info('copying is done', { source, target, took: Math.round(clock.monotonic() - begun) })
  }

  #hear(copy: Copying, row: ReplyRow): void {
    const percent = Number(PERCENT.exec(row.get('status') ?? '')?.[1] ?? copy.percent)
    const { source, target } = copy
    if (Math.floor(percent / LOGGED_STEP) > Math.floor(copy.percent / LOGGED_STEP)) {
      this.#parts.log.info('copying', { source, target, percent })
    }
    copy.percent = Math.min(100, percent)
  }
}
