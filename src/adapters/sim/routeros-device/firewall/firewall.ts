import type { ItemIds } from '../item-ids.ts'
import { Changes } from '../changes.ts'
import { addressMatches, portMatches } from './address-match.ts'

/** What the firewall sees of a packet to the device. */
export interface Packet {
  readonly address: string
  /** The device's TCP port that it goes to. */
  readonly port: number
  readonly state: 'new' | 'established'
}

/** What becomes of a packet. */
export type Verdict = 'pass' | 'drop' | 'reject'

/** A rule of `/ip/firewall/filter`, or an entry of `/ip/firewall/address-list`: its settings as the API writes them. */
export interface FirewallItem {
  readonly id: number
  readonly settings: Map<string, string>
  readonly created: Date
}

/** What a firewall is made of. */
export interface FirewallMemory {
  readonly filter: readonly FirewallItem[]
  readonly lists: readonly FirewallItem[]
}

/** The rules and address lists of a device, and what they let through. Without rules everything passes. */
export class Firewall {
  readonly ids: ItemIds
  /** Announced with everything that may change a verdict. */
  readonly changes = new Changes()
  /** In the order in which they are tried. */
  filter: FirewallItem[] = []
  lists: FirewallItem[] = []

  constructor(ids: ItemIds) {
    this.ids = ids
  }

  /** What the rules for packets to the device itself (chain `input`) say; the first that matches decides. */
  judge(packet: Packet): Verdict {
    return this.#walk(['input'], packet) ?? 'pass'
  }

  /** Whether an address is in a list. */
  isListed(list: string, address: string): boolean {
    return this.lists.some(
      ({ settings }) =>
        isOn(settings) && settings.get('list') === list && addressMatches(settings.get('address') ?? '', address),
    )
  }

  /** The rules and entries as they were. */
  recall({ filter, lists }: FirewallMemory): void {
    this.filter = [...filter]
    this.lists = [...lists]
    this.changes.announce()
  }

  /** @param chains the one to try last, those that jumped to it before it; a jump back to one of them is passed over */
  #walk(chains: readonly string[], packet: Packet): Verdict | undefined {
    const chain = chains.at(-1)
    for (const { settings } of this.filter) {
      if (settings.get('chain') !== chain || !isOn(settings) || !this.#matches(settings, packet)) continue
      const verdict = this.#act(settings, packet, chains)
      // Back to the rule after the jump; out of a chain that nobody jumped to, the packet passes.
      if (verdict === 'return') return chains.length === 1 ? 'pass' : undefined
      if (verdict !== undefined) return verdict
    }
    return undefined
  }

  /** `undefined`: the next rule is tried. */
  #act(
    settings: ReadonlyMap<string, string>,
    packet: Packet,
    chains: readonly string[],
  ): Verdict | 'return' | undefined {
    switch (settings.get('action') ?? 'accept') {
      case 'accept':
      case 'fasttrack-connection':
        return 'pass'
      case 'drop':
      case 'tarpit':
        return 'drop'
      case 'reject':
        return 'reject'
      case 'return':
        return 'return'
      case 'jump':
        return this.#jump(settings.get('jump-target') ?? '', packet, chains)
      default:
        return undefined
    }
  }

  #jump(target: string, packet: Packet, chains: readonly string[]): Verdict | undefined {
    return chains.includes(target) ? undefined : this.#walk([...chains, target], packet)
  }

  #matches(settings: ReadonlyMap<string, string>, packet: Packet): boolean {
    const tests: Readonly<Record<string, (wanted: string) => boolean>> = {
      protocol: wanted => wanted === 'tcp' || wanted === '6',
      'src-address': wanted => addressMatches(wanted, packet.address),
      'src-address-list': wanted => this.isListed(wanted, packet.address),
      'dst-port': wanted => portMatches(wanted, packet.port),
      'connection-state': wanted => wanted.split(',').includes(packet.state),
    }
    return Object.entries(tests).every(([name, test]) => {
      const value = settings.get(name) ?? ''
      if (value === '') return true
      return value.startsWith('!') ? !test(value.slice(1)) : test(value)
    })
  }
}

/** Whether a rule or an entry is in force. */
export function isOn(settings: ReadonlyMap<string, string>): boolean {
  return settings.get('disabled') !== 'true'
}
