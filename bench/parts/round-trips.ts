import { Controller } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { GOALS, type Layout, OLDER_DRIVER, verdict } from '../goals.ts'
import type { CsiClient } from '../lab/csi-client.ts'
import { type Device, sequentialTrips } from '../lab/device.ts'
import { printTable } from '../table.ts'
import { newVolumeId, type Step, stepsOf } from './volume.ts'

export type Calls = Readonly<Record<string, () => Promise<unknown>>>

export interface Counted {
  readonly trips: number
  /** Every command that came, at once or not. */
  readonly paths: string
}

/** Long enough that two commands are never at once by accident. */
const LATENCY = 50
const { listVolumes, controllerGetVolume, controllerExpandVolume } = Controller.method

/** What the device gets for each of these calls, one after the other. */
export async function count(device: Device, calls: Calls): Promise<ReadonlyMap<string, Counted>> {
  const counted = new Map<string, Counted>()
  await device.quiet()
  await device.setLatency(LATENCY)
  for (const [name, call] of Object.entries(calls)) {
    await device.commands()
    await call()
    const arrivals = await device.commands()
    counted.set(name, {
      trips: sequentialTrips(arrivals, LATENCY),
      paths: arrivals.map(({ path }) => path).join(' '),
    })
  }
  return counted
}

/** A volume's life, and what else is asked about it meanwhile. */
export function callsOn(client: CsiClient): Calls {
  const [volumeId, steps] = [newVolumeId(), stepsOf(client)]
  const capacityRange = { requiredBytes: 2n << 30n }
  return {
    create: () => steps.create(volumeId),
    list: () => client.call(listVolumes, {}),
    get: () => client.call(controllerGetVolume, { volumeId }),
    expand: () => client.call(controllerExpandVolume, { volumeId, capacityRange }),
    publish: () => steps.publish(volumeId),
    unpublish: () => steps.unpublish(volumeId),
    delete: () => steps.delete(volumeId),
  }
}

/** Prints how often each call goes to the device, one after the other, and answers it for the steps of a life. */
export async function roundTrips(
  device: Device,
  client: CsiClient,
  layout: Layout,
): Promise<Readonly<Record<Step, number>>> {
  const counted = await count(device, callsOn(client))
  const goals: Readonly<Record<string, number>> = GOALS.roundTrips[layout]
  const older: Readonly<Record<string, number>> = OLDER_DRIVER.roundTrips
  printTable(
    `Sequential device round trips of one call, from the device's log; volumes: ${layout}`,
    ['call', 'trips', 'older driver', 'goal', 'commands'],
    [...counted].map(([name, { trips, paths }]) => {
      const goal = goals[name]
      return [name, trips, older[name] ?? '', goal === undefined ? '' : verdict(trips, goal), paths]
    }),
  )
  const trips = (step: Step): number => counted.get(step)?.trips ?? 0
  return { create: trips('create'), publish: trips('publish'), unpublish: trips('unpublish'), delete: trips('delete') }
}
