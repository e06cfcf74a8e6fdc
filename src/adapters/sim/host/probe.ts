import type { Probe } from '../../../domain/filesystem.ts'
import type { SimulatedDevice } from './device.ts'
import { decodeSuperblock, SECTOR } from './superblock.ts'

/** How much is read at either end of a device before it is called blank, in bytes. */
const ENDS = 1024 * 1024

/** What is on the device. Blank: its first and its last MiB were read and hold zeros alone. */
export async function probeDevice(device: SimulatedDevice, signal: AbortSignal): Promise<Probe> {
  const length = Math.min(ENDS, device.bytes)
  const first = await device.read(0, length, signal)
  const superblock = decodeSuperblock(first.subarray(0, SECTOR))
  if (superblock === 'damaged') return { found: 'unreadable', why: 'its superblock is damaged' }
  if (superblock !== undefined) return { found: 'filesystem', type: superblock.type }
  if (!isZero(first)) return { found: 'unreadable', why: 'it begins with data of no known kind' }
  const last = await device.read(device.bytes - length, length, signal)
  return isZero(last) ? { found: 'blank' } : { found: 'unreadable', why: 'it ends with data of no known kind' }
}

const isZero = (bytes: Buffer): boolean => bytes.equals(Buffer.alloc(bytes.length))
