import { type Arguments, type ArgumentTable, parseSettings, referencedItems } from '../arguments.ts'
import type { MenuCommand, MenuFlag } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { ITEMS, writeCommand } from '../menu-command.ts'
import type { FirewallItem } from './firewall.ts'

/** Flags of the menus of the firewall. */
export const FLAGS: readonly MenuFlag[] = [
  { letter: 'X', property: 'disabled', word: 'DISABLED', printed: false },
  { letter: 'I', property: 'invalid', word: 'INVALID', printed: false },
  { letter: 'D', property: 'dynamic', word: 'DYNAMIC', printed: false },
]

/** How the items of a menu of the firewall are found, changed and removed. */
export interface FirewallItems {
  find(reference: string): FirewallItem | undefined
  readonly settings: ArgumentTable
  drop(gone: readonly FirewallItem[]): void
  /** Refuses a change. */
  check?(item: FirewallItem, settings: ReadonlyMap<string, string>): void
}

/** The commands that rules and entries have in common. */
export function itemCommands(device: DeviceState, items: FirewallItems): Readonly<Record<string, MenuCommand>> {
  const { firewall, traps } = device
  const meant = (args: Arguments): FirewallItem[] => referencedItems(args, reference => items.find(reference), traps)
  const set = (
    args: Arguments,
    put: ReadonlyMap<string, string> = parseSettings(args, items.settings, traps),
  ): void => {
    for (const item of meant(args)) {
      items.check?.(item, put)
      change(item, put)
    }
    firewall.changes.announce()
  }
  const remove = (args: Arguments): void => {
    items.drop(meant(args))
    firewall.changes.announce()
  }
  const comments: ArgumentTable = new Map([...ITEMS, ...[...items.settings].filter(([name]) => name === 'comment')])
  return {
    set: writeCommand(items.settings, args => set(args), ['numbers']),
    remove: writeCommand(ITEMS, args => remove(args), ['numbers']),
    enable: writeCommand(ITEMS, args => set(args, new Map([['disabled', 'false']])), ['numbers']),
    disable: writeCommand(ITEMS, args => set(args, new Map([['disabled', 'true']])), ['numbers']),
    comment: writeCommand(comments, args => set(args), ['numbers', 'comment']),
  }
}

/** Puts settings into an item; an empty matcher is none. */
export function change(item: FirewallItem, settings: ReadonlyMap<string, string>): void {
  for (const [name, value] of settings) {
    if (value === '' || value === '!') item.settings.delete(name)
    else item.settings.set(name, value)
  }
}
