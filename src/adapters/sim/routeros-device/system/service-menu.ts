import type { Menu } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { printCommand } from '../menu-command.ts'
import type { Row } from '../query.ts'

/** A service of the device as `/ip/service` tells of it. */
export interface ServiceInfo {
  readonly port: number
  readonly maxSessions: number
  readonly tls: boolean
}

/** Services with the ports that they have when nothing else is said. */
const SERVICES: ReadonlyMap<string, number> = new Map([
  ['ftp', 21],
  ['ssh', 22],
  ['telnet', 23],
  ['www', 80],
  ['www-ssl', 443],
  ['winbox', 8291],
  ['api', 8728],
  ['api-ssl', 8729],
])

/** `/ip/service`, to read: a service that the simulated device does not serve is disabled. */
export function serviceMenu(device: DeviceState): Menu {
  const rows = (): Row[] =>
    [...SERVICES].map(([name, port], index) => {
      const served = device.services.get(name)
      return new Map([
        ['.id', `*${index + 1}`],
        ['name', name],
        ['port', String(served?.port ?? port)],
        ['address', ''],
        ['vrf', 'main'],
        ['max-sessions', String(served?.maxSessions ?? 20)],
        ...(served?.tls === true
          ? ([
              ['certificate', 'device'],
              ['tls-version', 'any'],
            ] as const)
          : []),
        ['disabled', String(served === undefined)],
      ])
    })
  const print = printCommand(rows, device.traps)
  return {
    path: '/ip/service',
    shape: 'items',
    named: 'name',
    flags: [{ letter: 'X', property: 'disabled', word: 'DISABLED', printed: false }],
    displays: new Map([
      ['port', 'number'],
      ['max-sessions', 'number'],
    ]),
    columns: ['name', 'port', 'max-sessions'],
    commands: { print, getall: print },
  }
}
