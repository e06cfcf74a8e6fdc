import { randomUUID } from 'node:crypto'
import { Controller } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import type { CsiClient } from '../lab/csi-client.ts'
import { BASE_PATH, type Device } from '../lab/device.ts'
import { type Calls, count } from '../parts/round-trips.ts'
import { newVolumeId, stepsOf } from '../parts/volume.ts'
import { type Driver, diskOf } from './drivers.ts'

const { controllerGetVolume, createSnapshot, deleteSnapshot } = Controller.method
const { listVolumes, listSnapshots, controllerExpandVolume } = Controller.method
const capacityRange = { requiredBytes: 2n << 30n }

/** Every call in the life of a volume and of its snapshot; `find` is of a volume that somebody else has made. */
function callsOn(client: CsiClient, foundId: string): Calls {
  const [volumeId, steps] = [newVolumeId(), stepsOf(client)]
  let snapshotId = ''
  return {
    find: () => client.call(controllerGetVolume, { volumeId: foundId }),
    create: () => steps.create(volumeId),
    get: () => client.call(controllerGetVolume, { volumeId }),
    list: () => client.call(listVolumes, {}),
    expand: () => client.call(controllerExpandVolume, { volumeId, capacityRange }),
    snapshot: async () => {
      const answer = await client.call(createSnapshot, { sourceVolumeId: volumeId, name: `snapshot-${randomUUID()}` })
      snapshotId = answer.snapshot?.snapshotId ?? ''
    },
    'list snapshots': () => client.call(listSnapshots, {}),
    'delete snapshot': () => client.call(deleteSnapshot, { snapshotId }),
    publish: () => steps.publish(volumeId),
    unpublish: () => steps.unpublish(volumeId),
    delete: () => steps.delete(volumeId),
  }
}

/**
 * The commands of each call, one after the other, as their paths. Throws where the ways differ in that: what a call does is
 * decided above them.
 */
export async function commandsOf(
  device: Device,
  drivers: readonly Driver[],
): Promise<Readonly<Record<string, string>>> {
  const all: Readonly<Record<string, string>>[] = []
  for (const { client } of drivers) {
    const found = diskOf(newVolumeId())
    await device.put([found])
    const counted = await count(device, callsOn(client, found.path.slice(BASE_PATH.length + 1, -'.img'.length)))
    await device.take([found])
    all.push(Object.fromEntries([...counted].map(([call, { paths }]) => [call, paths])))
  }
  const [first = {}, ...others] = all
  const different = Object.keys(first).find(call => others.some(other => other[call] !== first[call]))
  if (different === undefined) return first
  const told = all.map((one, at) => `${drivers[at]?.way}: ${one[different]}`)
  throw new Error(`${different} is not the same on every way: ${told.join('; ')}`)
}
