import type { Command } from '../../src/adapters/sim/routeros-device/command.ts'
import type { Millis } from '../../src/domain/ids.ts'
import { GRACE, RECONCILE_INTERVAL } from './core-process.ts'
import type { Disturbance } from './disturbances.ts'
import { endState } from './end-state.ts'
import { type Setting, USUAL } from './setting.ts'
import { World } from './world.ts'

/** One use of the controller, as its sidecars make it. */
export interface Story {
  readonly title: string
  readonly setting?: Partial<Setting>
  /** What has happened before. */
  readonly before?: (world: World) => Promise<void>
  /** It sends no command at all: there is nothing to disturb. */
  readonly isSilent?: boolean
  /** What is disturbed; its result has to be the same as without. */
  readonly step: (world: World) => Promise<unknown>
}

/** A command of an undisturbed run. */
export interface Point {
  /** From 0. */
  readonly index: number
  readonly path: string
}

/** What an undisturbed run sends, and what it leaves. */
export interface Undisturbed {
  readonly points: readonly Point[]
  readonly end: object
}

/** After this every grace period is over. */
const SETTLING: Millis = 3 * GRACE + 2 * RECONCILE_INTERVAL
/** After this nothing comes late any more either, nor is expected to. */
const LONG_SETTLING: Millis = SETTLING + 60_000

/** Plays the story undisturbed. */
export async function recorded(story: Story, setting: Partial<Setting> = {}): Promise<Undisturbed> {
  const points: Point[] = []
  const watch = (world: World): void => {
    world.onCommand = ({ path }) => void points.push({ index: points.length, path })
  }
  const end = await played(story, setting, { arm: watch, settling: SETTLING })
  return { points, end }
}

/** Plays the story with a disturbance of one of its commands; returns what it leaves. Throws where that command never came. */
export async function disturbed(
  story: Story,
  setting: Partial<Setting>,
  { index }: Point,
  disturbance: Disturbance,
): Promise<object> {
  let arrived = -1
  let current: Command | undefined
  let isStruck = false
  const isHit = (command: Command): boolean => {
    isStruck ||= arrived === index && command === current
    return arrived === index && command === current
  }
  const arm = (world: World): void => {
    world.onCommand = command => {
      arrived += 1
      current = command
    }
    disturbance.arm(world, isHit)
  }
  const end = await played(story, setting, { arm, settling: disturbance.isSlow ? LONG_SETTLING : SETTLING })
  if (!isStruck) throw new Error(`command ${index} did not come this time`)
  return end
}

interface Course {
  readonly arm: (world: World) => void
  readonly settling: Millis
}

async function played(story: Story, setting: Partial<Setting>, { arm, settling }: Course): Promise<object> {
  const world = await World.open({ ...USUAL, ...story.setting, ...setting })
  try {
    await story.before?.(world)
    arm(world)
    const result = await story.step(world)
    world.onCommand = () => undefined
    await world.pass(settling)
    return endState(world, result)
  } catch (error) {
    throw new Error(`${(error as Error).message}; calls that failed: ${world.failures.join(' | ')}`, { cause: error })
  } finally {
    await world.close()
  }
}
