import { describe, expect, it } from 'vitest'
import { ADOPT, COMMON, CONTROLLER, DOCTOR, type Flag, type FlagTable, NODE } from '../../src/config/flags.ts'
import { literal, readDocument, rows, section, sorted } from './document.ts'

const table = rows(section(readDocument('docs/reference/configuration.md'), 'Flags')).map(([flag, standing, who]) => ({
  flag: literal(flag)?.replace(/^--/, ''),
  standing: standing!,
  who,
}))
const tools = [
  ['doctor', DOCTOR],
  ['adopt', ADOPT],
] as const
const all: FlagTable = { ...CONTROLLER, ...NODE }

const users = (flag: string): string =>
  flag in COMMON || (flag in CONTROLLER && flag in NODE) ? 'all' : flag in CONTROLLER ? 'controller' : 'node'

describe('docs/reference/configuration.md', () => {
  it('has a row for every flag, and none for any other', () => {
    expect(sorted(table.map(({ flag }) => flag))).toEqual(sorted(Object.keys(all)))
  })

  it.each(Object.keys(all))('tells default and user of --%s', flag => {
    const row = table.find(each => each.flag === flag)
    const { byDefault, required } = all[flag]!
    expect(row?.who).toBe(users(flag))
    if (byDefault !== undefined) expect(literal(row?.standing)).toBe(byDefault)
    else if (required) expect(row?.standing).toBe('required')
    else expect(literal(row?.standing) ?? row?.standing).not.toMatch(/^(?:required|true|false|\d.*|)$/)
  })

  it.each(tools)('lists the flags that a %s alone has, with their defaults', (program, flags) => {
    const listed = rows(section(readDocument('docs/reference/configuration.md'), 'Flags of the tools'))
    const own = Object.entries<Flag<unknown>>(flags).filter(([name]) => !(name in CONTROLLER) || name === 'log-level')
    for (const [name, { byDefault }] of own) {
      const [, standing, who] = listed.find(([cell]) => literal(cell) === `--${name}`) ?? []
      expect(who?.split(', ')).toContain(program)
      expect(literal(standing)).toBe(byDefault)
    }
    const known = new Set([...Object.keys(DOCTOR), ...Object.keys(ADOPT)])
    expect(listed.map(([cell]) => literal(cell)?.slice(2) ?? '').filter(name => !known.has(name))).toEqual([])
  })

  it('promises no flag that is there already', () => {
    const promised = section(readDocument('docs/reference/configuration.md'), 'Promised, not there yet')
    const names = [...promised.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name!)
    expect(names.length).toBeGreaterThan(2)
    expect(names.filter(name => name in CONTROLLER)).toEqual(['kubeconfig'])
    expect(names.filter(name => name in NODE)).toEqual([])
  })
})
