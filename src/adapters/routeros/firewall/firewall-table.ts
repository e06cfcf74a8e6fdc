import type { ClusterId, NodeId, VolumeId } from '../../../domain/ids.ts'
import { chainOf, listOf, parsePurpose } from './firewall-names.ts'
import type { EntryRow, RuleRow } from './firewall-menus.ts'
import type { Sources } from './strays.ts'

/** What lets nodes through to one volume. */
export interface Passage {
  /** The ports of its rules; one, unless something went wrong. */
  readonly ports: Set<number>
  /** Whose each address is. */
  readonly guests: Map<string, NodeId>
  /** Addresses of nobody's from which there were connections to its ports: they were let through once. */
  readonly strays: Set<string>
  /** There is a rule or an entry that somebody changed, or a rule twice. */
  isOdd: boolean
}

/** Our rules and entries as far as replies told. */
export class FirewallTable {
  readonly #passages = new Map<VolumeId, Passage>()

  passage(volume: VolumeId): Passage {
    const known = this.#passages.get(volume) ?? { ports: new Set(), guests: new Map(), strays: new Set(), isOdd: false }
    this.#passages.set(volume, known)
    return known
  }

  has(volume: VolumeId): boolean {
    return this.#passages.has(volume)
  }

  volumes(): readonly VolumeId[] {
    return [...this.#passages.keys()]
  }

  /** The ports of the other volumes' rules. */
  portsBut(volume: VolumeId): readonly number[] {
    return [...this.#passages].flatMap(([of, { ports }]) => (of === volume ? [] : Array.from(ports)))
  }

  forget(volume: VolumeId): void {
    this.#passages.delete(volume)
  }

  /** Takes in all rules and entries, but for volumes that were changed while they were read. */
  learnAll(owner: ClusterId, rows: Rows, touched: ReadonlySet<VolumeId>): void {
    for (const volume of this.volumes()) if (!touched.has(volume)) this.#passages.delete(volume)
    this.#learn(owner, rows, volume => !touched.has(volume))
  }

  /** Takes in the rules and entries of one volume. */
  learn(owner: ClusterId, volume: VolumeId, rows: Rows): void {
    this.#passages.delete(volume)
    this.#learn(owner, rows, of => of === volume)
  }

  #learn(owner: ClusterId, { rules, entries, sources }: Rows, concerns: (volume: VolumeId) => boolean): void {
    for (const rule of rules) {
      const purpose = parsePurpose(rule.comment, owner)
      if (purpose?.of === 'volume' && concerns(purpose.volume)) this.#learnRule(owner, purpose.volume, rule)
    }
    for (const entry of entries) {
      const purpose = parsePurpose(entry.comment, owner)
      if (purpose?.of === 'guest' && concerns(purpose.volume)) this.#learnEntry(purpose, entry)
    }
    this.#learnStrays(sources, concerns)
  }

  /** Once all rules and entries are known. */
  #learnStrays(sources: Sources, concerns: (volume: VolumeId) => boolean): void {
    for (const [volume, passage] of this.#passages) if (concerns(volume)) learnStrays(passage, sources)
  }

  #learnRule(owner: ClusterId, volume: VolumeId, rule: RuleRow): void {
    const passage = this.passage(volume)
    const isUsual = rule.chain === chainOf(owner) && rule.action === 'accept' && rule.list === listOf(volume)
    if (!isUsual || rule.disabled || passage.ports.size > 0) passage.isOdd = true
    passage.ports.add(Number(rule.port))
  }

  /** An entry in a list that is not the volume's lets nobody through anywhere. */
  #learnEntry({ volume, node }: { readonly volume: VolumeId; readonly node: NodeId }, entry: EntryRow): void {
    if (entry.list !== listOf(volume)) return
    const passage = this.passage(volume)
    if (entry.disabled) passage.isOdd = true
    passage.guests.set(entry.address, node)
  }
}

function learnStrays({ ports, guests, strays }: Passage, sources: Sources): void {
  for (const port of ports) {
    for (const address of sources.get(port) ?? []) if (!guests.has(address)) strays.add(address)
  }
}

export interface Rows {
  readonly rules: readonly RuleRow[]
  readonly entries: readonly EntryRow[]
  readonly sources: Sources
}
