import { GOALS, OLDER_DRIVER, verdict } from '../goals.ts'
import { CsiClient } from '../lab/csi-client.ts'
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
  'whole/bare',
  'CPU per life',
  'goal (whole)',
]

const EXPLANATION = `latency: of each command. whole: wall time until the last of the lives at once has ended. device: trips x latency.
bare: trips x what one bare command takes at the same time on the same transport, with nothing around it.
"older driver's commands" are only those, bare, one after the other; the whole older driver was measured at 100 ms
to take ${OLDER_DRIVER.alone} ms alone and ${OLDER_DRIVER.sixteen} ms with 16 at once. CPU: of the controller.`

function goalsFor({ whole, device }: Lives, { latencyMs, volumes }: Setting): string {
  const { alone, sixteen, overDevice } = GOALS.life
  const ratio = `ratio ${verdict(whole / device, overDevice)}`
  return latencyMs === 100 ? `${verdict(whole, volumes === 1 ? alone : sixteen)}; ${ratio}` : ratio
}

interface Pair {
  readonly ours: Driver
  readonly older: Driver
  /** Of the controller. */
  readonly pid: number
}

async function rowsFor({ ours, older, pid }: Pair, setting: Setting): Promise<readonly Row[]> {
  const { latencyMs, volumes, repeats } = setting
  const cpu = cpuMillis(pid)
  const reached = await live(ours, setting)
  const cpuPerLife = (cpuMillis(pid) - cpu) / (volumes * repeats)
  const olds = await live(older, setting)
  // Its publish is one command.
  const overBare = ({ whole, device }: Lives): number => whole / ((device / latencyMs) * olds.steps.publish)
  const row = (text: string, lives: Lives, rest: Row): Row => {
    const { steps, whole, device } = lives
    const times = STEPS.map(step => steps[step])
    return [text, latencyMs, volumes, ...times, whole, device, whole / device, overBare(lives), ...rest]
  }
  return [row(ours.text, reached, [cpuPerLife, goalsFor(reached, setting)]), row(older.text, olds, ['', ''])]
}

async function allRows(pair: Pair, device: Device, repeats: number): Promise<readonly Row[]> {
  await device.setLatency(WARM_UP.latencyMs)
  for (const driver of [pair.ours, pair.older]) await live(driver, WARM_UP)
  const rows: Row[] = []
  for (const latencyMs of LATENCIES) {
    await device.setLatency(latencyMs)
    for (const volumes of [1, TOGETHER]) rows.push(...(await rowsFor(pair, { latencyMs, volumes, repeats })))
  }
  return rows
}

/** The wall time of a volume's life over the time that the device takes for it. */
export const life: Part = async ({ lab, short }) => {
  const { device } = lab
  await device.setLatency(0)
  const controller = lab.start('controller')
  await controller.until('ready')
  const client = new CsiClient(controller.socket)
  const pattern = new OlderPattern(device.access)
  const pair: Pair = {
    ours: { text: 'this driver', steps: stepsOf(client), trips: await roundTrips(device, client) },
    older: { text: "older driver's commands", steps: pattern.steps, trips: OLDER_DRIVER.roundTrips },
    pid: controller.pid,
  }
  printTable("A volume's life, milliseconds", HEAD, await allRows(pair, device, short ? 1 : 7))
  console.log(EXPLANATION)
  client.close()
  await pattern.close()
  await lab.end(controller)
}
