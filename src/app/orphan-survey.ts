import { holders } from '../domain/attachment.ts'
import { after, type Instant, type Millis } from '../domain/ids.ts'
import {
  type Evidence,
  type Holding,
  isNew,
  isOfVolume,
  judge,
  type Judgement,
  type Memory,
  type References,
  shifted,
  stricter,
  UNKNOWN_PAST,
} from '../domain/orphans.ts'
import type { BackingFiles, StrayFile } from '../ports/backing-files.ts'
import type { Clock } from '../ports/clock.ts'
import type { ClusterReferences } from '../ports/cluster-references.ts'
import type { HostAccess } from '../ports/host-access.ts'
import type { LedgerPage, OrphanLedger } from '../ports/orphan-ledger.ts'
import type { SnapshotBackend } from '../ports/snapshot-backend.ts'
import type { VolumeBackend } from '../ports/volume-backend.ts'
import type { AttachmentRegistry } from './attachment-registry.ts'
import type { RecentUse } from './recent-use.ts'

/** Clocks of two kinds never agree to the millisecond; what is more than this was set. */
const TOLERANCE: Millis = 60_000

export interface SurveyParts {
  readonly backend: VolumeBackend
  readonly snapshotBackend: SnapshotBackend
  readonly files: BackingFiles
  readonly hosts: HostAccess
  readonly registry: AttachmentRegistry
  readonly references: ClusterReferences
  readonly ledger: OrphanLedger
  readonly recent: RecentUse
  readonly clock: Clock
  readonly orphanGrace: Millis
}

/** One thing on the appliance and how it stands. */
export interface Surveyed extends Judgement {
  readonly holding: Holding
}

/**
 * Compares what is on the appliance with what the cluster names. The appliance is listed first: what is made meanwhile is
 * not seen, and what is on the list has had its object made before, or waits out the grace period.
 */
export class OrphanSurvey {
  readonly #parts: SurveyParts
  /** The clocks at the last survey whose memories were kept. */
  #seen: { readonly now: Instant; readonly monotonic: Millis } | undefined

  constructor(parts: SurveyParts) {
    this.#parts = parts
  }

  /** Everything, judged, and remembered in the ledger. Whatever could not be read or written is an error. */
  async run(signal: AbortSignal): Promise<readonly Surveyed[]> {
    const { references, ledger, recent, clock, orphanGrace } = this.#parts
    const holdings = await this.#holdings(signal)
    const named = await references.list(signal)
    const page = await ledger.read(signal)
    const seen = { now: clock.now(), monotonic: clock.monotonic() }
    const entries = this.#settled(page)
    const found: Surveyed[] = []
    for (const holding of holdings) {
      found.push(await this.#judged(holding, named, entries, signal))
    }
    recent.forgetBefore(after(clock.now(), -2 * orphanGrace))
    await this.#remember(page, found, signal)
    this.#seen = seen
    return found
  }

  /** How this one stands now, with everything but the appliance's listing asked anew. Remembers nothing. */
  async again(holding: Holding, signal: AbortSignal): Promise<Surveyed> {
    const { references, ledger } = this.#parts
    const named = await references.list(signal)
    const { entries } = await ledger.read(signal)
    const surveyed = await this.#judged(holding, named, entries, signal)
    const waits = surveyed.standing === 'due' && this.#drift() !== 0
    return waits ? { ...surveyed, standing: 'waiting' } : surveyed
  }

  async #holdings(signal: AbortSignal): Promise<readonly (Holding | StrayFile)[]> {
    const { backend, snapshotBackend, files } = this.#parts
    const volumes = await backend.list(signal)
    // Also where no more can be taken: what is not seen is forgotten, and with it that it is to be retained.
    const snapshots = await snapshotBackend.list(signal)
    const strays = await files.strays(signal)
    return [
      ...volumes.map(({ id, createdAt }) => ({ kind: 'volume', id, createdAt }) as const),
      ...snapshots.map(({ id, source, createdAt }) => ({ kind: 'snapshot', id, source, createdAt }) as const),
      ...strays,
    ]
  }

  async #judged(
    holding: Holding,
    references: References,
    entries: ReadonlyMap<string, Memory>,
    signal: AbortSignal,
  ): Promise<Surveyed> {
    const { clock, recent, orphanGrace } = this.#parts
    const usedAt = recent.of(holding.id)
    const isFresh = usedAt !== undefined || isNew(holding, clock.now(), orphanGrace)
    const memory = memoryOf(holding, entries) ?? (isFresh ? undefined : memoryOfStranger(holding))
    const evidence: Evidence = { references, memory, usedAt, held: await this.#isHeld(holding, signal) }
    return { holding, ...judge(holding, evidence, clock.now(), orphanGrace) }
  }

  async #isHeld(holding: Holding, signal: AbortSignal): Promise<boolean> {
    const { registry, hosts } = this.#parts
    if (!isOfVolume(holding)) return false
    if (holders(registry.get(holding.id)).length > 0) return true
    return holding.kind === 'volume' && (await hosts.admitted(holding.id, signal)).to !== 'nobody'
  }

  /** What is remembered, set right after the clock was set. */
  #settled({ entries }: LedgerPage): ReadonlyMap<string, Memory> {
    const drift = this.#drift()
    if (drift === 0) return entries
    return new Map(Array.from(entries, ([id, memory]) => [id, shifted(memory, drift)]))
  }

  /** By how much the time of day was set since the last survey of this process; 0 for what is no more than usual. */
  #drift(): Millis {
    const { clock } = this.#parts
    if (this.#seen === undefined) return 0
    const drift = clock.now() - this.#seen.now - (clock.monotonic() - this.#seen.monotonic)
    return Math.abs(drift) > TOLERANCE ? Math.round(drift) : 0
  }

  async #remember(page: LedgerPage, found: readonly Surveyed[], signal: AbortSignal): Promise<void> {
    const entries = new Map<string, Memory>()
    for (const { holding, memory } of found) {
      // A volume and a file may have one id.
      if (memory !== undefined) entries.set(holding.id, stricter(memory, entries.get(holding.id)))
    }
    if (equal(entries, page.entries)) return
    await this.#parts.ledger.write({ entries, version: page.version }, signal)
  }
}

/** A file is ours where an entry says so, of itself or of what it was made from. */
function memoryOf(holding: Holding | StrayFile, entries: ReadonlyMap<string, Memory>): Memory | undefined {
  const own = entries.get(holding.id)
  if (own !== undefined || !('from' in holding) || holding.from === undefined) return own
  return entries.has(holding.from) ? { policy: undefined, since: undefined } : undefined
}

/**
 * Of something that turns up without being new: at the first check of all, after the ledger was deleted, or when what could
 * not be seen for a while is seen again. Nobody knows what its object has said. Of a file not even whose it is.
 */
const memoryOfStranger = ({ kind }: Holding): Memory | undefined => (kind === 'file' ? undefined : UNKNOWN_PAST)

const equal = (one: ReadonlyMap<string, Memory>, other: ReadonlyMap<string, Memory>): boolean =>
  one.size === other.size &&
  Array.from(one).every(([id, { policy, since }]) => {
    const there = other.get(id)
    return there !== undefined && there.policy === policy && there.since === since
  })
