import { isStorageError } from '../../../domain/errors.ts'
import type { Logger } from '../../../ports/logger.ts'
import type { ConnectionRow, FirewallMenus } from './firewall-menus.ts'

interface Parts {
  readonly menus: FirewallMenus
  readonly log: Logger
}

/** From which addresses there are connections to each port. */
export type Sources = ReadonlyMap<number, ReadonlySet<string>>

/**
 * Connections of hosts that are let through no more. What the device lets through as established it judges anew once it
 * has forgotten the connection. A device that tells or forgets none keeps nothing else from being done; that is logged.
 */
export class Strays {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Where connections come from at present; nothing where the device does not tell. */
  async sources(signal: AbortSignal): Promise<Sources> {
    const sources = new Map<number, Set<string>>()
    await this.#leniently('it is not known which connections there are to volumes', {}, async () => {
      for (const connection of await this.#parts.menus.connections(signal)) {
        const { address, port } = endsOf(connection)
        sources.set(port, (sources.get(port) ?? new Set()).add(address))
      }
    })
    return sources
  }

  /** Ends the connections from these addresses to these ports. */
  async cut(addresses: readonly string[], ports: readonly number[], signal: AbortSignal): Promise<void> {
    const { menus } = this.#parts
    const failure = 'the connections of a host that is let through no more could not be ended'
    await this.#leniently(failure, { addresses }, async () => {
      for (const connection of await menus.connections(signal)) {
        const { address, port } = endsOf(connection)
        if (!addresses.includes(address) || !ports.includes(port)) continue
        await menus.remove('connections', 'connections', connection.id, signal)
      }
    })
  }

  async #leniently(failure: string, about: Record<string, unknown>, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!isStorageError(error) || error.kind === 'unavailable') throw error
      this.#parts.log.warn(failure, { ...about, error })
    }
  }
}

/** The device writes `address:port`; of an IPv6 connection nothing is known here. */
function endsOf({ source, destination }: ConnectionRow): { readonly address: string; readonly port: number } {
  const [address = ''] = source.split(':')
  return { address, port: Number(destination.slice(destination.lastIndexOf(':') + 1)) }
}
