import { describe, expect, it } from 'vitest'
import { ModelDevice } from './model-device.ts'

describe('a print', () => {
  it('lists the pool, mounted, with exact bytes', () => {
    const device = new ModelDevice()
    expect(device.print('/disk/print')).toHaveLength(1)
    expect(device.disk('storage-pool')).toMatchObject({
      fs: 'btrfs',
      mounted: 'true',
      'mount-point': 'storage-pool',
      size: '107374182400',
      free: '107374182400',
      use: '0%',
    })
  })

  it('picks the properties of .proplist that are there', () => {
    const device = new ModelDevice()
    device.addDisk('a')
    const rows = device.print('/disk/print', { '.proplist': 'slot,free,nonsense' })
    expect(rows).toEqual([{ slot: 'storage-pool', free: '106300440576' }, { slot: 'a' }])
  })

  it('applies queries before .proplist', () => {
    const device = new ModelDevice()
    device.addDisk('a')
    expect(device.print('/disk/print', { '.proplist': 'slot' }, ['?type=file'])).toEqual([{ slot: 'a' }])
  })

  it.each([
    [
      ['?slot=b', '?slot=a', '?#|'],
      ['a', 'b'],
    ],
    [['?slot=a', '?slot=b'], []],
    [['?=slot=b'], ['b']],
    [
      ['?slot=a', '?#!'],
      ['storage-pool', 'b', 'c'],
    ],
    [['?slot=storage-pool'], ['storage-pool']],
    [
      ['?slot=a', '?type=raid', '?#|'],
      ['storage-pool', 'a'],
    ],
    [['?slot'], ['storage-pool', 'a', 'b', 'c']],
    [['?slot=nobody'], []],
  ])('finds by slots, in the order of the listing: %j', (queries, wanted) => {
    const device = new ModelDevice()
    for (const slot of ['a', 'b', 'c']) device.addDisk(slot)
    expect(device.print('/disk/print', {}, queries).map(row => row['slot'])).toEqual(wanted)
  })

  it('counts', () => {
    const device = new ModelDevice()
    device.addDisk('a')
    expect(device.do('/disk/print', { 'count-only': '' })).toBe('2')
  })

  it('takes the arguments that shape console output and no others', () => {
    const device = new ModelDevice()
    expect(device.print('/disk/print', { detail: '', 'without-paging': '' })).toHaveLength(1)
    expect(device.refusal('/disk/print', { where: 'slot=a' })).toBe('unknown parameter where')
    expect(device.refusal('/disk/print', { path: 'x' })).toBe('unknown parameter path')
  })

  it('answers to getall as well', () => {
    expect(new ModelDevice().print('/disk/getall')).toHaveLength(1)
  })

  it('tells version, identity and packages', () => {
    const device = new ModelDevice()
    expect(device.print('/system/resource/print')[0]).toMatchObject({ version: '7.24.4 (stable)', uptime: '0s' })
    device.do('/system/identity/set', { name: 'rds' })
    expect(device.print('/system/identity/print')).toEqual([{ name: 'rds' }])
    expect(device.print('/system/package/print', {}, ['?name=rose-storage'])[0]?.['version']).toBe('7.24.4')
  })

  it.each([
    ['command', 'no such command'],
    ['prefix', 'no such command prefix'],
    ['directory', 'no such command or directory'],
  ] as const)('of a menu that is not there: %s', (unknownCommandText, text) => {
    expect(new ModelDevice({ unknownCommandText }).refusal('/disk/find')).toBe(`0 ${text}`)
  })
})
