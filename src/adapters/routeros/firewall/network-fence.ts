import { isIPv4 } from 'node:net'
import { StorageError } from '../../../domain/errors.ts'
import type { NodeId, VolumeId } from '../../../domain/ids.ts'
import type { Logger } from '../../../ports/logger.ts'
import type { Guest, NetworkFence } from '../../../ports/network-fence.ts'
import type { Holdings } from '../holdings.ts'
import { isInRange, type PortRange } from '../known-disk.ts'
import type { NvmePorts } from '../nvme-ports.ts'
import { Turns } from '../turns.ts'
import { Entrance } from './entrance.ts'
import type { FirewallMenus } from './firewall-menus.ts'
import { chainOf, listOf, parsePurpose, writePurpose } from './firewall-names.ts'
import { FirewallTable, type Passage } from './firewall-table.ts'
import { Strays } from './strays.ts'

interface Parts {
  readonly menus: FirewallMenus
  readonly holdings: Holdings
  readonly ports: NvmePorts
  readonly range: PortRange
  readonly log: Logger
}

/**
 * Who reaches a volume's own TCP port, by the firewall of the device: one rule for each volume that lets the addresses of its
 * list through, and one that drops everything else to the ports of volumes. IPv4 alone.
 */
export class RouterOsFirewall implements NetworkFence {
  readonly #parts: Parts
  readonly #table = new FirewallTable()
  readonly #entrance: Entrance
  readonly #strays: Strays
  readonly #turns = new Turns()
  readonly #doubts = new Set<VolumeId>()
  /** Volumes that were changed while all rules were being read. */
  readonly #readings = new Set<Set<VolumeId>>()
  #isStarted = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#entrance = new Entrance({ ...parts, owner: () => parts.holdings.ownership.owner })
    this.#strays = new Strays(parts)
  }

  async start(signal: AbortSignal): Promise<void> {
    const { menus, holdings } = this.#parts
    const touched = new Set<VolumeId>(this.#doubts)
    this.#readings.add(touched)
    try {
      const rules = await menus.rules(undefined, signal)
      const entries = await menus.entries(undefined, signal)
      const sources = await this.#strays.sources(signal)
      this.#table.learnAll(holdings.ownership.owner, { rules, entries, sources }, touched)
      this.#entrance.learn(rules)
      this.#isStarted = true
    } finally {
      this.#readings.delete(touched)
    }
  }

  async admit(volume: VolumeId, guests: readonly Guest[], signal: AbortSignal): Promise<void> {
    await this.#change(volume, signal, () => this.#admit(volume, guests.map(reachable), signal))
  }

  async close(volume: VolumeId, signal: AbortSignal): Promise<void> {
    this.#requireStarted()
    if (!this.#table.has(volume) && !this.#doubts.has(volume)) return
    await this.#change(volume, signal, async () => {
      await this.#removeRules(volume, () => true, signal)
      await this.#removeEntries(volume, () => true, signal)
      this.#table.forget(volume)
    })
  }

  async secure(signal: AbortSignal): Promise<void> {
    this.#requireStarted()
    await this.#entrance.secure(signal)
  }

  confined(volume: VolumeId): boolean {
    const port = this.#parts.holdings.table.disk(volume)?.port
    return this.#isStarted && port !== undefined && isInRange(port, this.#parts.range)
  }

  volumes(): readonly VolumeId[] {
    return this.#table.volumes()
  }

  #requireStarted(): void {
    if (!this.#isStarted) throw new StorageError('unavailable', "the appliance's firewall has not been read yet")
  }

  /** One change at a time for each volume. What is in doubt is read first, and what fails leaves a doubt. */
  async #change(volume: VolumeId, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    this.#requireStarted()
    await this.#turns.take(volume, signal, async () => {
      await this.#parts.menus.settled(volume, signal)
      if (this.#doubts.has(volume)) await this.#read(volume, signal)
      this.#doubts.add(volume)
      for (const touched of this.#readings) touched.add(volume)
      await work()
      this.#doubts.delete(volume)
    })
  }

  async #read(volume: VolumeId, signal: AbortSignal): Promise<void> {
    const { menus, holdings } = this.#parts
    const { owner } = holdings.ownership
    const rules = await menus.rules(writePurpose(owner, { of: 'volume', volume }), signal)
    const entries = await menus.entries(listOf(volume), signal)
    const sources = await this.#strays.sources(signal)
    this.#table.learn(owner, volume, { rules, entries, sources })
  }

  async #admit(volume: VolumeId, guests: readonly Guest[], signal: AbortSignal): Promise<void> {
    const { holdings, ports, range } = this.#parts
    const live = holdings.table.disk(volume)?.port
    // It was exported where these rules have no power, and is held since.
    if (live !== undefined && !isInRange(live, range)) return
    const known = this.#table.passage(volume)
    requirePlaces(volume, guests, known)
    // Rules of a volume that was closed just now, or could not be, still let its guests through to its port.
    const port = ports.of(volume, this.#table.portsBut(volume))
    if (known.isOdd) await this.#removeOdd(volume, port, signal)
    const passage = this.#table.passage(volume)
    await this.#addEntries(volume, guests, passage, signal)
    await this.#setPort(volume, port, passage, signal)
    await this.#removeLeavers(volume, guests, passage, signal)
  }

  async #addEntries(volume: VolumeId, guests: readonly Guest[], { guests: known }: Passage, signal: AbortSignal) {
    const { menus, holdings } = this.#parts
    const { owner } = holdings.ownership
    for (const { node, addresses } of guests) {
      for (const address of addresses.filter(one => !known.has(one))) {
        const comment = writePurpose(owner, { of: 'guest', volume, node })
        await menus.add(volume, { to: 'lists', add: { list: listOf(volume), address, comment } }, signal)
        known.set(address, node)
      }
    }
  }

  /** A port of a former export may be another volume's by now. */
  async #setPort(volume: VolumeId, port: number, { ports }: Passage, signal: AbortSignal): Promise<void> {
    const { menus, holdings } = this.#parts
    const { owner } = holdings.ownership
    if ([...ports].some(other => other !== port)) await this.#removeRules(volume, other => other !== port, signal)
    if (ports.has(port)) return
    const add = {
      chain: chainOf(owner),
      protocol: 'tcp',
      'dst-port': String(port),
      'src-address-list': listOf(volume),
      action: 'accept',
      comment: writePurpose(owner, { of: 'volume', volume }),
    }
    await menus.add(volume, { to: 'filter', add }, signal)
    ports.add(port)
  }

  /** Those who are let through no more, and the connections that they have, also of those whose entries went before. */
  async #removeLeavers(volume: VolumeId, guests: readonly Guest[], passage: Passage, signal: AbortSignal) {
    const stays = (address: string, node?: NodeId): boolean =>
      guests.some(guest => guest.node === node || guest.addresses.includes(address))
    const leaving = [...passage.guests].flatMap(([address, node]) => (stays(address, node) ? [] : [address]))
    const strays = [...passage.strays].filter(address => !passage.guests.has(address) && !stays(address))
    if (leaving.length > 0) await this.#removeEntries(volume, address => leaving.includes(address), signal)
    const gone = [...leaving, ...strays]
    if (gone.length > 0) await this.#strays.cut(gone, [...passage.ports], signal)
    passage.strays.clear()
  }

  async #removeRules(volume: VolumeId, which: (port: number) => boolean, signal: AbortSignal): Promise<void> {
    const { menus, holdings } = this.#parts
    const passage = this.#table.passage(volume)
    const comment = writePurpose(holdings.ownership.owner, { of: 'volume', volume })
    for (const { id, port } of await menus.rules(comment, signal)) {
      if (which(Number(port))) await menus.remove(volume, 'filter', id, signal)
    }
    for (const port of passage.ports) if (which(port)) passage.ports.delete(port)
  }

  async #removeEntries(volume: VolumeId, which: (address: string) => boolean, signal: AbortSignal): Promise<void> {
    const { menus, holdings } = this.#parts
    const passage = this.#table.passage(volume)
    for (const { id, address, comment } of await menus.entries(listOf(volume), signal)) {
      const purpose = parsePurpose(comment, holdings.ownership.owner)
      if (purpose?.of === 'guest' && which(address)) await menus.remove(volume, 'lists', id, signal)
    }
    for (const address of passage.guests.keys()) if (which(address)) passage.guests.delete(address)
  }

  /** Somebody changed our items: a good rule is put beside the odd ones before those go, so that nobody is cut off. */
  async #removeOdd(volume: VolumeId, port: number, signal: AbortSignal): Promise<void> {
    const passage = this.#table.passage(volume)
    passage.ports.clear()
    const { menus, holdings } = this.#parts
    const comment = writePurpose(holdings.ownership.owner, { of: 'volume', volume })
    const old = await menus.rules(comment, signal)
    await this.#setPort(volume, port, passage, signal)
    for (const { id } of old) await menus.remove(volume, 'filter', id, signal)
    const disabled = (await menus.entries(listOf(volume), signal)).filter(entry => entry.disabled)
    for (const { id, address } of disabled) {
      await menus.remove(volume, 'lists', id, signal)
      passage.guests.delete(address)
    }
    passage.isOdd = false
  }
}

const reachable = ({ node, addresses }: Guest): Guest => ({ node, addresses: addresses.filter(isIPv4) })

/** Nobody is let in of whom it is not known from where. */
function requirePlaces(volume: VolumeId, guests: readonly Guest[], { guests: known }: Passage): void {
  const nodes = new Set(known.values())
  const missing = guests.find(({ node, addresses }) => addresses.length === 0 && !nodes.has(node))
  if (missing === undefined) return
  throw new StorageError(
    'precondition',
    `node ${missing.node} has no IPv4 address from which it could be let through to volume ${volume}: ` +
      'neither an InternalIP nor the annotation for source addresses',
  )
}
