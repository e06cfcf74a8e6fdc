import { StorageError } from '../../../domain/errors.ts'
import type { FilesystemType } from '../../../domain/filesystem.ts'
import type { Bytes } from '../../../domain/ids.ts'
import type { Usage } from '../../../ports/filesystem.ts'
import type { SimulatedDevice } from './device.ts'
import { InTurn } from './in-turn.ts'
import type { BlockStore } from './relay.ts'
import { decodeSuperblock, encodeSuperblock, METADATA, SECTOR, type Superblock } from './superblock.ts'

/** Space is given out in blocks of this many bytes. */
const BLOCK = 1024 * 1024

/** A mounted file system with one file in it, which fills it: what is written there is counted as used. */
export class SimulatedImage implements BlockStore {
  readonly #device: SimulatedDevice
  readonly #saves = new InTurn()
  #superblock: Superblock

  private constructor(device: SimulatedDevice, superblock: Superblock) {
    this.#device = device
    this.#superblock = superblock
  }

  /** Reads it from the device; refused (`precondition`) where that holds no sound file system of this type. */
  static async open(device: SimulatedDevice, type: FilesystemType, signal: AbortSignal): Promise<SimulatedImage> {
    const superblock = decodeSuperblock(await device.read(0, SECTOR, signal))
    const problem = problemOf(superblock, type, device.bytes)
    if (typeof superblock !== 'object' || problem !== undefined) {
      throw new StorageError('precondition', `${device.path} cannot be mounted as ${type}: ${problem}`)
    }
    return new SimulatedImage(device, superblock)
  }

  get type(): FilesystemType {
    return this.#superblock.type
  }

  /** Bytes that the file in it can take. */
  size(): Bytes {
    return this.#superblock.size - METADATA
  }

  async read(offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
    this.#checkRange(offset, length)
    return this.#device.read(METADATA + offset, length, signal)
  }

  async write(offset: number, data: Uint8Array, signal: AbortSignal): Promise<void> {
    this.#checkRange(offset, data.length)
    await this.#device.write(METADATA + offset, data, signal)
    const end = METADATA + Math.ceil((offset + data.length) / BLOCK) * BLOCK
    await this.#save(now => ({ ...now, used: Math.max(now.used, Math.min(end, now.size)) }), signal)
  }

  flush(signal: AbortSignal): Promise<void> {
    return this.#device.flush(signal)
  }

  /** Read from the device, so that a dead one is not told as a healthy one. */
  async usage(signal: AbortSignal): Promise<Usage> {
    await this.#device.read(0, SECTOR, signal)
    const { size, used } = this.#superblock
    return { bytes: { total: size, used, available: size - used }, inodes: undefined }
  }

  /** Fills the device as it is now; never shrinks. */
  async grow(signal: AbortSignal): Promise<void> {
    const bytes = this.#device.bytes
    await this.#save(now => ({ ...now, size: Math.max(now.size, bytes) }), signal)
  }

  /** One change after the other; one that changes nothing writes nothing. */
  async #save(change: (now: Superblock) => Superblock, signal: AbortSignal): Promise<void> {
    await this.#saves.run('superblock', signal, async () => {
      const next = change(this.#superblock)
      if (next.size === this.#superblock.size && next.used === this.#superblock.used) return
      await this.#device.write(0, encodeSuperblock(next), signal)
      await this.#device.flush(signal)
      this.#superblock = next
    })
  }

  #checkRange(offset: number, length: number): void {
    if (offset + length <= this.size()) return
    throw new StorageError('out-of-range', `${length} bytes at ${offset} are not within ${this.size()}`)
  }
}

/** Why this superblock cannot be used as a file system of this type on a device of so many bytes, or undefined. */
export function problemOf(
  superblock: Superblock | 'damaged' | undefined,
  type: FilesystemType,
  bytes: Bytes,
): string | undefined {
  if (superblock === undefined) return 'it holds no file system'
  if (superblock === 'damaged') return 'its superblock is damaged'
  if (superblock.type !== type) return `it holds ${superblock.type}`
  return superblock.size > bytes ? `the file system has ${superblock.size} bytes, the device ${bytes}` : undefined
}
