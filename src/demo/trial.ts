import type { Exposition } from './exposition.ts'
import type { Scene } from './scene.ts'
import { eventDifferences, metricDifferences } from './verdict.ts'
import type { Volume } from './volume.ts'
import { until } from './waiting.ts'

/** Events are posted behind the scenes, so a moment may pass until they are there. */
const SETTLING = 5_000

/** What is on trial, and everything that was found wrong. */
export interface Trial {
  readonly volumes: readonly Volume[]
  readonly complaints: string[]
}

/** Compares the events on every claim with what has to have been told. */
export async function checkEvents(scene: Scene, { volumes, complaints }: Trial): Promise<void> {
  for (const volume of volumes) {
    const differences = await settled(scene, async () =>
      eventDifferences(scene.ledger.eventsOn(volume), await scene.events(volume)),
    )
    complaints.push(...differences.map(line => `events of ${volume.wish.claim}: ${line}`))
  }
}

/** Compares the metrics of the controller process of that number, which is running; answers the page. */
export async function checkMetrics(scene: Scene, { complaints }: Trial, process: number): Promise<Exposition> {
  const { ledger, metrics } = scene
  const differences = await settled(scene, async () =>
    metricDifferences(await metrics('controller'), ledger.counts(process), ledger.migrating().length),
  )
  complaints.push(...differences.map(line => `metrics of controller process ${process}: ${line}`))
  return metrics('controller')
}

/** No differences, or those that are still there when time is up. */
async function settled({ signal }: Scene, compare: () => Promise<readonly string[]>): Promise<readonly string[]> {
  let differences: readonly string[] = []
  const equal = async (): Promise<true | undefined> => {
    differences = await compare()
    return differences.length === 0 ? true : undefined
  }
  await until('all to be as promised', equal, { signal, limit: SETTLING }).catch((error: unknown) => {
    signal.throwIfAborted()
    if (differences.length === 0) throw error
  })
  return differences
}
