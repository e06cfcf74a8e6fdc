import { setTimeout as pause } from 'node:timers/promises'
import { Controller, Identity } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { CsiClient } from '../lab/csi-client.ts'
import { cpuMillis, type Memory, memoryOf } from '../lab/proc.ts'
import type { Program } from '../lab/program.ts'
import type { Part } from '../part.ts'
import { quantile } from '../statistics.ts'
import { printTable } from '../table.ts'
import { CAPABILITY, newVolumeId, stepsOf } from './volume.ts'

const CALLERS = [1, 16, 64]
const WARM_UP_CALLS = 1000
const WARM_UP_CALLERS = 16

interface Load {
  readonly text: string
  readonly server: Program
  readonly call: () => Promise<unknown>
}

/** Calls, each caller one after the other, until the time is up. Answers how long each call took, in milliseconds. */
async function hammer(call: () => Promise<unknown>, callers: number, isOver: () => boolean): Promise<number[]> {
  const took: number[] = []
  const caller = async (): Promise<void> => {
    while (!isOver()) {
      const begun = performance.now()
      await call()
      took.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return took
}

async function warmUp({ call }: Load): Promise<void> {
  let left = WARM_UP_CALLS
  await hammer(call, WARM_UP_CALLERS, () => (left -= 1) < 0)
}

async function measure({ text, server, call }: Load, callers: number, millis: number) {
  const cpu = cpuMillis(server.pid)
  const begun = performance.now()
  const took = await hammer(call, callers, () => performance.now() - begun >= millis)
  const span = performance.now() - begun
  const cpuPerCall = ((cpuMillis(server.pid) - cpu) * 1000) / took.length
  return [text, callers, (took.length / span) * 1000, quantile(took, 0.5), quantile(took, 0.99), cpuPerCall] as const
}

function loadsOf(server: Program, client: CsiClient, volumeId: string): readonly Load[] {
  const { validateVolumeCapabilities, controllerGetVolume } = Controller.method
  const wanted = { volumeId, volumeCapabilities: [CAPABILITY] }
  return [
    { text: 'Probe', server, call: () => client.call(Identity.method.probe, {}) },
    { text: 'ValidateVolumeCapabilities', server, call: () => client.call(validateVolumeCapabilities, wanted) },
    { text: 'ControllerGetVolume', server, call: () => client.call(controllerGetVolume, { volumeId }) },
  ]
}

/** All loads in turns for each number of callers. The first one is what the others are compared with. */
async function measureAll(loads: readonly Load[], millis: number): Promise<readonly (readonly (string | number)[])[]> {
  const rows: (readonly (string | number)[])[] = []
  for (const load of loads) await warmUp(load)
  for (const callers of CALLERS) {
    let bare: number | undefined
    for (const load of loads) {
      const row = await measure(load, callers, millis)
      const [, , rate] = row
      bare ??= rate
      rows.push([...row, rate / bare])
    }
  }
  return rows
}

const memoryRow = (when: string, { resident, anonymous, peak }: Memory) => [when, resident, anonymous, peak]

/** How many calls the controller answers, and what is left of its memory. Its answers come from memory, not from the device. */
export const rpc: Part = async ({ lab, short }) => {
  const millis = short ? 300 : 3000
  const idle = short ? 500 : 15_000
  await lab.device.setLatency(0)
  await lab.prime('controller')
  const [bare, controller] = [lab.start('bare-grpc', { cache: false }), lab.start('controller')]
  await Promise.all([bare.until('ready'), controller.until('ready')])
  const [bareClient, client] = [new CsiClient(bare.socket), new CsiClient(controller.socket)]
  const steps = stepsOf(client)
  const volumeId = newVolumeId()
  await steps.create(volumeId)
  await pause(idle)
  const before = memoryOf(controller.pid)
  const floor: Load = {
    text: 'Probe of a bare gRPC server',
    server: bare,
    call: () => bareClient.call(Identity.method.probe, {}),
  }
  const rows = await measureAll([floor, ...loadsOf(controller, client, volumeId)], millis)
  const after = memoryOf(controller.pid)
  await pause(idle)
  const later = memoryOf(controller.pid)
  await steps.delete(volumeId)
  bareClient.close()
  client.close()
  await Promise.all([lab.end(bare), lab.end(controller)])
  printTable(
    `Unary calls to the controller, ${millis / 1000} s each; the caller shares the processors`,
    ['call', 'callers', 'calls/s', 'p50 ms', 'p99 ms', 'server CPU us', 'of bare rate'],
    rows,
  )
  printTable(
    'Memory of the controller around that, MB',
    ['when', 'RSS', 'anonymous', 'peak'],
    [memoryRow('before', before), memoryRow('right after', after), memoryRow(`${idle / 1000} s later`, later)],
  )
}
