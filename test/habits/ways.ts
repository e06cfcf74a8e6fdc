import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_SWITCHES, type DeviceSwitches } from '../../src/adapters/sim/routeros-device/switches.ts'

export type SwitchName = keyof DeviceSwitches
export type Switches = Partial<DeviceSwitches>

const file = join(import.meta.dirname, '../../src/adapters/sim/routeros-device/switches.ts')
const declaration = readFileSync(file, 'utf8')

export const SWITCH_NAMES = Object.keys(DEFAULT_SWITCHES) as readonly SwitchName[]

/** Every way in which this switch can stand, as its declaration says; a number has a limit or none. */
export function waysOf(name: SwitchName): readonly Switches[] {
  const type = new RegExp(`readonly ${name}: (.*)$`, 'm').exec(declaration)?.[1]
  if (type === undefined) throw new Error(`${name} is not declared on a line of its own`)
  return valuesOf(type).map(value => ({ [name]: value }))
}

/** The ways but that in which it stands by itself. */
export const otherWaysOf = (name: SwitchName): readonly Switches[] =>
  waysOf(name).filter(way => way[name] !== DEFAULT_SWITCHES[name])

function valuesOf(type: string): readonly (string | boolean | number)[] {
  if (type === 'boolean') return [true, false]
  if (type === 'number') return [32, Number.POSITIVE_INFINITY]
  return Array.from(type.matchAll(/'(\w+)'/g), ([, value]) => value!)
}
