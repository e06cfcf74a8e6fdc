import { type Arguments, parseSettings, referencedItems } from '../arguments.ts'
import type { Menu } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { writeId } from '../item-ids.ts'
import { ITEMS, printCommand, writeCommand } from '../menu-command.ts'
import type { Row } from '../query.ts'
import type { FirewallItem } from './firewall.ts'
import { RULE_ADD, RULE_MOVE, RULE_SET, RULE_SETTINGS } from './firewall-arguments.ts'
import { change, FLAGS, itemCommands } from './firewall-items.ts'

/** `/ip/firewall/filter`: rules in their order; the chain `input` holds for the exports of disks. */
export function filterMenu(device: DeviceState): Menu {
  const { firewall, traps } = device
  const find = (reference: string): FirewallItem | undefined =>
    firewall.filter.find(({ id }) => writeId(id, '*') === reference)
  const print = printCommand(() => firewall.filter.map(ruleRow), traps)
  const items = {
    find,
    settings: RULE_SET,
    drop: (gone: readonly FirewallItem[]): void => {
      firewall.filter = firewall.filter.filter(rule => !gone.includes(rule))
    },
  }
  return {
    path: '/ip/firewall/filter',
    shape: 'items',
    flags: FLAGS,
    displays: new Map([['log-prefix', 'quoted']]),
    columns: ['chain', 'action', 'protocol', 'dst-port'],
    commands: {
      print,
      getall: print,
      add: writeCommand(RULE_ADD, args => addRule(device, args, find)),
      move: writeCommand(RULE_MOVE, args => moveRules(device, args, find), ['numbers', 'destination']),
      ...itemCommands(device, items),
      'reset-counters': writeCommand(ITEMS, () => undefined, ['numbers']),
    },
  }
}

type Find = (reference: string) => FirewallItem | undefined

function addRule(device: DeviceState, args: Arguments, find: Find): string {
  const { firewall, traps, now } = device
  const settings = parseSettings(args, RULE_ADD, traps)
  const before = settings.get('place-before')
  settings.delete('place-before')
  if (!settings.has('chain')) throw traps.missing('chain')
  const next = before === undefined ? undefined : find(before)
  if (before !== undefined && next === undefined) throw traps.noSuchItem()
  const rule: FirewallItem = { id: firewall.ids.take(), settings: new Map(), created: now() }
  change(rule, settings)
  insert(firewall.filter, [rule], next)
  firewall.changes.announce()
  return writeId(rule.id, '*')
}

/** Moves rules before another one; without `destination` to the end. */
function moveRules({ firewall, traps }: DeviceState, args: Arguments, find: Find): void {
  const moved = referencedItems(args, find, traps)
  const destination = args.get('destination')
  const next = destination === undefined ? undefined : find(destination)
  if (destination !== undefined && next === undefined) throw traps.noSuchItem()
  if (next !== undefined && moved.includes(next)) return
  firewall.filter = firewall.filter.filter(rule => !moved.includes(rule))
  insert(firewall.filter, moved, next)
  firewall.changes.announce()
}

function insert(rules: FirewallItem[], added: readonly FirewallItem[], next: FirewallItem | undefined): void {
  rules.splice(next === undefined ? rules.length : rules.indexOf(next), 0, ...added)
}

function ruleRow({ id, settings }: FirewallItem): Row {
  const told = [...RULE_SETTINGS.keys()].filter(name => name !== 'comment' && name !== 'disabled' && settings.has(name))
  return new Map([
    ['.id', writeId(id, '*')],
    ...comment(settings),
    ...told.map((name): [string, string] => [name, settings.get(name) ?? '']),
    ['bytes', '0'],
    ['packets', '0'],
    ['invalid', 'false'],
    ['dynamic', 'false'],
    ['disabled', settings.get('disabled') ?? 'false'],
  ])
}

function comment(settings: ReadonlyMap<string, string>): [string, string][] {
  const text = settings.get('comment') ?? ''
  return text === '' ? [] : [['comment', text]]
}
