import { MAX_VOLUME_BYTES, MIN_VOLUME_BYTES, SIZE_GRAIN } from '../../domain/capacity.ts'
import { StorageError } from '../../domain/errors.ts'
import type { Bytes } from '../../domain/ids.ts'
import { keptBack, type PoolReserve } from '../../domain/pool-reserve.ts'
import type { PoolCapacity } from '../../ports/volume-backend.ts'
import type { Appliance } from './appliance.ts'
import { kindOf, refusal } from './refusals.ts'
import type { TrapError } from './transport.ts'

/** The pool's free space, of which a reserve is kept back: a copy-on-write file system that is full cannot even delete. */
export class Space {
  readonly #appliance: Appliance
  readonly #reserve: PoolReserve
  /** Bytes that commands on their way are about to take. */
  #pending: Bytes = 0

  constructor(appliance: Appliance, reserve: PoolReserve) {
    this.#appliance = appliance
    this.#reserve = reserve
  }

  async capacity(signal: AbortSignal): Promise<PoolCapacity> {
    const { bytes, free } = await this.#appliance.readPool(signal)
    const left = Math.max(0, free - this.#kept(bytes))
    const largest = Math.min(MAX_VOLUME_BYTES, left - (left % SIZE_GRAIN))
    return { free: left, total: bytes, largest: largest < MIN_VOLUME_BYTES ? 0 : largest }
  }

  /**
   * Does work that takes so many bytes of the pool. `exhausted` where that would take from the reserve; the pool as it was
   * read last is believed where it has enough.
   */
  async within<T>(bytes: Bytes, task: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (!this.#fits(bytes)) await this.require(bytes, task, signal)
    this.#pending += bytes
    try {
      return await work()
    } finally {
      this.#pending -= bytes
    }
  }

  /** The error for a refusal of what needs so many bytes: for want of space where its text tells nothing and they are not there. */
  async refusal(task: string, trap: TrapError, bytes: Bytes, signal: AbortSignal): Promise<StorageError> {
    if (kindOf(trap) !== 'internal') return refusal(task, trap)
    const { free } = await this.#appliance.readPool(signal)
    if (free >= bytes) return refusal(task, trap)
    const text = `the pool has ${free} bytes left, not ${bytes}`
    return new StorageError('exhausted', `cannot ${task}: ${text} (${trap.message})`, { cause: trap })
  }

  /** `exhausted` where the pool as it is now has not so many bytes beside its reserve, for what the device itself lets pass. */
  async require(bytes: Bytes, task: string, signal: AbortSignal): Promise<void> {
    const { bytes: size, free } = await this.#appliance.readPool(signal)
    if (this.#fits(bytes)) return
    const kept = this.#kept(size)
    const text = `the pool has ${free} bytes left, of which ${kept} are kept back and ${this.#pending} are being taken`
    throw new StorageError('exhausted', `cannot ${task}: ${text}; ${bytes} are needed`)
  }

  #fits(bytes: Bytes): boolean {
    const { pool } = this.#appliance
    if (pool?.bytes === undefined || pool.free === undefined) return false
    return pool.free - this.#pending - this.#kept(pool.bytes) >= bytes
  }

  #kept(size: Bytes): Bytes {
    return keptBack(this.#reserve, size)
  }
}
