import { availableParallelism, cpus } from 'node:os'
import { GOALS, verdict } from '../goals.ts'
import type { Device } from '../lab/device.ts'
import { type Way, WAYS } from '../lab/ways.ts'
import type { Part } from '../part.ts'
import { median } from '../statistics.ts'
import { printTable } from '../table.ts'
import { type Driver, withDrivers } from '../transports/drivers.ts'
import { type Listing, listings } from '../transports/listings.ts'
import { type ListingRecord, type Measured, record, recorded, type TaskTook } from '../transports/record.ts'
import { type Extent, FULL, roundsOf, type Setting, SHORT, type Trips, tripsOf } from '../transports/settings.ts'
import { type Round, round, type Task, TASKS, type Took } from '../transports/tasks.ts'
import { commandsOf } from '../transports/trips.ts'

type Rounds = ReadonlyMap<Way, readonly Round[]>

const rounded = (millis: number): number => Number(millis.toFixed(1))
const each = <T>(of: (way: Way) => T): Readonly<Record<Way, T>> =>
  Object.fromEntries(WAYS.map(way => [way, of(way)])) as Readonly<Record<Way, T>>

/** In turns, so that what else the machine does hits all of them alike. */
async function measure(device: Device, drivers: readonly Driver[], setting: Setting, wanted: Record<Way, number>) {
  await device.setLatency(setting.latency)
  const taken = new Map(drivers.map(({ way }): [Way, Round[]] => [way, []]))
  for (let count = 0; count < Math.max(...Object.values(wanted)); count += 1) {
    for (const driver of drivers) {
      if (count < wanted[driver.way]) taken.get(driver.way)?.push(await round(driver, device, setting.atOnce))
    }
  }
  return taken
}

function tookOf({ latency, atOnce }: Setting, trips: Trips, taken: Rounds): readonly TaskTook[] {
  const of = (way: Way, task: Task): readonly Took[] => (taken.get(way) ?? []).map(({ tasks }) => tasks[task])
  return TASKS.map(task => ({
    task,
    latency,
    atOnce,
    device: trips[task] * latency,
    worked: rounded(median(of('api', task).map(({ worked }) => worked))),
    took: each(way => {
      const all = of(way, task).map(({ wall }) => wall)
      return all.length === 0 ? null : rounded(median(all))
    }),
  }))
}

function printSetting({ latency, atOnce }: Setting, tasks: readonly TaskTook[], taken: Rounds): void {
  const listed = Math.max(...(taken.get('api') ?? []).map(one => one.listings))
  const goalFor = ({ task, device, worked, took }: TaskTook): string => {
    if (task === 'find' && atOnce > 1) return `${listed} listings ${verdict(listed, GOALS.transports.findListings)}`
    return task === 'life' && device > 0 ? verdict((took.api ?? 0) / worked, GOALS.life.overDevice) : ''
  }
  printTable(
    `${atOnce} at once, ${latency} ms a command: milliseconds until the last was done`,
    ['task', 'device', 'worked', ...WAYS, 'api/worked', 'own/api', 'rest/api', 'ssh/api', 'goal (api)'],
    tasks.map(row => {
      const of = (way: Way): number => row.took[way] ?? Number.NaN
      const ratios = [of('api') / row.worked, ...WAYS.slice(1).map(way => of(way) / of('api'))]
      return [row.task, row.device, row.worked, ...WAYS.map(of), ...ratios, goalFor(row)]
    }),
  )
}

const listingRecord = ({ volumes, bare, ways }: Listing): ListingRecord => ({
  volumes,
  bare: rounded(bare),
  wall: each(way => rounded(ways.get(way)?.wall ?? Number.NaN)),
  cpu: each(way => rounded(ways.get(way)?.cpu ?? Number.NaN)),
})

function printListings(all: readonly ListingRecord[]): void {
  const goal = GOALS.transports.listing
  printTable(
    'ListVolumes, milliseconds; bare: the same reply read by somebody who makes nothing of it; ours: wall less bare',
    ['volumes', 'way', 'bare', 'wall', 'ours', 'CPU', 'goal'],
    all.flatMap(({ volumes, bare, wall, cpu }) =>
      WAYS.map(way => {
        const ours = wall[way] - bare
        const judged = way === 'api' && volumes === goal.volumes
        const text = judged ? `ours ${verdict(ours, goal.millis)}; CPU ${verdict(cpu[way], goal.millis)}` : ''
        return [volumes, way, bare, wall[way], ours, cpu[way], text]
      }),
    ),
  )
}

/** What docs/reference/transports.md says has to be true still; the process ends with 1 otherwise. */
function compareWithRecord(commands: Measured['commands']): void {
  const before = recorded().commands
  const calls = [...new Set([...Object.keys(before), ...Object.keys(commands)])]
  const changed = calls.filter(call => before[call] !== commands[call])
  if (changed.length === 0) return
  console.log(`docs/reference/transports.md is out of date: ${changed.join(', ')} sent other commands; record it anew`)
  process.exitCode = 1
}

async function measureAll(device: Device, drivers: readonly Driver[], { settings, budget }: Extent) {
  const commands = await commandsOf(device, drivers)
  const trips = tripsOf(commands)
  printTable(
    'Commands of each call, one after the other, over every way',
    ['call', 'commands'],
    Object.entries(commands),
  )
  await measure(
    device,
    drivers,
    { latency: 0, atOnce: 16 },
    each(() => 1),
  )
  const all: TaskTook[] = []
  for (const setting of settings) {
    const taken = await measure(
      device,
      drivers,
      setting,
      each(way => roundsOf(way, trips, setting, budget)),
    )
    const took = tookOf(setting, trips, taken)
    printSetting(setting, took, taken)
    all.push(...took)
  }
  return { commands, tasks: all }
}

/** The transports and both clients of the binary API beside each other, each with a controller of its own. */
export const transports: Part = async ({ lab, short, recording }) => {
  const extent = short ? SHORT : FULL
  const done = await withDrivers(lab, lab.device, drivers => measureAll(lab.device, drivers, extent))
  const listed = (await listings(lab, extent.sizes, extent.listings)).map(listingRecord)
  printListings(listed)
  if (!recording) return compareWithRecord(done.commands)
  record({
    machine: `${availableParallelism()} processors (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.version}`,
    commands: done.commands,
    tasks: Object.fromEntries(done.tasks.map(row => [`${row.task} ${row.latency} ${row.atOnce}`, row])),
    listings: Object.fromEntries(listed.map(row => [String(row.volumes), row])),
  })
}
