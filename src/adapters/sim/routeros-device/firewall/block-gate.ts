import type { BlockGate, BlockPassage, BlockPeer } from '../../blocks/block-exports.ts'
import type { DeviceSwitches } from '../switches.ts'
import type { Firewall, Verdict } from './firewall.ts'

/** A TCP connection that the firewall keeps track of. */
export interface TrackedConnection extends BlockPeer {
  readonly id: number
  /** False for one that was never let in, or was taken out of the table: its next packet counts as a new one. */
  established: boolean
}

/** The firewall before the block ports: every packet of a host is judged by the rules of the device. */
export class FirewallGate implements BlockGate {
  readonly #firewall: Firewall
  readonly #switches: () => DeviceSwitches
  readonly #connections = new Map<number, TrackedConnection>()
  #next = 1

  constructor(firewall: Firewall, switches: () => DeviceSwitches) {
    this.#firewall = firewall
    this.#switches = switches
  }

  /** The connections that are in the table: those that were let in. */
  list(): readonly TrackedConnection[] {
    return [...this.#connections.values()].filter(({ established }) => established)
  }

  /** Takes connections out of the table; they live on, but have to be let in again. */
  forget(connections: readonly TrackedConnection[]): void {
    for (const connection of connections) connection.established = false
    this.#firewall.changes.announce()
  }

  enter(peer: BlockPeer): BlockPassage {
    const connection = this.track(peer)
    return {
      admit: signal => this.#admit(connection, signal),
      leave: () => this.leave(connection),
    }
  }

  /** Keeps track of a connection, which was not let in yet, until it leaves. */
  track(peer: BlockPeer): TrackedConnection {
    const connection: TrackedConnection = { ...peer, address: plain(peer.address), id: this.#next, established: false }
    this.#next += 1
    this.#connections.set(connection.id, connection)
    return connection
  }

  leave({ id }: TrackedConnection): void {
    this.#connections.delete(id)
  }

  /** What becomes of the next packet of a connection; one that passes makes it an established one. */
  judge(connection: TrackedConnection): Verdict {
    const { address, port, established } = connection
    if (established && this.#switches().firewallEstablished === 'newOnly') return 'pass'
    const verdict = this.#firewall.judge({ address, port, state: established ? 'established' : 'new' })
    if (verdict === 'pass') connection.established = true
    return verdict
  }

  async #admit(connection: TrackedConnection, signal: AbortSignal): Promise<'pass' | 'reject'> {
    for (;;) {
      const verdict = this.judge(connection)
      if (verdict !== 'drop') return verdict
      // The host sends what was dropped again and again; it gets through once the rules let it.
      await this.#firewall.changes.next(signal)
    }
  }
}

/** An IPv4 address that came through a dual-stack socket, as itself. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '')
}
