import { argumentTable, type ArgumentTable, isSet, parseArguments, REFERENCES } from '../arguments.ts'
import type { Command, CommandContext, Menu, MenuCommand } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { ITEMS, printCommand, writeCommand } from '../menu-command.ts'
import { printArguments, propertiesAsked, showsSensitive } from '../print.ts'
import type { Row } from '../query.ts'
import { text } from '../value-kinds.ts'
import { addDisk } from './disk-add.ts'
import { DISK_ADD, DISK_SET, DISK_SETTINGS } from './disk-arguments.ts'
import { removeDisks, setDisks, switchDisks, unsetDisks } from './disk-changes.ts'
import { copyCommand } from './disk-copy.ts'
import type { DiskItem } from './disk-item.ts'
import { DISK_COLUMNS, DISK_DISPLAYS, DISK_FLAGS } from './disk-display.ts'
import { listenCommand } from './disk-listen.ts'
import { discoverCommand } from './nvme-discover.ts'
import { referencedDisks } from './disk-reference.ts'
import { fileDiskRow } from './disk-rows.ts'
import { scrubCommands } from './raid-scrub.ts'
import { poolRow } from './pool-row.ts'
import { monitorCommand } from './traffic-monitor.ts'

const COMMENT: ArgumentTable = new Map([...ITEMS, ...[...DISK_SETTINGS].filter(([name]) => name === 'comment')])
const UNSET = argumentTable({ 'value-name': text }, REFERENCES)
const PRINT = printArguments('order-by')

/** The commands of `/disk` that are modelled. */
export function diskMenu(device: DeviceState): Menu {
  const print = printCommand((command, context) => printed(device, command, context), device.traps, PRINT)
  return {
    path: '/disk',
    shape: 'items',
    named: 'slot',
    flags: DISK_FLAGS,
    displays: DISK_DISPLAYS,
    columns: DISK_COLUMNS,
    commands: {
      print,
      getall: print,
      listen: listenCommand(device, () => diskRows(device)),
      add: writeCommand(DISK_ADD, args => addDisk(device, args)),
      set: writeCommand(DISK_SET, args => setDisks(device, args), ['numbers']),
      unset: writeCommand(UNSET, args => unsetDisks(device, args), ['numbers', 'value-name']),
      remove: writeCommand(ITEMS, args => removeDisks(device, checked(device, args)), ['numbers']),
      enable: writeCommand(ITEMS, args => switchDisks(device, checked(device, args), 'no'), ['numbers']),
      disable: writeCommand(ITEMS, args => switchDisks(device, checked(device, args), 'yes'), ['numbers']),
      comment: writeCommand(COMMENT, args => setDisks(device, args), ['numbers', 'comment']),
      scan: writeCommand(argumentTable({}), () => device.disks.attachAll()),
      trim: harmless(device),
      blink: harmless(device),
      check: harmless(device),
      'reset-counters': writeCommand(ITEMS, args => resetCounters(device, args), ['numbers']),
      'monitor-traffic': monitorCommand(device),
      copy: copyCommand(device),
      'nvme-discover': discoverCommand(device),
      ...scrubCommands(device),
    },
  }
}

interface Shown {
  readonly sensitive?: boolean
  readonly stats?: boolean
  /** The file disks; all of them where nothing is said. */
  readonly disks?: readonly DiskItem[]
}

/** All items as the API prints them: drives, the pool, then file disks. */
export function diskRows(device: DeviceState, { disks = device.disks.list(), ...more }: Shown = {}): Row[] {
  const { hardware, switches } = device
  return [
    ...hardware.rows('beforePool'),
    poolRow(device, more.stats),
    ...hardware.rows('afterPool'),
    ...disks.map(disk => fileDiskRow(disk, { switches, ...more })),
  ]
}

/**
 * The file disks that a print by slots alone can find, so that thousands of others need not be written down for nothing;
 * `undefined` for any other query.
 */
function disksAsked({ disks }: DeviceState, queries: readonly string[]): DiskItem[] | undefined {
  const tests = queries.filter(word => !/^\?#[|&]+$/.test(word))
  const slots = tests.map(word => /^\?=?slot=(.*)$/s.exec(word)?.[1])
  if (slots.length === 0 || slots.includes(undefined)) return undefined
  const found = new Set(slots.map(slot => disks.bySlot(slot ?? '')))
  return disks.list().filter(disk => found.has(disk))
}

function printed(device: DeviceState, command: Command, context: CommandContext): Row[] {
  const names = propertiesAsked(command) ?? []
  const stats = ['stats', 'stats-detail'].some(name => isSet(command.args, name))
  const counted = names.some(name => /^(read|write|flush|discard)-|^(in-flight-ops|active-time|wait-time)$/.test(name))
  const disks = disksAsked(device, command.queries)
  const shown = { sensitive: showsSensitive(command, context), stats: stats || counted }
  return diskRows(device, disks === undefined ? shown : { ...shown, disks })
}

/** A command that only has to find its items here: nothing of a simulated disk can be trimmed, checked or seen to blink. */
function harmless(device: DeviceState): MenuCommand {
  return writeCommand(ITEMS, args => void referencedDisks(device, checked(device, args)), ['numbers'])
}

function checked<T extends ReadonlyMap<string, string>>(device: DeviceState, args: T): T {
  parseArguments(args, ITEMS, device.traps)
  return args
}

function resetCounters(device: DeviceState, args: ReadonlyMap<string, string>): void {
  for (const item of referencedDisks(device, checked(device, args))) {
    if (item.kind === 'file') item.disk.traffic.reset()
    else if (item.kind === 'pool') device.traffic.reset()
  }
}
