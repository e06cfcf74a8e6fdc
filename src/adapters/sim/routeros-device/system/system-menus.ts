import { argumentTable, parseArguments } from '../arguments.ts'
import type { Menu, MenuCommand } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { writeDuration } from '../durations.ts'
import { printCommand, writeCommand } from '../menu-command.ts'
import type { Row } from '../query.ts'
import { text } from '../value-kinds.ts'

const BUILT = '2026-09-03 09:57:14'
const IDENTITY = argumentTable({ name: text })

/** `/system/resource`, `identity`, `package`, `routerboard` and `clock`, as far as a driver asks for them. */
export function systemMenus(device: DeviceState): Menu[] {
  const { traps } = device
  const rename = writeCommand(IDENTITY, args => {
    device.system.identity = parseArguments(args, IDENTITY, traps).get('name') ?? device.system.identity
  })
  const print = (rows: () => readonly Row[]): MenuCommand => printCommand(rows, traps)
  return [
    values('/system/resource', { print: print(() => [resource(device)]) }),
    values('/system/identity', { print: print(() => [new Map([['name', device.system.identity]])]), set: rename }),
    values('/system/routerboard', { print: print(() => [routerboard(device)]) }),
    values('/system/clock', { print: print(() => [clock(device)]) }),
    packageMenu(print(() => packages(device))),
  ]
}

function values(path: string, commands: Menu['commands']): Menu {
  const displays: Menu['displays'] = new Map([
    ['free-memory', 'size'],
    ['total-memory', 'size'],
    ['cpu-count', 'number'],
  ])
  return { path, shape: 'values', flags: [], displays, columns: [], commands }
}

function packageMenu(print: MenuCommand): Menu {
  return {
    path: '/system/package',
    shape: 'items',
    named: 'name',
    flags: [{ letter: 'X', property: 'disabled', word: 'DISABLED', printed: false }],
    displays: new Map(),
    columns: ['name', 'version', 'build-time'],
    commands: { print, getall: print },
  }
}

/** Property names of the manual; figures of an RDS2216 (product matrix). */
function resource({ system, now, bootedAt }: DeviceState): Row {
  const uptime = Math.max(0, now().getTime() - bootedAt.getTime())
  const seconds = Math.floor(uptime / 1000)
  return new Map([
    ['uptime', seconds === 0 ? '0s' : writeDuration(seconds * 1000)],
    ['version', `${system.version} (stable)`],
    ['build-time', BUILT],
    ['free-memory', '33285996544'],
    ['total-memory', '34359738368'],
    ['cpu', 'ARM64'],
    ['cpu-count', '16'],
    ['cpu-frequency', '2000'],
    ['cpu-load', '1'],
    ['architecture-name', 'arm64'],
    ['board-name', 'RDS2216-2XG-4S+4XS-2XQ'],
    ['platform', 'MikroTik'],
  ])
}

function packages({ system }: DeviceState): Row[] {
  return system.packages.map(
    ({ name, disabled = false }, index) =>
      new Map([
        ['.id', `*${index + 1}`],
        ['name', name],
        ['version', system.version],
        ['build-time', BUILT],
        ['disabled', String(disabled)],
      ]),
  )
}

function routerboard({ system }: DeviceState): Row {
  return new Map([
    ['routerboard', 'true'],
    ['model', 'RDS2216-2XG-4S+4XS-2XQ'],
    ['serial-number', 'HE000000000'],
    ['firmware-type', 'al64v3'],
    ['current-firmware', system.version],
    ['upgrade-firmware', system.version],
  ])
}

function clock({ system, now, localTime }: DeviceState): Row {
  const [date = '', time = ''] = localTime(now()).split(' ')
  const offset = Math.abs(system.utcOffset)
  const digits = (value: number): string => String(value).padStart(2, '0')
  return new Map([
    ['time', time],
    ['date', date],
    ['time-zone-autodetect', 'false'],
    ['time-zone-name', 'manual'],
    ['gmt-offset', `${system.utcOffset < 0 ? '-' : '+'}${digits(Math.floor(offset / 60))}:${digits(offset % 60)}`],
    ['dst-active', 'false'],
  ])
}
