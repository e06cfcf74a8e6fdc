import { GOALS, type Layout, LAYOUTS, OLDER_DRIVER, verdict } from '../goals.ts'
import { CsiClient } from '../lab/csi-client.ts'
import type { Lab } from '../lab/lab.ts'
import type { Device } from '../lab/device.ts'
import { cpuMillis } from '../lab/proc.ts'
import type { Part } from '../part.ts'
import { printTable } from '../table.ts'
import { type Driver, live, type Lives, type Setting } from './lives.ts'
import { OlderPattern } from './older-pattern.ts'
import { roundTrips } from './round-trips.ts'
import { STEPS, stepsOf } from './volume.ts'

const LATENCIES = [20, 100]
const TOGETHER = 16
const WARM_UP: Setting = { latencyMs: 0, volumes: TOGETHER, repeats: 2 }

type Row = readonly (string | number)[]

const HEAD = [
  'driver',
  'latency',
  'at once',
  ...STEPS,
  'whole',
  'device',
  'whole/device',
  'worked',
  'whole/worked',
  'whole/bare',
  'CPU per life',
  'goal (whole)',
]

const EXPLANATION = `latency: of each command. whole: wall time until the last of the lives at once has ended. device: trips x latency.
worked: what the commands of one life took the simulated device by its own account, timers and other work included; the goal is over it.
bare: trips x what one bare command takes at the same time on the same transport, with nothing around it.
"older driver's commands" are only those, bare, one after the other; the whole older driver was measured at 100 ms
to take ${OLDER_DRIVER.alone} ms alone and ${OLDER_DRIVER.sixteen} ms with 16 at once. CPU: of the controller.`

function goalsFor(layout: Layout, { whole, worked }: Lives, { latencyMs, volumes }: Setting): string {
  const { overDevice } = GOALS.life
  const { alone, sixteen } = GOALS.life[layout]
  const ratio = `ratio ${verdict(whole / worked, overDevice)}`
  return latencyMs === 100 ? `${verdict(whole, volumes === 1 ? alone : sixteen)}; ${ratio}` : ratio
}

interface Pair {
  readonly layout: Layout
  readonly ours: Driver
  readonly older: Driver
  /** Of the controller. */
  readonly pid: number
}

async function rowsFor(device: Device, { layout, ours, older, pid }: Pair, setting: Setting): Promise<readonly Row[]> {
  const { latencyMs, volumes, repeats } = setting
  const cpu = cpuMillis(pid)
  const reached = await live(device, ours, setting)
  const cpuPerLife = (cpuMillis(pid) - cpu) / (volumes * repeats)
  const olds = await live(device, older, setting)
  // Its publish is one command.
  const overBare = (lives: Lives): number => lives.whole / ((lives.device / latencyMs) * olds.steps.publish)
  const row = (text: string, lives: Lives, rest: Row): Row => {
    const { steps, whole, device: nominal, worked } = lives
    const times = STEPS.map(step => steps[step])
    return [
      text,
      latencyMs,
      volumes,
      ...times,
      whole,
      nominal,
      whole / nominal,
      worked,
      whole / worked,
      overBare(lives),
      ...rest,
    ]
  }
  return [row(ours.text, reached, [cpuPerLife, goalsFor(layout, reached, setting)]), row(older.text, olds, ['', ''])]
}

async function allRows(pair: Pair, device: Device, repeats: number): Promise<readonly Row[]> {
  await device.setLatency(WARM_UP.latencyMs)
  for (const driver of [pair.ours, pair.older]) await live(device, driver, WARM_UP)
  const rows: Row[] = []
  for (const latencyMs of LATENCIES) {
    await device.setLatency(latencyMs)
    for (const volumes of [1, TOGETHER]) rows.push(...(await rowsFor(device, pair, { latencyMs, volumes, repeats })))
  }
  return rows
}

/** How the controller is started, so that volumes lie so. */
const FLAGS: Readonly<Record<Layout, readonly string[]>> = { flat: ['--snapshot-mode=off'], subvolumes: [] }

async function lifeOf(layout: Layout, lab: Lab, pattern: OlderPattern, repeats: number): Promise<void> {
  const { device } = lab
  await device.setLatency(0)
  const controller = lab.start('controller', { flags: FLAGS[layout] })
  await controller.until('ready')
  const client = new CsiClient(controller.socket)
  const pair: Pair = {
    layout,
    ours: { text: 'this driver', steps: stepsOf(client), trips: await roundTrips(device, client, layout) },
    older: { text: "older driver's commands", steps: pattern.steps, trips: OLDER_DRIVER.roundTrips },
    pid: controller.pid,
  }
  printTable(`A volume's life, milliseconds; volumes: ${layout}`, HEAD, await allRows(pair, device, repeats))
  client.close()
  await lab.end(controller)
}

/** The wall time of a volume's life over the time that the device takes for it. */
export const life: Part = async ({ lab, short }) => {
  const pattern = new OlderPattern(lab.device.access)
  for (const layout of LAYOUTS) await lifeOf(layout, lab, pattern, short ? 1 : 7)
  console.log(EXPLANATION)
  await pattern.close()
}
