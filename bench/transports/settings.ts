import { AT_A_TIME, type Way } from '../lab/ways.ts'
import type { Task } from './tasks.ts'

/** How long sidecars wait for a call, in milliseconds. What takes longer is not worth measuring. */
const PATIENCE = 10_000
/** The longest call of a life has at most this share of its commands. */
const LONGEST_CALL = 0.5
const MOST_ROUNDS = 5
/** What a volume costs a round beside its commands, in milliseconds. */
const OWN = 10

export interface Setting {
  /** Of each command, in milliseconds. */
  readonly latency: number
  /** How many volumes. */
  readonly atOnce: number
}

export interface Extent {
  readonly settings: readonly Setting[]
  /** How many volumes are listed. */
  readonly sizes: readonly number[]
  readonly listings: number
  /** For all rounds of one way in one setting, in milliseconds. */
  readonly budget: number
}

const allOf = (latencies: readonly number[], atOnce: readonly number[]): readonly Setting[] =>
  latencies.flatMap(latency => atOnce.map(count => ({ latency, atOnce: count })))

export const FULL: Extent = {
  settings: allOf([0, 20, 100], [1, 16, 64]),
  sizes: [10, 1000, 10_000],
  listings: 5,
  budget: 4000,
}

export const SHORT: Extent = { settings: allOf([20], [1, 4]), sizes: [10, 1000], listings: 3, budget: 700 }

/** How many commands a task sends for each volume, one after the other. */
export type Trips = Readonly<Record<Task, number>>

/** By the commands of each call. */
export function tripsOf(commands: Readonly<Record<string, string>>): Trips {
  const of = (call: string): number => (commands[call] ?? '').split(' ').filter(path => path !== '').length
  const create = of('create')
  const life = create + of('publish') + of('unpublish') + of('delete')
  return { find: of('find'), create, snapshot: of('snapshot'), life }
}

/** How often one way is measured in a setting; 0 where a call would last longer than sidecars wait. */
export function roundsOf(way: Way, trips: Trips, { latency, atOnce }: Setting, budget: number): number {
  const life = trips.life * latency * Math.max(1, atOnce / AT_A_TIME[way])
  if (life * LONGEST_CALL > PATIENCE) return 0
  return Math.max(1, Math.min(MOST_ROUNDS, Math.floor(budget / (2 * life + atOnce * OWN))))
}
