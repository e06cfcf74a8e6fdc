import { argumentTable, type Arguments, parseSettings, REFERENCES, referencedItems } from '../arguments.ts'
import type { Menu } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { ITEMS, printCommand, writeCommand } from '../menu-command.ts'
import type { Row } from '../query.ts'
import { text } from '../value-kinds.ts'
import { ROOT_NAME } from './subvolume.ts'

const SETTINGS = argumentTable({ label: text, 'default-subvolume': text }, REFERENCES)

/** `/disk/btrfs/filesystem`: the pool, while it is a mounted btrfs, and file systems that only have a name. */
export function btrfsFilesystemMenu(device: DeviceState): Menu {
  const print = printCommand(() => filesystemRows(device), device.traps)
  const scrub = (status: string) =>
    writeCommand(
      ITEMS,
      args => {
        for (const label of labels(device, args)) if (label === device.pool.label) device.btrfs.scrub = status
      },
      ['numbers'],
    )
  return {
    path: '/disk/btrfs/filesystem',
    shape: 'items',
    named: 'label',
    flags: [],
    displays: new Map([
      ['label', 'quoted'],
      ['uuid', 'quoted'],
      ['default-subvolume', 'quoted'],
    ]),
    columns: ['label', 'default-subvolume', 'uuid', 'total-devs', 'devs'],
    commands: {
      print,
      getall: print,
      set: writeCommand(SETTINGS, args => setLabel(device, args), ['numbers']),
      'reset-counters': writeCommand(ITEMS, args => {
        if (labels(device, args).includes(device.pool.label)) device.btrfs.errors.clear()
      }),
      'scrub-start': scrub('done'),
      'scrub-cancel': scrub('canceled'),
    },
  }
}

/** Error counters of a device of a file system (manual). */
const ERRORS = ['write-errors', 'read-errors', 'flush-errors', 'corruption-errors', 'generation-errors'] as const

/** Properties of the manual; `spaces` is text for people. */
function filesystemRows({ pool, btrfs }: DeviceState): Row[] {
  const others = btrfs.others.map(({ label, uuid }, index) => filesystemRow(`*${index + 2}`, { label, uuid, devs: '' }))
  if (!pool.mounted || pool.fs !== 'btrfs') return others
  const used = Math.round((100 * (pool.size - pool.free)) / pool.size)
  const size = `${(pool.size / 1e9).toFixed(2)}GB`
  const own = filesystemRow('*1', { label: pool.label, uuid: pool.uuid, devs: pool.name })
  const more: [string, string][] = [
    ['spaces', `data,single:${size} ${pool.name}:${size}, used:${used}%`],
    ...(btrfs.scrub === '' ? [] : ([['scrub-status', btrfs.scrub]] satisfies [string, string][])),
    ...ERRORS.map((name): [string, string] => [name, String(btrfs.errors.get(name) ?? 0)]),
  ]
  return [new Map([...own, ...more]), ...others]
}

function filesystemRow(id: string, has: { label: string; uuid: string; devs: string }): Row {
  return new Map([
    ['.id', id],
    ['label', has.label],
    ['default-subvolume', ROOT_NAME],
    ['uuid', has.uuid],
    ['total-devs', '1'],
    ['dev-ids', '1'],
    ['devs', has.devs],
  ])
}

/** Labels of the file systems that are meant; of two with one label, the pool's. */
function labels(device: DeviceState, args: Arguments): string[] {
  const rows = filesystemRows(device)
  const find = (reference: string): string | undefined =>
    rows.find(row => row.get('.id') === reference || row.get('label') === reference)?.get('label')
  return referencedItems(args, find, device.traps)
}

function setLabel(device: DeviceState, args: Arguments): void {
  const settings = parseSettings(args, SETTINGS, device.traps)
  const chosen = settings.get('default-subvolume')
  if (chosen !== undefined && chosen !== ROOT_NAME) throw device.traps.refused('notModelled')
  for (const label of labels(device, args)) {
    if (label === device.pool.label) device.pool.label = settings.get('label') ?? label
  }
}
