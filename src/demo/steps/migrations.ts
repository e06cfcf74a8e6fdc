import { migrationCompleted, migrationRolledBack, migrationStarted, type Move } from '../expected-events.ts'
import { attachTo, type NodeName, same, type Scene } from '../scene.ts'
import type { Workload } from '../workload.ts'
import { USUAL_TIMEOUT } from './volumes.ts'

/** A live migration that runs: two pods hold the volume. */
export interface Migration {
  readonly source: Workload
  readonly target: Workload
  readonly move: Move & { readonly source: NodeName; readonly target: NodeName }
  /** Seconds since it began. */
  readonly took: () => number
}

/** The target node is admitted beside the source and brings the volume to its pod; the source writes on. */
export async function startMigration(scene: Scene, source: Workload, move: Migration['move']): Promise<Migration> {
  const { report, ledger } = scene
  const { volume } = source
  const began = performance.now()
  const target = await report.step(`${move.target} is admitted beside ${move.source}: a migration has begun`, () =>
    attachTo(scene, volume, move.target),
  )
  ledger.expect(volume, migrationStarted(volume.id, move, USUAL_TIMEOUT))
  await report.step(`${move.target} stages it and gives it to the target's pod`, () => target.start())
  await showRunning(scene)
  return { source, target, move, took: () => (performance.now() - began) / 1000 }
}

/** The source leaves: a success. */
export async function completeMigration(scene: Scene, { source, move, took }: Migration): Promise<void> {
  const { report, ledger, attacher } = scene
  const { volume } = source
  await report.step(`the machine runs on ${move.target} now; ${move.source} leaves: migration completed`, async () => {
    await source.end()
    await attacher.detach(volume, move.source)
  })
  ledger.expect(volume, migrationCompleted(volume.id, move, took()))
  await showRunning(scene)
}

/** The target leaves: a failure, and the source goes on. */
export async function rollBackMigration(scene: Scene, { source, target, move, took }: Migration): Promise<void> {
  const { report, ledger, attacher } = scene
  const { volume } = source
  await report.step(`the migration is cancelled; ${move.target} leaves again: rolled back`, async () => {
    await target.end()
    await attacher.detach(volume, move.target)
  })
  ledger.expect(volume, migrationRolledBack(volume.id, move, took()))
  await report.step(`${move.source} goes on as if nothing had happened`, () => rewrite(source, 'still here'))
  await showRunning(scene)
}

/** What the source wrote last is what the target reads. */
export async function handOver(scene: Scene, { source, target, move }: Migration, words: string): Promise<void> {
  await scene.report.step(`${move.source} writes "${words}"; ${move.target} reads it`, async () => {
    await source.write(0, words)
    same(`the bytes that ${move.target} reads`, await target.read(0, words.length), words)
  })
}

/** Written, and read back. */
export async function rewrite(workload: Workload, words: string): Promise<void> {
  await workload.write(0, words)
  same('the bytes read back', await workload.read(0, words.length), words)
}

/** The gauge is what it has to be at this very moment. */
export async function showRunning({ report, ledger, metrics }: Scene): Promise<void> {
  const migrating = ledger.migrating()
  const which = migrating.length === 0 ? '' : ` (${migrating.map(({ wish }) => wish.claim).join(', ')})`
  await report.step(`metric rds_csi_migration_active_migrations: ${migrating.length}${which}`, async () => {
    const running = (await metrics('controller')).value('rds_csi_migration_active_migrations')
    same('rds_csi_migration_active_migrations', running, migrating.length)
  })
}
