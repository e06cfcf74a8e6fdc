import type { BackendHealth, HealthReading } from '../../ports/backend-health.ts'
import type { HealthReader } from './operations/health-reader.ts'
import type { Transport } from './transport.ts'

/** The state of the link to the appliance, and the health of what is behind it. */
export class RouterOsLink implements BackendHealth {
  readonly #transport: Transport
  readonly #address: string
  readonly #reader: HealthReader

  /** `address` is where the appliance is managed, as it was configured. */
  constructor(transport: Transport, address: string, reader: HealthReader) {
    this.#transport = transport
    this.#address = address
    this.#reader = reader
  }

  link(): { readonly address: string; readonly connected: boolean; readonly made: number } {
    return { address: this.#address, connected: this.#transport.connected, made: this.#transport.made }
  }

  read(signal: AbortSignal): Promise<HealthReading> {
    return this.#reader.read(signal)
  }
}
