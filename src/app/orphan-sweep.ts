import { StorageError } from '../domain/errors.ts'
import type { SnapshotId, VolumeId } from '../domain/ids.ts'
import { type Holding, isOfVolume, type StrayHolding } from '../domain/orphans.ts'
import type { BackingFiles } from '../ports/backing-files.ts'
import type { Logger } from '../ports/logger.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import type { OrphanSurvey, Surveyed } from './orphan-survey.ts'

/** A removal as the CSI calls have it: `permit` is awaited under its locks, and what it throws ends it. */
export interface Removal<Id> {
  remove(id: Id, signal: AbortSignal, permit: () => Promise<void>): Promise<void>
}

export interface SweepParts {
  readonly survey: OrphanSurvey
  readonly volumes: Removal<VolumeId>
  readonly snapshots: Removal<SnapshotId>
  readonly files: BackingFiles
  readonly telemetry: Telemetry
  readonly log: Logger
}

/** A mistake that nobody foresaw shall not take everything at once. */
const MOST_AT_ONCE = 25

/** Deletes orphans that are due, each by the use case that DeleteVolume and DeleteSnapshot have. */
export class OrphanSweep {
  readonly #parts: SweepParts
  /** Files that stayed although their volume was removed: they lie where no volume of ours lies. */
  readonly #kept = new Set<string>()

  constructor(parts: SweepParts) {
    this.#parts = parts
  }

  /** One after the other, each looked at again under its lock. One that fails is logged and left for the next check. */
  async run(due: readonly Surveyed[], signal: AbortSignal): Promise<void> {
    const { log } = this.#parts
    const todo = due.map(({ holding }) => holding).filter(({ id, kind }) => kind !== 'file' || !this.#kept.has(id))
    if (todo.length > MOST_AT_ONCE) log.warn('more orphans are due than one check deletes', { due: todo.length })
    for (const holding of todo.slice(0, MOST_AT_ONCE)) {
      signal.throwIfAborted()
      try {
        await this.#remove(holding, signal)
      } catch (error) {
        signal.throwIfAborted()
        log.warn('an orphan was not deleted', { ...holding, error })
      }
    }
  }

  async #remove(holding: Holding, signal: AbortSignal): Promise<void> {
    const { volumes, snapshots, telemetry, log } = this.#parts
    const permit = (): Promise<void> => this.#requireDue(holding, signal)
    if (isOfVolume(holding)) await volumes.remove(holding.id, signal, permit)
    else await snapshots.remove(holding.id, signal, permit)
    if (holding.kind === 'file' && (await this.#stays(holding, signal))) return
    log.warn('an orphan was deleted', { ...holding })
    telemetry.observe({ type: 'orphan-cleaned' })
  }

  async #requireDue(holding: Holding, signal: AbortSignal): Promise<void> {
    const { standing } = await this.#parts.survey.again(holding, signal)
    if (standing === 'due') return
    throw new StorageError('precondition', `${holding.kind} ${holding.id} is no orphan any more: it is ${standing}`)
  }

  async #stays({ id, path }: StrayHolding, signal: AbortSignal): Promise<boolean> {
    const { files, log } = this.#parts
    const stays = (await files.strays(signal)).some(stray => stray.path === path)
    if (!stays) return false
    this.#kept.add(id)
    log.warn('a file stays that has the name of a volume: look what it is', { volume: id, path })
    return true
  }
}
