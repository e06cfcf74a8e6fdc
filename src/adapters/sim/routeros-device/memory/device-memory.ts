import type { Subvolume } from '../btrfs/subvolume.ts'
import type { DeviceState } from '../device-state.ts'
import type { FirewallItem } from '../firewall/firewall.ts'
import type { PoolMemory } from '../pool.ts'
import { type FilesMemory, recallFiles, rememberFiles } from './files-memory.ts'

type Settings = readonly (readonly [string, string])[]

interface ItemMemory {
  readonly id: number
  readonly settings: Settings
}

interface RuleMemory extends ItemMemory {
  readonly created: string
}

interface SubvolumeMemory extends Omit<Subvolume, 'created' | 'diedAt' | 'source'> {
  readonly created: string
  readonly source?: string
}

/** What a device remembers over a stop of the simulator, as JSON can hold it. Options and switches are not in it. */
export interface DeviceMemory {
  readonly format: 'rds-csi simulated device'
  readonly version: 1
  readonly poolName: string
  readonly poolFs: string
  readonly identity: string
  /** The lowest number of each menu that was never handed out. */
  readonly ids: Readonly<Record<keyof DeviceState['ids'], number>>
  readonly pool: PoolMemory
  readonly hardware: readonly (ItemMemory & { readonly first: boolean })[]
  readonly files: FilesMemory
  readonly subvolumes: readonly SubvolumeMemory[]
  readonly disks: readonly ItemMemory[]
  readonly filter: readonly RuleMemory[]
  readonly lists: readonly RuleMemory[]
}

/** Everything that is to be remembered of a device now. */
export function remember(device: DeviceState): DeviceMemory {
  const { pool, ids, firewall } = device
  return {
    format: 'rds-csi simulated device',
    version: 1,
    poolName: pool.name,
    poolFs: pool.fs,
    identity: device.system.identity,
    ids: {
      disks: ids.disks.next,
      files: ids.files.next,
      subvolumes: ids.subvolumes.next,
      firewall: ids.firewall.next,
    },
    pool: pool.remember(),
    hardware: device.hardware.remember().map(({ id, properties, first }) => ({ id, settings: [...properties], first })),
    files: rememberFiles(device.files.remember()),
    subvolumes: device.subvolumes.remember().map(rememberSubvolume),
    disks: device.disks.remember().map(({ id, settings }) => ({ id, settings: [...settings] })),
    filter: firewall.filter.map(rememberRule),
    lists: firewall.lists.map(rememberRule),
  }
}

/** Gives a new device what another one remembered. Throws when its pool is not the same. */
export function recall(device: DeviceState, memory: DeviceMemory): void {
  const { pool, ids } = device
  if (memory.poolName !== pool.name || memory.poolFs !== pool.fs) {
    const [saved, wanted] = [`${memory.poolName} (${memory.poolFs})`, `${pool.name} (${pool.fs})`]
    throw new Error(`the saved device has the pool ${saved}, not ${wanted}; use another folder`)
  }
  device.system.identity = memory.identity
  pool.recall(memory.pool)
  for (const kind of ['disks', 'files', 'subvolumes', 'firewall'] as const) ids[kind].startFrom(memory.ids[kind])
  device.hardware.recall(
    memory.hardware.map(({ id, settings, first }) => ({ id, properties: new Map(settings), first })),
  )
  device.files.recall(recallFiles(memory.files))
  device.subvolumes.recall(memory.subvolumes.map(recallSubvolume))
  device.disks.recall(memory.disks.map(({ id, settings }) => ({ id, settings: new Map(settings) })))
  device.firewall.recall({ filter: memory.filter.map(recallRule), lists: memory.lists.map(recallRule) })
}

function rememberSubvolume(subvolume: Subvolume): SubvolumeMemory {
  const { id, subvolumeId, fullname, uuid, source, readOnly, created, generation, comment } = subvolume
  const kept = { id, subvolumeId, fullname, uuid, readOnly, generation, comment, created: created.toISOString() }
  return source === undefined ? kept : { ...kept, source }
}

function recallSubvolume({ created, source, ...rest }: SubvolumeMemory): Subvolume {
  return { ...rest, source, created: new Date(created), diedAt: undefined }
}

function rememberRule({ id, settings, created }: FirewallItem): RuleMemory {
  return { id, settings: [...settings], created: created.toISOString() }
}

function recallRule({ id, settings, created }: RuleMemory): FirewallItem {
  return { id, settings: new Map(settings), created: new Date(created) }
}
