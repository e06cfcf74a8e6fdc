import { isStorageError } from '../../../domain/errors.ts'
import type { HealthReading } from '../../../ports/backend-health.ts'
import type { DeviceCommand, ReplyRow } from '../transport.ts'
import { normalPath } from '../device-path.ts'
import { hardwareOf, trafficOf } from './health-reading.ts'
import type { Reader } from './reader.ts'

/** Reads traffic and health of the device: three commands. */
export class HealthReader {
  readonly #reader: Reader

  constructor(reader: Reader) {
    this.#reader = reader
  }

  /** As BackendHealth.read. A menu that the device has not, or may not be read, makes its figures undefined. */
  async read(signal: AbortSignal): Promise<HealthReading> {
    const rows = await this.#optional('read the pool', this.#poolCommand(), signal)
    const pool = rows.find(row => normalPath(row.get('mount-point') ?? '') === this.#reader.poolPath)
    const slot = pool?.get('slot')
    const [traffic, health] = await Promise.all([
      slot === undefined ? [] : this.#optional('measure the traffic', trafficCommand(slot), signal),
      this.#optional('read the health', { path: '/system/health/print' }, signal),
    ])
    const [first] = traffic
    return {
      disk: first === undefined || slot === undefined ? undefined : trafficOf(slot, first),
      hardware: hardwareOf(health, pool),
    }
  }

  #poolCommand(): DeviceCommand {
    const name = this.#reader.poolPath.slice(1)
    return { path: '/disk/print', anyOf: [['mount-point', name]], properties: ['slot', 'mount-point', 'size', 'free'] }
  }

  async #optional(task: string, command: DeviceCommand, signal: AbortSignal): Promise<readonly ReplyRow[]> {
    try {
      return await this.#reader.rows(task, command, signal)
    } catch (error) {
      // Only the device itself can say that it has no such thing.
      if (isStorageError(error) && !isStorageError(error, 'unavailable')) return []
      throw error
    }
  }
}

const trafficCommand = (slot: string): DeviceCommand => ({
  path: '/disk/monitor-traffic',
  args: { numbers: slot, once: '' },
})
