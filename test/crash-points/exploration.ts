import { afterAll, describe, expect, it, vi } from 'vitest'
import type { DeviceSwitches } from '../../src/adapters/sim/routeros-device/switches.ts'
import { differences } from './difference.ts'
import { type Disturbance, DISTURBANCES } from './disturbances.ts'
import { disturbed, type Point, recorded, type Story } from './explorer.ts'
import { type Setting, type TransportKind, TRANSPORTS } from './setting.ts'

/** `all`: every disturbance of every command on every transport; else one after the other in turn, on the binary API. */
const isWhole = process.env['CRASH_POINTS'] === 'all'
const SEED = Number(process.env['CRASH_POINTS_SEED'] ?? 1)
const STORY_LIMIT = 900_000
/** What becomes of a command whose client is gone is unknown. */
const VANISHED: readonly DeviceSwitches['vanishedClient'][] = ['finishes', 'abandoned']

interface Trial {
  readonly point: Point
  readonly disturbance: Disturbance
  readonly vanishedClient: DeviceSwitches['vanishedClient']
}

/** One test for each story and transport: whatever goes wrong around any command of it, it ends as if nothing had. */
export function explore(stories: readonly Story[]): void {
  let explored = 0
  for (const wire of isWhole ? TRANSPORTS : (['api'] as const)) {
    describe(`over ${wire}, with any command disturbed,`, () => {
      it.for(stories.filter(story => isServed(story, wire)))(
        '$title ends as undisturbed',
        { timeout: STORY_LIMIT },
        async story => {
          const { points, end } = await seeded(() => recorded(story, { wire }))
          expect(points.length > 0).toBe(story.isSilent !== true)
          const different: string[] = []
          for (const trial of trialsOf(points, explored)) {
            explored += 1
            const difference = await differenceOf(story, wire, trial, end)
            if (difference !== undefined) different.push(difference)
          }
          expect(different.join('\n\n')).toBe('')
        },
      )
    })
  }
  afterAll(() => void process.stdout.write(`crash points explored: ${explored}\n`))
}

/** Copies cannot be followed over REST. */
const isServed = ({ setting }: Story, wire: TransportKind): boolean => wire !== 'rest' || setting?.snapshots !== 'copy'

function trialsOf(points: readonly Point[], before: number): Trial[] {
  if (isWhole) return points.flatMap(point => DISTURBANCES.flatMap(disturbance => variantsOf(point, disturbance)))
  return points.map((point, at) => {
    const turn = before + at
    const disturbance = DISTURBANCES[turn % DISTURBANCES.length]!
    const variants = variantsOf(point, disturbance)
    return variants[Math.floor(turn / DISTURBANCES.length) % variants.length]!
  })
}

const variantsOf = (point: Point, disturbance: Disturbance): Trial[] =>
  (disturbance.isHeld ? VANISHED : VANISHED.slice(0, 1)).map(vanishedClient => ({ point, disturbance, vanishedClient }))

/** Undefined where it ends as undisturbed. */
async function differenceOf(
  story: Story,
  wire: TransportKind,
  { point, disturbance, vanishedClient }: Trial,
  undisturbed: object,
): Promise<string | undefined> {
  const setting: Partial<Setting> = { wire, switches: { ...story.setting?.switches, vanishedClient } }
  const where = `${story.title}, over ${wire}, command ${point.index} (${point.path}): ${disturbance.name}`
  const how = `vanishedClient=${vanishedClient} CRASH_POINTS_SEED=${SEED}`
  try {
    const end = await seeded(() => disturbed(story, setting, point, disturbance))
    const found = differences(undisturbed, end)
    return found.length === 0 ? undefined : [`${where} [${how}]`, ...found].join('\n  ')
  } catch (error) {
    return `${where} [${how}]\n  it came to no end: ${(error as Error).message}`
  }
}

/** Chance has a part in when a link is tried again; each run has the same one. */
async function seeded<T>(work: () => Promise<T>): Promise<T> {
  let state = SEED
  const random = vi.spyOn(Math, 'random').mockImplementation(() => {
    // A linear congruential generator (Numerical Recipes).
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  })
  try {
    return await work()
  } finally {
    random.mockRestore()
  }
}
