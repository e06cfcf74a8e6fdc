import { randomUUID } from 'node:crypto'
import { Controller } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import type { Device } from '../lab/device.ts'
import { newVolumeId, stepsOf } from '../parts/volume.ts'
import { sum } from '../statistics.ts'
import { type Driver, diskOf } from './drivers.ts'

/** What is measured of so many volumes at once. `life`: create, publish, unpublish and delete, all of one before the next. */
export const TASKS = ['find', 'create', 'snapshot', 'life'] as const
export type Task = (typeof TASKS)[number]

export interface Took {
  /** Milliseconds from the first call's beginning to the last one's end. */
  readonly wall: number
  /** What the commands of one volume took the device together, by its own account. */
  readonly worked: number
}

export interface Round {
  readonly tasks: Readonly<Record<Task, Took>>
  /** How many listings of disks it took to find the volumes. */
  readonly listings: number
}

const { controllerGetVolume, createSnapshot, deleteSnapshot } = Controller.method

async function timed(device: Device, ids: readonly string[], call: (id: string) => Promise<unknown>): Promise<Took> {
  const before = await device.worked()
  const begun = performance.now()
  await Promise.all(ids.map(call))
  const wall = performance.now() - begun
  return { wall, worked: ((await device.worked()) - before) / ids.length }
}

const newIds = (count: number): readonly string[] => Array.from({ length: count }, newVolumeId)

/** Looks for volumes that are there without the controller's doing. */
async function find({ client }: Driver, device: Device, atOnce: number) {
  const ids = newIds(atOnce)
  const disks = ids.map(diskOf)
  await device.put(disks)
  const before = await device.worked()
  const begun = performance.now()
  await Promise.all(ids.map(volumeId => client.call(controllerGetVolume, { volumeId })))
  const wall = performance.now() - begun
  const listings = (await device.commands()).filter(({ path }) => path === '/disk/print').length
  // They share their commands.
  const worked = ((await device.worked()) - before) / listings
  await device.take(disks)
  return { find: { wall, worked }, listings }
}

/** Takes snapshots of these volumes and removes them again. Answers how long taking them took. */
async function snapshot({ client }: Driver, device: Device, ids: readonly string[]): Promise<Took> {
  const taken: string[] = []
  const took = await timed(device, ids, async sourceVolumeId => {
    const answer = await client.call(createSnapshot, { sourceVolumeId, name: `snapshot-${randomUUID()}` })
    taken.push(answer.snapshot?.snapshotId ?? '')
  })
  await Promise.all(taken.map(snapshotId => client.call(deleteSnapshot, { snapshotId })))
  return took
}

/** Every task once, with so many volumes at once; nothing is left of them. */
export async function round(driver: Driver, device: Device, atOnce: number): Promise<Round> {
  const steps = stepsOf(driver.client)
  const { find: found, listings } = await find(driver, device, atOnce)
  const ids = newIds(atOnce)
  const create = await timed(device, ids, steps.create)
  const taken = await snapshot(driver, device, ids)
  const all = [create]
  for (const step of ['publish', 'unpublish', 'delete'] as const) all.push(await timed(device, ids, steps[step]))
  const life = { wall: sum(all.map(({ wall }) => wall)), worked: sum(all.map(({ worked }) => worked)) }
  return { tasks: { find: found, create, snapshot: taken, life }, listings }
}
