import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exported, GIB, ModelDevice } from './model-device.ts'

describe('/disk/remove', () => {
  it('leaves the backing file and its space where they are', () => {
    const device = new ModelDevice()
    device.addDisk('a')
    device.do('/disk/remove', { '.id': 'a' })
    expect(device.disk('a')).toBeUndefined()
    expect(device.file('storage-pool/v/a.img')?.['size']).toBe(String(GIB))
    expect(device.free).toBe(99 * GIB)
    device.do('/file/remove', { '.id': 'storage-pool/v/a.img' })
    expect(device.free).toBe(100 * GIB)
    expect(existsSync(join(device.folder, 'storage-pool/v/a.img'))).toBe(false)
  })

  it('takes a list, and refuses it whole when one is missing', () => {
    const device = new ModelDevice()
    for (const slot of ['a', 'b', 'c']) device.addDisk(slot)
    expect(device.refusal('/disk/remove', { '.id': 'a,nobody' })).toBe('0 no such item')
    expect(device.disk('a')).toBeDefined()
    device.do('/disk/remove', { '.id': 'a,b' })
    expect(device.print('/disk/print', {}, ['?type=file'])).toHaveLength(1)
    expect(device.refusal('/disk/remove', { '.id': 'c', force: 'yes' })).toBe('unknown parameter force')
  })

  it.each(['allowed', 'refused'] as const)('of an exported disk is %s', removeExported => {
    const device = new ModelDevice({ removeExported })
    device.addDisk('a', exported('nqn.a'))
    const live = device.state.disks.open('nqn.a', 'h', 4420)
    if (removeExported === 'refused') {
      expect(device.refusal('/disk/remove', { '.id': 'a' })).toBe('failure: disk is in use')
      device.do('/disk/set', { '.id': 'a', 'nvme-tcp-export': 'no' })
    }
    device.do('/disk/remove', { '.id': 'a' })
    expect(typeof live === 'object' && live.ended.aborted).toBe(true)
    expect(device.state.disks.open('nqn.a', 'h', 4420)).toBe('unknown-nqn')
  })

  it.each([
    ['stable', '*22'],
    ['reused', '*21'],
  ] as const)('makes an id %s', (idStability, next) => {
    const device = new ModelDevice({ idStability })
    expect(device.addDisk('a')).toBe('*21')
    device.do('/disk/remove', { '.id': '*21' })
    expect(device.addDisk('b')).toBe(next)
  })
})

describe('a restart', () => {
  it.each([
    ['stable', '*21'],
    ['renumberedAtRestart', '*22'],
  ] as const)('with ids %s', (idStability, id) => {
    const device = new ModelDevice({ idStability })
    device.addDisk('a')
    device.state.reboot()
    expect(device.disk('a')?.['.id']).toBe(id)
  })

  it('begins exports anew', () => {
    const device = new ModelDevice()
    device.addDisk('a', exported('nqn.a'))
    const before = device.state.disks.open('nqn.a', 'h', 4420)
    device.state.reboot()
    expect(typeof before === 'object' && before.ended.aborted).toBe(true)
    expect(device.state.disks.open('nqn.a', 'h', 4420)).toBeTypeOf('object')
  })

  it('may bring the pool later: no files, disks in state E, no adds', () => {
    const device = new ModelDevice({ poolAfterRestart: 'later' })
    device.addDisk('a', exported('nqn.a'))
    device.state.reboot()
    expect(device.disk('storage-pool')).toMatchObject({ mounted: 'false' })
    expect(device.disk('storage-pool')).not.toHaveProperty('free')
    expect(device.print('/file/print')).toHaveLength(0)
    expect(device.disk('a')).toMatchObject({ empty: 'true', 'nvme-tcp-export': 'true' })
    expect(device.state.disks.open('nqn.a', 'h', 4420)).toBe('unknown-nqn')
    expect(() => device.addDisk('b')).toThrow('no such file or directory')
    device.state.mountPool(true)
    expect(device.disk('a')?.['empty']).toBe('false')
    expect(device.state.disks.open('nqn.a', 'h', 4420)).toBeTypeOf('object')
  })
})
