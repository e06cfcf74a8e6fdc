import { randomUUID } from 'node:crypto'
import type { DeviceSwitches } from './switches.ts'

/** File systems that a pool can have; subvolumes exist on btrfs alone. */
export const POOL_FS = ['btrfs', 'xfs', 'ext4'] as const
export type PoolFs = (typeof POOL_FS)[number]

/** What a pool is made from. */
export interface PoolOptions {
  /** Name of the pool's item, also its mount point. */
  readonly name: string
  /** Size in bytes. */
  readonly size: number
  readonly fs?: PoolFs
  /** `fs-label`; `<slot>-fs`, as the device names it when formatting (manual). */
  readonly label?: string
  readonly uuid?: string
  /** Bytes that the file system keeps for itself; 0. Captured: 113,736,630,272 of 16 TB XFS. */
  readonly overhead?: number
  /** Inodes of a file system that counts them. */
  readonly inodes?: number
  readonly raid?: Partial<Raid>
}

/** The array that a pool lies on. */
export interface Raid {
  /** RAID level: 0, 1, 4, 5, 6 or linear. */
  readonly type: string
  readonly devices: number
  readonly chunk: string
  readonly uuid: string
  /** Text of `state`. `clean` was captured; what a device says of a degraded array is unknown. */
  readonly state: string
}

/** What of a pool outlives a stop of the simulator. */
export type PoolMemory = Pick<Pool, 'id' | 'comment' | 'compress' | 'mountFilesystem' | 'label' | 'uuid' | 'raid'>

/** The names by which the device calls the levels of its arrays (captures of 7.24.4 for 0 and 1). */
const MODELS = new Map([
  ['0', 'RAID0 striped'],
  ['1', 'RAID1 mirrored'],
])

/** The mounted file system that holds the backing files: sizes are exact bytes. */
export class Pool {
  readonly name: string
  readonly size: number
  readonly fs: PoolFs
  readonly inodes: number
  /** `.id` number of its `/disk` item. */
  id: number
  comment = ''
  mounted = true
  /** Setting `mount-filesystem`. */
  mountFilesystem = true
  compress = false
  label: string
  uuid: string
  raid: Raid
  #taken: number
  #foreign = 0
  readonly #switches: () => DeviceSwitches

  constructor(options: PoolOptions & { id: number; switches: () => DeviceSwitches }) {
    this.name = options.name
    this.size = options.size
    this.fs = options.fs ?? 'btrfs'
    this.label = options.label ?? `${options.name}-fs`
    this.uuid = options.uuid ?? randomUUID()
    this.inodes = options.inodes ?? 1_562_806_656
    this.raid = { type: '0', devices: 4, chunk: '256K', uuid: arrayUuid(), state: 'clean', ...options.raid }
    this.id = options.id
    this.#taken = options.overhead ?? 0
    this.#switches = options.switches
  }

  /** Property `model` of the array. */
  get model(): string {
    return MODELS.get(this.raid.type) ?? `RAID${this.raid.type}`
  }

  /** Bytes that a new file may take. */
  get free(): number {
    return Math.max(0, this.size - this.#taken - this.#foreign)
  }

  /** Takes bytes for a file, or gives them back when negative. Thin files take nothing when made. */
  take(bytes: number): void {
    if (this.#switches().allocation === 'thick') this.#taken = Math.max(0, this.#taken + bytes)
  }

  /** Lets somebody else's data fill the pool until no more than `free` bytes are left; `undefined` takes it away again. */
  fill(free: number | undefined): void {
    this.#foreign = free === undefined ? 0 : Math.max(0, this.size - this.#taken - free)
  }

  remember(): PoolMemory {
    const { id, comment, compress, mountFilesystem, label, uuid, raid } = this
    return { id, comment, compress, mountFilesystem, label, uuid, raid }
  }

  recall(memory: PoolMemory): void {
    Object.assign(this, memory)
  }
}

/** Four groups of eight hexadecimal digits, as captured. */
function arrayUuid(): string {
  const digits = randomUUID().replaceAll('-', '')
  return [0, 8, 16, 24].map(at => digits.slice(at, at + 8)).join('-')
}
