import { type Arguments, parseSettings } from '../arguments.ts'
import type { Menu } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { writeId } from '../item-ids.ts'
import { printCommand, writeCommand } from '../menu-command.ts'
import type { Row } from '../query.ts'
import type { FirewallItem } from './firewall.ts'
import { ENTRY_ADD, ENTRY_SET } from './firewall-arguments.ts'
import { FLAGS, itemCommands } from './firewall-items.ts'

/** `/ip/firewall/address-list`: one entry per address; the same address twice in one list is refused. */
export function addressListMenu(device: DeviceState): Menu {
  const { firewall, traps, localTime } = device
  const entryRow = ({ id, settings, created }: FirewallItem): Row => {
    const text = settings.get('comment') ?? ''
    return new Map([
      ['.id', writeId(id, '*')],
      ...(text === '' ? [] : ([['comment', text]] as const)),
      ['list', settings.get('list') ?? ''],
      ['address', settings.get('address') ?? ''],
      ['creation-time', localTime(created)],
      ['dynamic', 'false'],
      ['disabled', settings.get('disabled') ?? 'false'],
    ])
  }
  const print = printCommand(() => firewall.lists.map(entryRow), traps)
  const items = {
    find: (reference: string) => firewall.lists.find(({ id }) => writeId(id, '*') === reference),
    settings: ENTRY_SET,
    drop: (gone: readonly FirewallItem[]): void => {
      firewall.lists = firewall.lists.filter(entry => !gone.includes(entry))
    },
    check: (entry: FirewallItem, settings: ReadonlyMap<string, string>): void => checkTwice(device, settings, entry),
  }
  return {
    path: '/ip/firewall/address-list',
    shape: 'items',
    flags: FLAGS,
    displays: new Map(),
    columns: ['list', 'address', 'creation-time'],
    commands: {
      print,
      getall: print,
      add: writeCommand(ENTRY_ADD, args => addEntry(device, args)),
      ...itemCommands(device, items),
    },
  }
}

function addEntry(device: DeviceState, args: Arguments): string {
  const { firewall, traps, now } = device
  const settings = parseSettings(args, ENTRY_ADD, traps)
  for (const name of ['list', 'address']) if (!settings.get(name)) throw traps.missing(name)
  checkTwice(device, settings, undefined)
  const entry: FirewallItem = { id: firewall.ids.take(), settings, created: now() }
  firewall.lists.push(entry)
  firewall.changes.announce()
  return writeId(entry.id, '*')
}

function checkTwice(
  { firewall, traps }: DeviceState,
  settings: ReadonlyMap<string, string>,
  own: FirewallItem | undefined,
): void {
  const told = (item: FirewallItem | undefined, name: string): string | undefined =>
    settings.get(name) ?? item?.settings.get(name)
  const twice = firewall.lists.some(
    other => other !== own && ['list', 'address'].every(name => other.settings.get(name) === told(own, name)),
  )
  if (twice) throw traps.alreadyHaveEntry()
}
