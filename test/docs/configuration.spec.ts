import { describe, expect, it } from 'vitest'
import { COMMON, CONTROLLER, type FlagTable, NODE } from '../../src/config/flags.ts'
import { literal, readDocument, rows, section, sorted } from './document.ts'

const table = rows(section(readDocument('docs/reference/configuration.md'), 'Flags')).map(([flag, standing, who]) => ({
  flag: literal(flag)?.replace(/^--/, ''),
  standing: standing!,
  who,
}))
const all: FlagTable = { ...CONTROLLER, ...NODE }

const users = (flag: string): string => (flag in COMMON ? 'all' : flag in CONTROLLER ? 'controller' : 'node')

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

  it('promises no flag that is there already', () => {
    const promised = section(readDocument('docs/reference/configuration.md'), 'Promised, not there yet')
    const names = [...promised.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name!)
    expect(names.length).toBeGreaterThan(3)
    expect(names.filter(name => name in CONTROLLER)).toEqual(['kubeconfig'])
    expect(names.filter(name => name in NODE)).toEqual([])
  })
})
