import { type Arguments, referencedItems } from './arguments.ts'
import type { Command, Menu, MenuCommand, Outcome } from './command.ts'
import type { DeviceState } from './device-state.ts'
import { addDisk } from './disk-add.ts'
import { DISK_ARGUMENTS } from './disk-arguments.ts'
import { type DiskItem, setting } from './disk-item.ts'
import { fileDiskRow, poolRow } from './disk-rows.ts'
import { setDisk } from './disk-set.ts'
import { writeId } from './item-ids.ts'
import { printRows } from './print.ts'

/** The commands of `/disk` that are modelled. */
export function diskMenu(device: DeviceState): Menu {
  const print: MenuCommand = { policy: 'read', run: command => printDisks(device, command) }
  const write = (run: (args: Arguments) => Outcome): MenuCommand => ({ policy: 'write', run: ({ args }) => run(args) })
  return {
    '/disk/print': print,
    '/disk/getall': print,
    '/disk/add': write(args => addDisk(device, args)),
    '/disk/set': write(args => setDisks(device, args)),
    '/disk/unset': write(args => unsetDisks(device, args)),
    '/disk/remove': write(args => removeDisks(device, args)),
    '/disk/enable': write(args => setDisks(device, only(device, args, ['disabled', 'no']))),
    '/disk/disable': write(args => setDisks(device, only(device, args, ['disabled', 'yes']))),
    '/disk/comment': write(args => setDisks(device, args)),
  }
}

function printDisks(device: DeviceState, command: Command): Outcome {
  const rows = device.disks.list().map(disk => fileDiskRow(disk, device.switches))
  return printRows([poolRow(device.pool), ...rows], command, device.traps)
}

function setDisks(device: DeviceState, args: Arguments): Outcome {
  for (const item of disks(device, args)) {
    if (item === 'pool') setPool(device, args)
    else setDisk(device, item, args)
  }
  return {}
}

function unsetDisks(device: DeviceState, args: Arguments): Outcome {
  const name = args.get('value-name')
  if (name === undefined) throw device.traps.missing('value-name')
  const initial = DISK_ARGUMENTS.get(name)?.initial
  if (initial === undefined) throw device.traps.noMatch('value-name')
  return setDisks(device, only(device, args, [name, initial], ['value-name']))
}

/** Leaves the backing file where it is (manual, "Removing the disk item does not delete the file"). */
function removeDisks(device: DeviceState, args: Arguments): Outcome {
  only(device, args)
  const items = disks(device, args)
  for (const item of items) {
    const exported = item !== 'pool' && setting(item, 'nvme-tcp-export') === 'true'
    const refused = item === 'pool' || (exported && device.switches.removeExported === 'refused')
    if (refused) throw device.traps.refused('diskInUse')
  }
  for (const item of items) if (item !== 'pool') device.disks.remove(item)
  return {}
}

/** The pool's own item is hardware: it takes a comment, nothing else. */
function setPool(device: DeviceState, args: Arguments): void {
  for (const [name, value] of args) {
    if (name === 'comment') device.pool.comment = value
    else if (name !== '.id' && name !== 'numbers') throw device.traps.refused('notModelled')
  }
}

function disks(device: DeviceState, args: Arguments): (DiskItem | 'pool')[] {
  const { pool } = device
  const find = (reference: string): DiskItem | 'pool' | undefined =>
    reference === pool.name || reference === writeId(pool.id, '*') ? 'pool' : device.disks.find(reference)
  return referencedItems(args, find, device.traps)
}

/** The reference to items, with settings put in; refuses any other argument than those named. */
function only(
  device: DeviceState,
  args: Arguments,
  put?: readonly [string, string],
  taken: readonly string[] = [],
): Arguments {
  for (const name of args.keys()) {
    if (name !== '.id' && name !== 'numbers' && !taken.includes(name)) throw device.traps.unknownParameter(name)
  }
  const kept = [...args].filter(([name]) => !taken.includes(name))
  return new Map(put === undefined ? kept : [...kept, put])
}
