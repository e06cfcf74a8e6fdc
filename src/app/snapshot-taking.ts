import { isStorageError, StorageError } from '../domain/errors.ts'
import type { Snapshot, SnapshotSpec } from '../domain/snapshot.ts'
import type { SnapshotAbility, SnapshotBackend } from '../ports/snapshot-backend.ts'
import type { Detached } from './detached.ts'
import type { OperationLog } from './operation-log.ts'

interface Parts {
  readonly snapshots: SnapshotBackend
  readonly detached: Detached
  readonly operations: OperationLog
}

/** Throws `unsupported` with the reason where the pool can take none. */
export function requireAbility(ability: SnapshotAbility): void {
  if (ability.way === 'none') throw new StorageError('unsupported', `snapshots are not served: ${ability.why}`)
}

/** Takes one snapshot and tells it; called under the locks of the snapshot and of its source. */
export async function takeSnapshot(spec: SnapshotSpec, parts: Parts, signal: AbortSignal): Promise<Snapshot> {
  const { snapshots, operations } = parts
  return operations.record(
    'snapshot',
    { volume: spec.source, snapshot: spec.id },
    async () => {
      if (snapshots.ability().way === 'copy') await requireCopyable(spec, parts, signal)
      return explained(snapshots.snapshot(spec, signal))
    },
    { bytes: snapshot => snapshot.bytes, ended: snapshot => snapshot.ready },
  )
}

/** What is being written to cannot be copied; a copy that is done is no matter of the source any more. */
async function requireCopyable(
  { id, source }: SnapshotSpec,
  { snapshots, detached }: Parts,
  signal: AbortSignal,
): Promise<void> {
  if ((await snapshots.find(id, signal))?.ready !== true) await detached.require(source, 'be copied', signal)
}

/** The driver can take snapshots; that this volume cannot have any is a matter of its state. */
async function explained(taking: Promise<Snapshot>): Promise<Snapshot> {
  try {
    return await taking
  } catch (error) {
    if (isStorageError(error, 'unsupported')) throw new StorageError('precondition', error.message, { cause: error })
    throw error
  }
}
