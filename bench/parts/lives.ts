import type { Device } from '../lab/device.ts'
import { median, sum } from '../statistics.ts'
import { newVolumeId, type Step, STEPS, type Steps } from './volume.ts'

/** Whose steps are measured, and how often each goes to the device. */
export interface Driver {
  readonly text: string
  readonly steps: Steps
  readonly trips: Readonly<Record<Step, number>>
}

export interface Setting {
  readonly latencyMs: number
  /** How many lives at once. */
  readonly volumes: number
  readonly repeats: number
}

/** Milliseconds. */
export interface Lives {
  /** The median of each step. */
  readonly steps: Readonly<Record<Step, number>>
  /** From the first call's beginning to the last one's end, the median of all repeats. */
  readonly whole: number
  /** Of one life: the trips, each as long as a command is to take the device. */
  readonly device: number
  /** Of one life: what its commands took the device together, by its own account. */
  readonly worked: number
}

type Took = Readonly<Record<Step, number>>

async function liveOnce({ steps }: Driver): Promise<Took> {
  const id = newVolumeId()
  const took = { create: 0, publish: 0, unpublish: 0, delete: 0 }
  for (const step of STEPS) {
    const begun = performance.now()
    await steps[step](id)
    took[step] = performance.now() - begun
  }
  return took
}

/** Creates, publishes, unpublishes and deletes volumes, each in this order, several volumes at once. */
export async function live(device: Device, driver: Driver, { latencyMs, volumes, repeats }: Setting): Promise<Lives> {
  const before = await device.worked()
  const all: Took[] = []
  const walls: number[] = []
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const begun = performance.now()
    all.push(...(await Promise.all(Array.from({ length: volumes }, () => liveOnce(driver)))))
    walls.push(performance.now() - begun)
  }
  const of = (step: Step): number => median(all.map(took => took[step]))
  return {
    steps: { create: of('create'), publish: of('publish'), unpublish: of('unpublish'), delete: of('delete') },
    whole: median(walls),
    device: sum(STEPS.map(step => driver.trips[step])) * latencyMs,
    worked: ((await device.worked()) - before) / (volumes * repeats),
  }
}
