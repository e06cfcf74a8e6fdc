import type { ClusterId } from '../../../domain/ids.ts'
import type { Logger } from '../../../ports/logger.ts'
import type { PortRange } from '../known-disk.ts'
import { chainOf, isKin, parsePurpose, writePurpose } from './firewall-names.ts'
import type { FirewallMenus, RuleRow } from './firewall-menus.ts'

/** What concerns all volumes. */
const ALL = 'all'

interface Parts {
  readonly menus: FirewallMenus
  readonly owner: () => ClusterId
  readonly range: PortRange
  readonly log: Logger
}

/**
 * The two rules through which every packet to our ports has to pass: one leads to the rules of the volumes, and what comes
 * back from there, let through by none of them, is dropped by the other one. They stand before all rules of others: one that
 * lets established connections through would keep those alive that are no longer let in.
 */
export class Entrance {
  readonly #parts: Parts
  #isRight = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Takes in all rules of the device, in their order. */
  learn(rules: readonly RuleRow[]): void {
    this.#isRight = this.#standsIn(rules)
  }

  /** Makes sure that both stand where they have to. */
  async secure(signal: AbortSignal): Promise<void> {
    if (this.#isRight) return
    const { menus, log } = this.#parts
    await menus.settled(ALL, signal)
    const rules = await menus.rules(undefined, signal)
    if (!this.#standsIn(rules)) {
      log.warn("the firewall's rules for the ports of volumes are made anew", this.#ports)
      await this.#make(rules, signal)
    }
    this.#isRight = true
  }

  get #ports() {
    const { first, last } = this.#parts.range
    return { ports: `${first}-${last}` }
  }

  #standsIn(rules: readonly RuleRow[]): boolean {
    const input = rules.filter(({ chain, dynamic }) => chain === 'input' && !dynamic)
    const foremost = input.slice(input.findIndex(rule => this.#isOurs(rule) || !isKin(rule.comment)))
    const ours = rules.filter(rule => this.#isOurs(rule))
    return ours.length === 2 && this.#wanted.every((wanted, at) => isSame(foremost[at], wanted))
  }

  get #wanted(): readonly Record<string, string>[] {
    const { owner } = this.#parts
    const common = { chain: 'input', protocol: 'tcp', 'dst-port': this.#ports.ports }
    return [
      {
        ...common,
        action: 'jump',
        'jump-target': chainOf(owner()),
        comment: writePurpose(owner(), { of: 'entrance' }),
      },
      { ...common, action: 'drop', comment: writePurpose(owner(), { of: 'wall' }) },
    ]
  }

  /** The new ones first, so that the ports are not open in between. */
  async #make(rules: readonly RuleRow[], signal: AbortSignal): Promise<void> {
    const { menus } = this.#parts
    const first = rules.find(({ chain, dynamic, comment }) => chain === 'input' && !dynamic && !isKin(comment))
    const old = rules.filter(rule => this.#isOurs(rule))
    const next = first ?? old.find(({ chain }) => chain === 'input')
    for (const rule of this.#wanted) {
      const add = next === undefined ? rule : { ...rule, 'place-before': next.id }
      await menus.add(ALL, { to: 'filter', add }, signal)
    }
    for (const { id } of old) await menus.remove(ALL, 'filter', id, signal)
  }

  #isOurs({ comment }: RuleRow): boolean {
    const purpose = parsePurpose(comment, this.#parts.owner())
    return purpose?.of === 'entrance' || purpose?.of === 'wall'
  }
}

function isSame(rule: RuleRow | undefined, wanted: Readonly<Record<string, string>>): boolean {
  return (
    rule !== undefined &&
    !rule.disabled &&
    rule.comment === wanted['comment'] &&
    rule.action === wanted['action'] &&
    rule.port === wanted['dst-port'] &&
    rule.target === (wanted['jump-target'] ?? '')
  )
}
