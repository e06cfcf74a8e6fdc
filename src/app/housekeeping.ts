import type { Millis } from '../domain/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { Cluster, ClusterChange } from '../ports/cluster.ts'
import type { Logger } from '../ports/logger.ts'
import type { Deadlines } from './deadlines.ts'
import type { HardwareWatch } from './hardware-watch.ts'
import type { LostNodes } from './lost-nodes.ts'
import type { OrphanCheck } from './orphan-check.ts'
import type { ReconcileExports } from './reconcile-exports.ts'
import type { RecordWatch } from './record-watch.ts'

/** Fine enough for people who watch; coarse enough to cost nothing. */
const TICK: Millis = 250

interface Parts {
  readonly cluster: Cluster
  readonly deadlines: Deadlines
  readonly lostNodes: LostNodes
  readonly records: RecordWatch
  readonly exports: ReconcileExports
  readonly orphans: OrphanCheck
  readonly hardware: HardwareWatch
  readonly clock: Clock
  readonly log: Logger
}

/** What happens without a request: changes in the cluster, and time passing. */
export class Housekeeping {
  readonly #parts: Parts
  /** Changes heard before the registry was rebuilt. */
  #early: ClusterChange[] | undefined = []

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Notes every change from now on; they are acted upon once `run` has begun. */
  listen(signal: AbortSignal): void {
    const stop = this.#parts.cluster.onChange(change => {
      if (this.#early === undefined) void this.#hear(change, signal)
      else this.#early.push(change)
    })
    signal.addEventListener('abort', stop, { once: true })
  }

  /** Runs until the signal aborts. A job that fails is logged and tried again at the next turn. */
  async run(signal: AbortSignal): Promise<void> {
    const { lostNodes, deadlines, records, exports, orphans, hardware } = this.#parts
    const early = this.#early ?? []
    this.#early = undefined
    for (const change of early) void this.#hear(change, signal)
    await Promise.all([deadlines, lostNodes, records, exports, orphans, hardware].map(job => this.#repeat(job, signal)))
  }

  async #repeat(job: { tick(signal: AbortSignal): Promise<void> }, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#safely(() => job.tick(signal), signal)
      await this.#parts.clock.sleep(TICK, signal).catch(() => {})
    }
  }

  #hear(change: ClusterChange, signal: AbortSignal): Promise<void> {
    const { records, lostNodes } = this.#parts
    return this.#safely(async () => {
      await records.hear(change)
      await lostNodes.hear(change, signal)
    }, signal)
  }

  async #safely(task: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await task()
    } catch (error) {
      if (!signal.aborted) this.#parts.log.error('housekeeping failed and will be tried again', { error })
    }
  }
}
