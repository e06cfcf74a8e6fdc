import type { BackendHealth } from '../../ports/backend-health.ts'
import type { Transport } from './transport.ts'

/** The state of the link to the appliance, from memory. */
export class RouterOsLink implements BackendHealth {
  readonly #transport: Transport
  readonly #address: string

  /** `address` is where the appliance is managed, as it was configured. */
  constructor(transport: Transport, address: string) {
    this.#transport = transport
    this.#address = address
  }

  link(): { readonly address: string; readonly connected: boolean } {
    return { address: this.#address, connected: this.#transport.connected }
  }
}
