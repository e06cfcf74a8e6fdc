import { checkEvents, checkMetrics, type Trial } from '../trial.ts'
import type { Exposition } from '../exposition.ts'
import { same, type Scene } from '../scene.ts'
import { type Migration, rewrite, showRunning } from './migrations.ts'

/**
 * The controller is killed while a migration runs, and started again. Answers the metrics of the one that was killed: its
 * counters end with it.
 */
export async function restartController(scene: Scene, trial: Trial, { source }: Migration): Promise<Exposition> {
  const { report, ledger, killController, startController } = scene
  await report.step('all events until now are on the claims', () => checkEvents(scene, trial))
  const last = await report.step('all metrics until now are right', () => checkMetrics(scene, trial, 1))
  await report.step('the controller is killed with SIGKILL, in the middle of the migration', killController)
  await report.step('nothing is lost for the machine: it writes on', () => rewrite(source, 'no controller'))
  await report.step('the controller is started again and rebuilds who holds what', startController)
  ledger.controllerRestarted()
  same('running migrations', ledger.migrating().length, 1)
  await showRunning(scene)
  return last
}
