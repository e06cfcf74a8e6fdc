import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import type { PlainRow } from '../../src/adapters/sim/routeros-device/device-view.ts'
import type { RunningDevice } from '../../src/adapters/sim/routeros-device/running-device.ts'
import type { AttachmentRegistry } from '../../src/app/attachment-registry.ts'
import { type Attachment, type Fence, holders } from '../../src/domain/attachment.ts'
import type { Cluster } from '../../src/ports/cluster.ts'
import type { World } from './world.ts'

/** Ids and times differ from run to run, and what follows from them. */
const CHANGING: Readonly<Record<'disk' | 'file' | 'subvolume' | 'rule', readonly string[]>> = {
  disk: ['.id'],
  file: ['.id', 'last-modified'],
  subvolume: ['.id', 'uuid', 'subvolume-id', 'generation', 'creation-time', 'top-level'],
  rule: ['.id', 'creation-time'],
}
/** So much of each file is compared, from its beginning. */
const HEAD = 4096

/** Everything that a story leaves behind, without what differs from run to run anyway. */
export function endState(world: World, result: unknown): object {
  const { device, process } = world
  const { filter, lists } = device.firewall()
  return {
    result,
    disks: device.disks().map(row => withoutFormerHost(plain(row, 'disk'))),
    files: device.files().map(row => [plain(row, 'file'), headOf(device, row)]),
    subvolumes: device
      .subvolumes()
      .map(row => plain(row, 'subvolume'))
      .toSorted(byName),
    filter: filter.map(row => plain(row, 'rule')),
    lists: lists.map(row => plain(row, 'rule')).toSorted(byName),
    free: device.free,
    held: heldIn(process.registry, world.cluster),
    cut: world.sessions.filter(({ ended }) => ended.aborted).map(({ name }) => name),
  }
}

function plain(row: PlainRow, kind: keyof typeof CHANGING): PlainRow {
  const kept = Object.entries(row).filter(([name]) => !CHANGING[kind].includes(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, value?.replace(/ created=\S+/, ' created=…')]))
}

/** Every export says anew whom it lets in: while there is none, the host of the last one says nothing. */
function withoutFormerHost(disk: PlainRow): PlainRow {
  return disk['nvme-tcp-export'] === 'true' ? disk : { ...disk, 'nvme-tcp-server-allow-host-name': undefined }
}

const byName = (one: PlainRow, other: PlainRow): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)

function headOf(device: RunningDevice, { name = '', size }: PlainRow): string | undefined {
  // A folder has no size.
  if (size === undefined) return undefined
  const bytes = Buffer.alloc(HEAD)
  const file = openSync(device.locate(name), 'r')
  const length = readSync(file, bytes, 0, HEAD, 0)
  closeSync(file)
  return createHash('sha256').update(bytes.subarray(0, length)).digest('hex').slice(0, 12)
}

/** The fence of an exclusive volume says nothing: its export is for one host alone anyway. */
function heldIn(registry: AttachmentRegistry, cluster: Cluster): Readonly<Record<string, unknown>> {
  const states = registry.all().map(([volume, state]) => {
    const isExclusive = cluster.volume(volume)?.access === 'exclusive'
    return [volume, { ...seatsOf(state), ...(!isExclusive && { fence: state.fence }) }] as const
  })
  return Object.fromEntries(states.filter(([, { fence, seats }]) => seats.length > 0 || fence !== undefined))
}

function seatsOf(state: Attachment): { readonly phase: string; readonly seats: readonly unknown[]; fence?: Fence } {
  const seats = holders(state).map(({ node, leaving, lost }) => ({ node, leaving: leaving !== undefined, lost }))
  return { phase: state.phase, seats }
}
