import { type Arguments, referencedItems } from '../arguments.ts'
import type { Menu } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { writeId } from '../item-ids.ts'
import { ITEMS, printCommand, writeCommand } from '../menu-command.ts'
import type { Row } from '../query.ts'
import type { TrackedConnection } from './block-gate.ts'

/** `/ip/firewall/connection`: the hosts' connections to exported disks. */
export function connectionMenu(device: DeviceState): Menu {
  const { gate, traps } = device
  const print = printCommand(() => gate.list().map(connectionRow), traps)
  const remove = (args: Arguments): void => {
    const find = (reference: string): TrackedConnection | undefined =>
      gate.list().find(({ id }) => writeId(id, '*') === reference)
    gate.forget(referencedItems(args, find, traps))
  }
  return {
    path: '/ip/firewall/connection',
    shape: 'items',
    flags: [],
    displays: new Map(),
    columns: ['protocol', 'src-address', 'dst-address', 'tcp-state'],
    commands: { print, getall: print, remove: writeCommand(ITEMS, remove, ['numbers']) },
  }
}

function connectionRow({ id, address, remotePort, port }: TrackedConnection): Row {
  return new Map([
    ['.id', writeId(id, '*')],
    ['protocol', 'tcp'],
    ['src-address', `${address}:${remotePort}`],
    ['dst-address', `:${port}`],
    ['tcp-state', 'established'],
  ])
}
