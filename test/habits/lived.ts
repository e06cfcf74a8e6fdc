import { DEFAULT_SWITCHES, type DeviceSwitches } from '../../src/adapters/sim/routeros-device/switches.ts'
import { GiB } from '../../src/domain/capacity.ts'
import { type Setting, USUAL } from '../crash-points/setting.ts'
import { World } from '../crash-points/world.ts'
import { life, type Tale } from './life.ts'

/** On a pool with subvolumes. */
export const SUBVOLUMES: Partial<Setting> = { pool: 'btrfs', snapshots: 'auto' }
/** On a pool without, where every byte is copied. */
export const COPIES: Partial<Setting> = { pool: 'xfs', snapshots: 'copy' }

/** Lives in a world of its own. */
export async function lived(setting: Partial<Setting>): Promise<Tale> {
  const world = await World.open({ ...USUAL, ...setting })
  try {
    return await life(world)
  } finally {
    await world.close()
  }
}

/** What is told on a device with these switches, as docs/hardware-unknowns.md has it. */
export function expected({ pool, switches: given }: Partial<Setting>): Tale {
  const switches: DeviceSwitches = { ...DEFAULT_SWITCHES, ...given }
  const grows = switches.setFileSize === 'grows'
  const copies = pool === 'xfs'
  // Where a text says nothing, nor does the kind of the error.
  const orInternal = <T>(kind: T): T | 'internal' => (switches.unknownTexts === 'opaque' ? 'internal' : kind)
  const takesSpace = switches.allocation === 'thick' && (copies || switches.snapshotSpace === 'counted')
  // A copy is as large as it has to be from the beginning; a snapshot's image grows.
  const larger = copies || grows ? 'grown' : orInternal('invalid' as const)
  const hasNone = copies && switches.diskCopySlots === 'refused'
  return {
    note: switches.longComment === 'kept' ? 'kept' : 'internal',
    growth: grows ? 'grown' : orInternal('unsupported' as const),
    snapshot: hasNone ? orInternal('precondition' as const) : { took: takesSpace ? GiB : 0, larger },
  }
}
