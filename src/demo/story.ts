import { detached } from './expected-events.ts'
import type { Exposition } from './exposition.ts'
import { NODE_A, NODE_B, type Scene } from './scene.ts'
import { moveExclusive } from './steps/fencing.ts'
import { useFileSystem } from './steps/file-system.ts'
import { useFirst } from './steps/first-use.ts'
import { completeMigration, handOver, rewrite, rollBackMigration, startMigration } from './steps/migrations.ts'
import { restartController } from './steps/restart.ts'
import { beginSlowMigration, seeTimeOut } from './steps/slow-migration.ts'
import { useSnapshots } from './steps/snapshots.ts'
import { createVolumes, deleteVolumes, type Volumes } from './steps/volumes.ts'
import { checkEvents, checkMetrics, type Trial } from './trial.ts'
import type { Volume } from './volume.ts'
import type { Workload } from './workload.ts'

const THERE = { source: NODE_A, target: NODE_B } as const
const BACK = { source: NODE_B, target: NODE_A } as const

/** What was told in the end. */
export interface Told {
  readonly volumes: Volumes
  /** Last metrics of each controller process. */
  readonly pages: readonly Exposition[]
  /** What differs from what is promised; empty when all is well. */
  readonly complaints: readonly string[]
}

/** The whole life of some volumes. Throws where a step fails. */
export async function tellStory(scene: Scene): Promise<Told> {
  const volumes = await createVolumes(scene)
  const onTrial = Object.values(volumes) as Volume[]
  const trial: Trial = { volumes: onTrial, complaints: [] }
  const slow = await beginSlowMigration(scene, volumes.slow)
  const moved = await migrate(scene, await useFirst(scene, volumes.vm))
  await moveExclusive(scene, volumes.database)
  await useFileSystem(scene, volumes.files)
  onTrial.push(await useSnapshots(scene, volumes.files))
  await cancel(scene, moved)
  await seeTimeOut(scene, slow)
  const first = await surviveKill(scene, trial, moved)
  await deleteVolumes(scene, volumes)
  scene.report.chapter('What operators see is what was promised to them')
  await scene.report.step('all events', () => checkEvents(scene, trial))
  const second = await scene.report.step('all metrics of the second controller process', () =>
    checkMetrics(scene, trial, 2),
  )
  return { volumes, pages: [first, second], complaints: trial.complaints }
}

async function migrate(scene: Scene, source: Workload): Promise<Workload> {
  scene.report.chapter('The machine is migrated live from node-a to node-b')
  const migration = await startMigration(scene, source, THERE)
  await handOver(scene, migration, 'the last words of node-a')
  await completeMigration(scene, migration)
  await scene.report.step('node-b writes on', () => rewrite(migration.target, 'first words of node-b'))
  return migration.target
}

async function cancel(scene: Scene, source: Workload): Promise<void> {
  scene.report.chapter('A migration back to node-a is cancelled')
  await rollBackMigration(scene, await startMigration(scene, source, BACK))
}

async function surviveKill(scene: Scene, trial: Trial, source: Workload): Promise<Exposition> {
  const { report, ledger, attacher } = scene
  report.chapter('The controller dies in the middle of a migration')
  const migration = await startMigration(scene, source, BACK)
  const page = await restartController(scene, trial, migration)
  await handOver(scene, migration, 'nothing was lost')
  await completeMigration(scene, migration)
  const { volume } = source
  await report.step('the machine is shut down; node-a leaves', async () => {
    await migration.target.end()
    await attacher.detach(volume, NODE_A)
  })
  ledger.expect(volume, detached(volume.id, NODE_A))
  return page
}
