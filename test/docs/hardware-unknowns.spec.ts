import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DEFAULT_SWITCHES, type DeviceSwitches } from '../../src/adapters/sim/routeros-device/switches.ts'
import { literal, literals, readDocument, root, rows, section, sorted } from './document.ts'

const names = Object.keys(DEFAULT_SWITCHES) as (keyof DeviceSwitches)[]
const source = readFileSync(join(root, 'src/adapters/sim/routeros-device/switches.ts'), 'utf8')

/** Every way that a switch can stand, as its declaration says; a number can stand anywhere. */
function ways(name: string): readonly string[] {
  const type = new RegExp(`readonly ${name}: (.*)$`, 'm').exec(source)![1]!
  if (type === 'boolean') return ['true', 'false']
  return type === 'number' ? ['32', 'Infinity'] : [...type.matchAll(/'(\w+)'/g)].map(([, way]) => way!)
}

const document = readDocument('docs/hardware-unknowns.md')
const table = rows(section(document, 'Not relied upon: a switch, both ways tested')).map(
  ([point, name, standing, others, driver, user]) => ({ point, name: literal(name), standing, others, driver, user }),
)

describe('docs/hardware-unknowns.md', () => {
  it('has a row for every switch of the simulated appliance, and names no other', () => {
    expect(sorted(table.map(({ name }) => name))).toEqual(sorted(names))
  })

  it.each(names)('tells how %s can stand', name => {
    const row = table.find(each => each.name === name)
    const byDefault = String(DEFAULT_SWITCHES[name])
    expect(literal(row?.standing)).toBe(byDefault)
    expect(sorted(literals(row!.others!))).toEqual(sorted(ways(name).filter(way => way !== byDefault)))
  })

  it.each(table)('says of $name what the driver does and what it means', ({ point, driver, user }) => {
    for (const text of [point, driver, user]) expect(text?.length).toBeGreaterThan(5)
  })

  it('says what is relied upon, from where, and what if not', () => {
    const relied = rows(section(document, 'Relied upon: unverified, and no switch'))
    expect(relied.length).toBeGreaterThan(5)
    for (const cells of relied) for (const cell of cells) expect(cell.length).toBeGreaterThan(5)
  })
})
