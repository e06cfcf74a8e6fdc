import { attached, detached, migrationStarted, migrationTimedOut } from '../expected-events.ts'
import { attachTo, NODE_A, NODE_B, same, type Scene } from '../scene.ts'
import type { Volume } from '../volume.ts'
import { until } from '../waiting.ts'
import type { Workload } from '../workload.ts'
import { rewrite } from './migrations.ts'
import { SLOW_TIMEOUT } from './volumes.ts'

const MOVE = { source: NODE_A, target: NODE_B }
const WAIT_LIMIT = 36_000

/** A migration that nobody will finish in time. */
export interface SlowMigration {
  readonly volume: Volume
  readonly source: Workload
  readonly target: Workload
  readonly began: number
}

/** Begins first of all, so that its 30 seconds pass while other things happen. */
export async function beginSlowMigration(scene: Scene, volume: Volume): Promise<SlowMigration> {
  const { report, ledger } = scene
  report.chapter('A migration of slow-vm-disk begins that will not end in time')
  const source = await report.step('a virtual machine runs on node-a', async () => {
    const workload = await attachTo(scene, volume, NODE_A)
    await workload.start()
    return workload
  })
  ledger.expect(volume, attached(volume.id, NODE_A))
  const began = report.elapsed
  const target = await report.step(`node-b is admitted beside it; it has ${SLOW_TIMEOUT} from now on`, async () => {
    const workload = await attachTo(scene, volume, NODE_B)
    await workload.start()
    return workload
  })
  ledger.expect(volume, migrationStarted(volume.id, MOVE, SLOW_TIMEOUT))
  return { volume, source, target, began }
}

/** The time-out is told by itself. It takes nothing from anybody; the later departures are plain ones. */
export async function seeTimeOut(scene: Scene, { volume, source, target, began }: SlowMigration): Promise<void> {
  const { report, ledger, attacher } = scene
  report.chapter(`The migration of slow-vm-disk, begun at ${began.toFixed(1)} s, takes too long`)
  report.note(`waiting for its ${SLOW_TIMEOUT} to pass`)
  await report.step('the time-out has come and was told without anybody asking', () => told(scene, volume))
  ledger.expect(volume, migrationTimedOut(volume.id, MOVE, SLOW_TIMEOUT))
  await report.step('both nodes still read and write: a time-out takes nothing away', async () => {
    await rewrite(target, 'node-b is here')
    same('what node-a reads', await source.read(0, 14), 'node-b is here')
  })
  await report.step('both nodes leave', async () => {
    await target.end()
    await attacher.detach(volume, NODE_B)
    await source.end()
    await attacher.detach(volume, NODE_A)
  })
  ledger.expect(volume, detached(volume.id, NODE_B))
  ledger.expect(volume, detached(volume.id, NODE_A))
}

async function told({ events, signal }: Scene, volume: Volume): Promise<void> {
  const failed = async () => (await events(volume)).find(({ reason }) => reason === 'MigrationFailed')
  await until('the event that tells the time-out', failed, { signal, limit: WAIT_LIMIT })
}
