import type { Probe } from '../../../domain/filesystem.ts'
import type { SimulatedDevice } from './device.ts'
import { decodeSuperblock, SECTOR } from './superblock.ts'

/**
 * What is on the device. Blank: no byte of the whole device is other than zero, which the block port proves. It knows at
 * once that a volume to which nothing was ever written holds nothing; any other it reads from end to end, in steps. Where
 * the signal ends that first there is no answer, never `blank`.
 */
export async function probeDevice(device: SimulatedDevice, signal: AbortSignal): Promise<Probe> {
  const superblock = decodeSuperblock(await device.read(0, Math.min(SECTOR, device.bytes), signal))
  if (superblock === 'damaged') return { found: 'unreadable', why: 'its superblock is damaged' }
  if (superblock !== undefined) return { found: 'filesystem', type: superblock.type }
  const data = await device.firstData(signal)
  if (data === undefined) return { found: 'blank' }
  return { found: 'unreadable', why: `it holds data of no known kind, the first of it at byte ${data}` }
}
