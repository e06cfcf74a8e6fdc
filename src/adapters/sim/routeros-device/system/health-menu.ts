import type { Menu } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { printCommand } from '../menu-command.ts'
import type { Row } from '../query.ts'

/** `/system/health`: a row per reading, or in the older style one set of properties. */
export function healthMenu(device: DeviceState): Menu {
  const rows = (): Row[] => (device.system.healthStyle === 'rows' ? readings(device) : [oneSet(device)])
  const print = printCommand(rows, device.traps)
  return {
    path: '/system/health',
    shape: 'items',
    named: 'name',
    flags: [],
    displays: new Map(),
    columns: ['name', 'value', 'type'],
    commands: { print, getall: print },
  }
}

function readings({ system }: DeviceState): Row[] {
  return [...system.health].map(
    ([name, { value, type }], index) =>
      new Map([
        ['.id', `*${(index + 1).toString(16).toUpperCase()}`],
        ['name', name],
        ['value', value],
        ['type', type],
      ]),
  )
}

/** Temperatures and voltages are tenths there. */
function oneSet({ system }: DeviceState): Row {
  return new Map(
    [...system.health].map(([name, { value, type }]) => [
      name,
      type === 'C' || type === 'V' ? String(Math.round(Number(value) * 10)) : value,
    ]),
  )
}
