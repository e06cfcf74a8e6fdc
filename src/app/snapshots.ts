import { StorageError } from '../domain/errors.ts'
import type { SnapshotId, VolumeId } from '../domain/ids.ts'
import type { Page } from '../domain/page.ts'
import type { Snapshot } from '../domain/snapshot.ts'
import { parseSnapshotId, snapshotIdForName } from '../domain/snapshot-id.ts'
import { unknownParameters } from '../domain/snapshot-parameters.ts'
import { nameProblem } from '../domain/volume-id.ts'
import type { Digests } from '../ports/digests.ts'
import type { SnapshotAbility, SnapshotBackend } from '../ports/snapshot-backend.ts'
import type { Detached } from './detached.ts'
import type { KeyedLock } from './keyed-lock.ts'
import { type Listing, pageOf, requireListing } from './listing.ts'
import type { OperationLog } from './operation-log.ts'
import type { Permit } from './permit.ts'
import type { Readiness } from './readiness.ts'
import { SingleFlight } from './single-flight.ts'
import { requireAbility, takeSnapshot } from './snapshot-taking.ts'

export interface SnapshotRequest {
  readonly name: string
  readonly source: VolumeId
  /** Of its VolumeSnapshotClass. */
  readonly parameters: Readonly<Record<string, string>>
}

/** Which snapshots a listing is to show; undefined: all, `unknown`: an id that nothing can have. */
export interface SnapshotFilter {
  readonly id: SnapshotId | 'unknown' | undefined
  readonly source: VolumeId | 'unknown' | undefined
}

interface Parts {
  readonly snapshots: SnapshotBackend
  readonly detached: Detached
  readonly lock: KeyedLock
  readonly operations: OperationLog
  readonly readiness: Readiness
  readonly digests: Digests
}

/** The life of snapshots, each of one volume. */
export class Snapshots {
  readonly #parts: Parts
  readonly #creations = new SingleFlight<Snapshot>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** What the pool can do about snapshots and clones, as of now. */
  ability(): SnapshotAbility {
    this.#parts.readiness.require()
    return this.#parts.snapshots.ability()
  }

  /**
   * Takes the snapshot, or returns the one that the same request took before. One that has to be copied is not ready; the
   * same request tells how it is now. Identical requests in flight share a result.
   */
  async create({ name, source, parameters }: SnapshotRequest, signal: AbortSignal): Promise<Snapshot> {
    const { readiness, digests, lock, snapshots } = this.#parts
    readiness.require()
    const problem = nameProblem(name)
    if (problem !== undefined) throw new StorageError('invalid', `name ${problem}`)
    const unknown = unknownParameters(parameters, [])
    if (unknown !== undefined) throw new StorageError('invalid', unknown)
    requireAbility(snapshots.ability())
    const id = snapshotIdForName(name, digests.sha256)
    return this.#creations.join(`${id} ${source}`, signal, shared =>
      lock.tryRun([id, source], () => takeSnapshot({ id, source, group: undefined }, this.#parts, shared)),
    )
  }

  /**
   * Removes the snapshot; success if it is gone. What was made from it stays, and so does its source. `permit` is asked under
   * its lock, before anything is done; only who has one may remove a single member of a group.
   */
  async remove(id: SnapshotId, signal: AbortSignal, permit?: Permit): Promise<void> {
    const { readiness, lock } = this.#parts
    readiness.require()
    await lock.tryRun(id, () => this.#remove(id, permit, signal))
  }

  async get(id: SnapshotId, signal: AbortSignal): Promise<Snapshot> {
    const { readiness, snapshots } = this.#parts
    readiness.require()
    const found = await snapshots.find(id, signal)
    if (found === undefined) throw new StorageError('not-found', `snapshot ${id} does not exist`)
    return found
  }

  async list(filter: SnapshotFilter, wanted: Listing, signal: AbortSignal): Promise<Page<Snapshot>> {
    this.#parts.readiness.require()
    requireListing(wanted, token => parseSnapshotId(token) !== undefined)
    return pageOf(await this.#some(filter, signal), snapshot => snapshot.id, wanted)
  }

  async #some({ id, source }: SnapshotFilter, signal: AbortSignal): Promise<readonly Snapshot[]> {
    const { snapshots } = this.#parts
    if (id === 'unknown' || source === 'unknown') return []
    const found = id === undefined ? await snapshots.list(signal) : [await snapshots.find(id, signal)]
    return found.filter(each => each !== undefined).filter(each => source === undefined || each.source === source)
  }

  async #remove(id: SnapshotId, permit: Permit | undefined, signal: AbortSignal): Promise<void> {
    const { snapshots, lock, operations } = this.#parts
    await permit?.()
    const found = await snapshots.find(id, signal)
    // A removal that was cut short may have left what is no snapshot any more.
    if (found === undefined) return snapshots.remove(id, signal)
    const { source, group } = found
    if (group !== undefined && permit === undefined) {
      throw new StorageError('invalid', `snapshot_id ${id} is a member of the group ${group}: delete the group`)
    }
    const subject = { volume: source, snapshot: id }
    await lock.tryRun(source, () => operations.record('delete_snapshot', subject, () => snapshots.remove(id, signal)))
  }
}
