import { fileName } from '../device-path.ts'
import { outward } from '../refusals.ts'
import type { DeviceCommand, ReplyRow, Transport } from '../transport.ts'

/** Reads menus of the device for checks and figures. */
export class Reader {
  /** The mount point in which the base path lies, with a leading slash. */
  readonly poolPath: string
  readonly basePath: string
  readonly #transport: Transport

  constructor(transport: Transport, basePath: string) {
    this.#transport = transport
    this.basePath = basePath
    this.poolPath = `/${basePath.split('/')[1] ?? ''}`
  }

  /** The rows of a reply. Throws StorageErrors that say what was to be done (`task`). */
  async rows(task: string, command: DeviceCommand, signal: AbortSignal): Promise<readonly ReplyRow[]> {
    try {
      return (await this.#transport.run(command, signal)).rows
    } catch (error) {
      throw outward(task, error)
    }
  }

  /** The row of the pool's disk and, where it is an array, those of its members. */
  pool(properties: readonly string[], signal: AbortSignal): Promise<readonly ReplyRow[]> {
    const name = fileName(this.poolPath)
    const anyOf = ['mount-point', 'slot', 'raid-master'].map(property => [property, name] as const)
    return this.rows('read the pool', { path: '/disk/print', anyOf, properties }, signal)
  }
}
