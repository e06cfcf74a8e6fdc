import { StorageError } from '../domain/errors.ts'
import {
  groupOf,
  type GroupSnapshot,
  groupWith,
  membersOf,
  namedMembersProblem,
  planGroup,
} from '../domain/group-snapshot.ts'
import type { GroupId, Millis, SnapshotId, VolumeId } from '../domain/ids.ts'
import type { Snapshot, SnapshotSpec } from '../domain/snapshot.ts'
import { groupIdFor, memberId } from '../domain/snapshot-id.ts'
import { type MemberConsistency, MEMBER_CONSISTENCY, readGroupParameters } from '../domain/snapshot-parameters.ts'
import { nameProblem } from '../domain/volume-id.ts'
import type { Digests } from '../ports/digests.ts'
import type { Logger } from '../ports/logger.ts'
import type { SnapshotBackend } from '../ports/snapshot-backend.ts'
import type { Detached } from './detached.ts'
import type { KeyedLock } from './keyed-lock.ts'
import type { OperationLog } from './operation-log.ts'
import type { Readiness } from './readiness.ts'
import { SingleFlight } from './single-flight.ts'
import { takeSnapshot } from './snapshot-taking.ts'

export interface GroupRequest {
  readonly name: string
  readonly sources: readonly VolumeId[]
  /** Of its VolumeGroupSnapshotClass. */
  readonly parameters: Readonly<Record<string, string>>
}

interface Parts {
  readonly snapshots: SnapshotBackend
  readonly detached: Detached
  readonly lock: KeyedLock
  readonly operations: OperationLog
  readonly readiness: Readiness
  readonly digests: Digests
  readonly log: Logger
}

/** Undoing has a limit of its own: the caller's may have run out. */
const UNDO_LIMIT: Millis = 15_000

/** Snapshots of several volumes, taken together: all of them, or none. */
export class GroupSnapshots {
  readonly #parts: Parts
  readonly #creations = new SingleFlight<GroupSnapshot>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Whether the pool takes snapshots at once; copies of several volumes would be of different moments. */
  isAble(): boolean {
    this.#parts.readiness.require()
    return this.#parts.snapshots.ability().way === 'instant'
  }

  /**
   * Takes the group, or returns the one that the same request took before. Members are taken one after another: that is one
   * point in time as long as at most one of them is attached. Otherwise `precondition`, unless the class accepts it.
   */
  async create({ name, sources, parameters }: GroupRequest, signal: AbortSignal): Promise<GroupSnapshot> {
    const { readiness, digests, lock } = this.#parts
    readiness.require()
    const consistency = this.#checked(name, parameters)
    const volumes = [...new Set(sources)].toSorted()
    if (volumes.length === 0) throw new StorageError('invalid', 'source_volume_ids are missing: at least one is needed')
    const id = groupIdFor(name, volumes, digests.sha256)
    const specs = volumes.map(source => ({ id: memberId(id, source, digests.sha256), source, group: id }))
    // Another group of the same name has another id: the name is held too.
    const keys = [id, `name of ${name}`, ...specs.flatMap(spec => [spec.id, spec.source])]
    return this.#creations.join(`${id} ${consistency}`, signal, shared =>
      lock.tryRun(keys, () => this.#create(id, specs, consistency, shared)),
    )
  }

  /** Removes the group with all its members; success if it is gone. `named` are all its members, or none. */
  async remove(id: GroupId, named: readonly SnapshotId[], signal: AbortSignal): Promise<void> {
    const { readiness, lock, snapshots } = this.#parts
    readiness.require()
    await lock.tryRun(id, async () => {
      const all = await snapshots.list(signal)
      requireNamed(all, id, named)
      const members = membersOf(all, id)
      const keys = members.flatMap(member => [member.id, member.source])
      await lock.tryRun([...new Set(keys)], () => this.#removeAll(members, signal))
    })
  }

  async get(id: GroupId, named: readonly SnapshotId[], signal: AbortSignal): Promise<GroupSnapshot> {
    const { readiness, snapshots, digests } = this.#parts
    readiness.require()
    const all = await snapshots.list(signal)
    const group = groupOf(all, id, digests.sha256)
    if (group === undefined) throw new StorageError('not-found', `group ${id} does not exist`)
    requireNamed(all, id, named)
    return group
  }

  #checked(name: string, parameters: Readonly<Record<string, string>>): MemberConsistency {
    const problem = nameProblem(name)
    if (problem !== undefined) throw new StorageError('invalid', `name ${problem}`)
    const reading = readGroupParameters(parameters)
    if ('problem' in reading) throw new StorageError('invalid', reading.problem)
    const ability = this.#parts.snapshots.ability()
    if (ability.way === 'instant') return reading.consistency
    const why =
      ability.way === 'none' ? ability.why : 'this pool copies every byte, so members would be of different times'
    throw new StorageError('unsupported', `groups of snapshots are not served: ${why}`)
  }

  async #create(
    id: GroupId,
    specs: readonly SnapshotSpec[],
    consistency: MemberConsistency,
    signal: AbortSignal,
  ): Promise<GroupSnapshot> {
    const { snapshots, digests } = this.#parts
    const todo = planGroup(await snapshots.list(signal), id, digests.sha256)
    switch (todo.do) {
      case 'return':
        return todo.group
      case 'refuse':
        throw new StorageError('conflict', `the group exists and differs: ${todo.difference}`)
      case 'take':
        if (consistency === 'strict') await this.#requireOneMoment(specs, signal)
        await this.#removeAll(todo.leftovers, signal)
        return groupWith(id, await this.#takeAll(specs, signal))
    }
  }

  async #requireOneMoment(specs: readonly SnapshotSpec[], signal: AbortSignal): Promise<void> {
    const attached = await this.#parts.detached.attachedOf(
      specs.map(({ source }) => source),
      signal,
    )
    if (attached.length <= 1) return
    throw new StorageError(
      'precondition',
      `volumes ${attached.join(', ')} are attached: their snapshots would be taken one after another, not at one moment; ` +
        `detach all but one of them, or accept that with ${MEMBER_CONSISTENCY}=sequential in the VolumeGroupSnapshotClass`,
    )
  }

  async #takeAll(specs: readonly SnapshotSpec[], signal: AbortSignal): Promise<readonly Snapshot[]> {
    const taken: Snapshot[] = []
    try {
      for (const spec of specs) taken.push(await takeSnapshot(spec, this.#parts, signal))
      return taken
    } catch (error) {
      await this.#undo(specs.slice(0, taken.length + 1))
      throw error
    }
  }

  /** The one that failed may have been taken all the same. What cannot be removed now is removed by the next call. */
  async #undo(specs: readonly SnapshotSpec[]): Promise<void> {
    const { snapshots, log } = this.#parts
    const limit = AbortSignal.timeout(UNDO_LIMIT)
    for (const { id, source, group } of specs) {
      try {
        await snapshots.remove(id, limit)
      } catch (error) {
        log.warn('a member of a group that failed could not be removed', { snapshot: id, volume: source, group, error })
      }
    }
  }

  async #removeAll(members: readonly Snapshot[], signal: AbortSignal): Promise<void> {
    const { snapshots, operations } = this.#parts
    for (const { id, source } of members) {
      const subject = { volume: source, snapshot: id }
      await operations.record('delete_snapshot', subject, () => snapshots.remove(id, signal))
    }
  }
}

function requireNamed(all: readonly Snapshot[], id: GroupId, named: readonly SnapshotId[]): void {
  const problem = namedMembersProblem(all, id, named)
  if (problem !== undefined) throw new StorageError('invalid', `snapshot_ids: ${problem}`)
}
