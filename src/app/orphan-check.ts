import type { Millis } from '../domain/ids.ts'
import type { Holding } from '../domain/orphans.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { OrphanCensus, OrphanCount } from '../ports/orphan-census.ts'
import { bounded } from './bounded.ts'
import type { OrphanSurvey, Surveyed } from './orphan-survey.ts'
import type { OrphanSweep } from './orphan-sweep.ts'

const LONGEST_CHECK: Millis = 300_000
/** After a check that failed, where the interval is longer. */
const RETRY: Millis = 300_000

interface Parts {
  readonly survey: OrphanSurvey
  readonly sweep: OrphanSweep
  readonly clock: Clock
  readonly log: Logger
  readonly orphanInterval: Millis
  readonly orphanDelete: boolean
}

/**
 * Looks for what the cluster has forgotten on the appliance: volumes, snapshots and files that no object names. Reports
 * them, and deletes those that are due only where that was asked for, and only what an earlier check of this very process
 * has missed in the cluster too. A check that is not complete deletes nothing.
 */
export class OrphanCheck implements OrphanCensus {
  readonly #parts: Parts
  /** By the clock that never jumps. */
  #next: Millis | undefined
  #counts: readonly OrphanCount[] | undefined
  /** Standings that the log has told. */
  #told: ReadonlyMap<string, string> = new Map()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  orphans(): readonly OrphanCount[] | undefined {
    return this.#counts
  }

  /** Runs when it is time: at the first call, and after each interval. */
  async tick(signal: AbortSignal): Promise<void> {
    const { clock, log, orphanInterval } = this.#parts
    if (this.#next !== undefined && clock.monotonic() < this.#next) return
    let pause = orphanInterval
    try {
      await bounded(clock, LONGEST_CHECK, signal, limited => this.run(limited))
    } catch (error) {
      if (signal.aborted) return
      log.warn('orphans could not be looked for; nothing more is deleted', { error })
      pause = Math.min(orphanInterval, RETRY)
    }
    this.#next = clock.monotonic() + pause
  }

  async run(signal: AbortSignal): Promise<void> {
    const { survey, sweep, orphanDelete } = this.#parts
    const found = await survey.run(signal)
    this.#counts = countsOf(found)
    const due = found.filter(({ holding, standing }) => standing === 'due' && this.#told.has(keyOf(holding)))
    this.#tell(found)
    if (!orphanDelete || due.length === 0) return
    await sweep.run(due, signal)
    this.#counts = countsOf(await survey.run(signal))
  }

  /** Each of them once, and again when it stands otherwise. */
  #tell(found: readonly Surveyed[]): void {
    const { log, orphanDelete } = this.#parts
    const told = new Map<string, string>()
    for (const { holding, standing, memory } of found.filter(({ standing: how }) => how !== 'in-use')) {
      const key = keyOf(holding)
      told.set(key, standing)
      if (this.#told.get(key) === standing) continue
      const deletes = standing === 'due' && orphanDelete
      log.info('nothing in the cluster names this', { ...holding, standing, since: memory?.since, deletes })
    }
    this.#told = told
  }
}

/** Only of a file it may be unknown whose it is. */
const COUNTED = [
  ...(['volume', 'snapshot', 'file'] as const).flatMap(kind =>
    (['retained', 'waiting', 'due'] as const).map(standing => ({ kind, standing })),
  ),
  { kind: 'file', standing: 'unproven' },
] as const

const keyOf = ({ kind, id }: Holding): string => `${kind} ${id}`

/** Zeros too: a series shall not vanish when all is well. */
function countsOf(found: readonly Surveyed[]): readonly OrphanCount[] {
  return COUNTED.map(({ kind, standing }) => {
    const count = found.filter(one => one.holding.kind === kind && one.standing === standing).length
    return { kind, standing, count }
  })
}
