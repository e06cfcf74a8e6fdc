import { fromBinary } from '@bufbuild/protobuf'
import { Controller, ListVolumesResponseSchema } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { Device } from '../lab/device.ts'
import type { Lab } from '../lab/lab.ts'
import { cpuMillis } from '../lab/proc.ts'
import type { Way } from '../lab/ways.ts'
import { newVolumeId } from '../parts/volume.ts'
import { median } from '../statistics.ts'
import { BareReader } from './bare-reader.ts'
import { type Driver, diskOf, withDrivers } from './drivers.ts'

/** A listing of all volumes over one way, in milliseconds. */
export interface ListingTook {
  /** From the call to its answer. */
  readonly wall: number
  /** Of it the processor time of the controller. */
  readonly cpu: number
}

export interface Listing {
  readonly volumes: number
  /** What the device and the wire take for the same reply, with nobody making anything of it; binary API. */
  readonly bare: number
  readonly ways: ReadonlyMap<Way, ListingTook>
}

/** Lists appliances of these sizes, in growing order. */
export async function listings(lab: Lab, sizes: readonly number[], rounds: number): Promise<readonly Listing[]> {
  const device = await Device.start()
  try {
    return await withDrivers(lab, device, async drivers => {
      const all: Listing[] = []
      let volumes = 0
      for (const size of sizes) {
        await device.put(Array.from({ length: size - volumes }, () => diskOf(newVolumeId())))
        volumes = size
        all.push(await listAll(device, drivers, { volumes, rounds }))
      }
      return all
    })
  } finally {
    await device.stop()
  }
}

async function listAll(
  device: Device,
  drivers: readonly Driver[],
  { volumes, rounds }: { readonly volumes: number; readonly rounds: number },
): Promise<Listing> {
  await device.commands()
  for (const driver of drivers) await list(driver, volumes)
  const command = (await device.commands()).find(({ path }) => path === '/disk/print')
  if (command === undefined) throw new Error('a listing asked the device nothing')
  const reader = await BareReader.open(device.access)
  const bare: number[] = []
  const taken = new Map(drivers.map(({ way }): [Way, ListingTook[]] => [way, []]))
  for (let count = 0; count < rounds; count += 1) {
    bare.push(await reader.read([command.path, ...command.words]))
    for (const driver of drivers) taken.get(driver.way)?.push(await list(driver, volumes))
  }
  reader.close()
  const of = (all: readonly ListingTook[]): ListingTook => ({
    wall: median(all.map(({ wall }) => wall)),
    cpu: median(all.map(({ cpu }) => cpu)),
  })
  return { volumes, bare: median(bare), ways: new Map([...taken].map(([way, all]) => [way, of(all)])) }
}

async function list({ client, program }: Driver, volumes: number): Promise<ListingTook> {
  const cpu = cpuMillis(program.pid)
  const begun = performance.now()
  const answer = await client.bytes(Controller.method.listVolumes, {})
  const wall = performance.now() - begun
  const taken = cpuMillis(program.pid) - cpu
  // What it takes to read the answer is not the controller's time.
  const { entries } = fromBinary(ListVolumesResponseSchema, answer)
  if (entries.length !== volumes) throw new Error(`${entries.length} volumes were listed, not ${volumes}`)
  return { wall, cpu: taken }
}
