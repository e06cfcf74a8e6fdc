import { parseArguments } from './arguments.ts'
import type { Command, Menu, MenuCommand, Outcome } from './command.ts'
import type { DeviceState } from './device-state.ts'
import { printRows } from './print.ts'
import type { Row } from './query.ts'
import { text } from './value-kinds.ts'

/** The release that the model follows. */
const VERSION = '7.24.4'
const BUILT = '2026-09-03 09:57:14'
const IDENTITY = new Map([['name', { kind: text }]])

/** `/system/resource`, `/system/identity` and `/system/package`, as far as a check of the version needs them. */
export function systemMenus(device: DeviceState): Menu {
  const print = (rows: () => Row[]): MenuCommand => ({
    policy: 'read',
    run: command => printRows(rows(), command, device.traps),
  })
  return {
    '/system/resource/print': print(() => [resource(device)]),
    '/system/identity/print': print(() => [new Map([['name', device.identity]])]),
    '/system/identity/set': { policy: 'write', run: command => setIdentity(device, command) },
    '/system/package/print': print(packages),
  }
}

function setIdentity(device: DeviceState, { args }: Command): Outcome {
  device.identity = parseArguments(args, IDENTITY, [], device.traps).get('name') ?? device.identity
  return {}
}

/** Property names of the manual; figures of an RDS2216 (product matrix). */
function resource(device: DeviceState): Row {
  const uptime = Math.max(0, device.now().getTime() - device.bootedAt.getTime())
  return new Map([
    ['uptime', duration(Math.floor(uptime / 1000))],
    ['version', `${VERSION} (stable)`],
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

function packages(): Row[] {
  return ['routeros', 'rose-storage'].map(
    (name, index) =>
      new Map([
        ['.id', `*${index + 1}`],
        ['name', name],
        ['version', VERSION],
        ['build-time', BUILT],
        ['disabled', 'false'],
      ]),
  )
}

/** Seconds as RouterOS writes durations: `1d7h44m20s`. */
function duration(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ]
  return parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : '')).join('') || '0s'
}
