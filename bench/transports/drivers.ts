import { writeComment } from '../../src/adapters/routeros/comment.ts'
import { backingFile } from '../../src/adapters/routeros/device-path.ts'
import { slotOf } from '../../src/adapters/routeros/slot.ts'
import { clusterId, instant } from '../../src/domain/ids.ts'
import { parseVolumeId } from '../../src/domain/volume-id.ts'
import { CsiClient } from '../lab/csi-client.ts'
import { BASE_PATH, type Device, type Item } from '../lab/device.ts'
import type { Lab } from '../lab/lab.ts'
import type { Program } from '../lab/program.ts'
import { type Way, WAYS } from '../lab/ways.ts'

/** The cluster that owns every volume here. */
const OWNER = '6f1d2c3b-8a94-4e57-b0c1-5d2e7f8a9b30'
const GIBIBYTE = 1 << 30

/** Beside each other, and with nothing going on by itself. */
const FLAGS = [
  `--cluster-id=${OWNER}`,
  '--leader-election=false',
  '--hardware-interval=1h',
  '--attachment-reconcile-interval=1h',
  '--orphan-check-interval=24h',
]

/** A controller that reaches the appliance one way. */
export interface Driver {
  readonly way: Way
  readonly client: CsiClient
  readonly program: Program
}

/** Starts a controller for each way, all with the same appliance. Ends them all after the work. */
export async function withDrivers<T>(
  lab: Lab,
  device: Device,
  work: (drivers: readonly Driver[]) => Promise<T>,
): Promise<T> {
  await device.setLatency(0)
  const drivers: Driver[] = []
  try {
    for (const way of WAYS) {
      const program = lab.start('controller', { way, device, flags: FLAGS })
      await program.until('ready')
      drivers.push({ way, program, client: new CsiClient(program.socket) })
    }
    await device.quiet()
    return await work(drivers)
  } finally {
    for (const { client } of drivers) client.close()
    await Promise.all(drivers.map(({ program }) => lab.end(program)))
  }
}

/** The disk of a volume of this cluster, of which no controller knows yet. */
export function diskOf(id: string): Item {
  const [volume, owner] = [parseVolumeId(id), clusterId(OWNER)]
  if (volume === undefined || owner === undefined) throw new Error(`${id} is no id of a volume`)
  const comment = writeComment({ owner, id: volume, name: id, createdAt: instant(Date.UTC(2026, 0)) })
  return { slot: slotOf(volume), comment, path: backingFile(BASE_PATH, volume), bytes: GIBIBYTE }
}
