import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exported, fileDisk, GIB, ModelDevice } from './model-device.ts'

describe('/disk/add', () => {
  it('answers the id and reads back as the captures do', () => {
    const device = new ModelDevice()
    const id = device.addDisk('a', { comment: 'mine', 'mount-filesystem': 'no' })
    expect(id).toBe('*21')
    expect(device.disk('a')).toMatchObject({
      '.id': '*21',
      comment: 'mine',
      type: 'file',
      slot: 'a',
      fs: '-',
      model: '/storage-pool/v/a.img',
      'file-path': '/storage-pool/v/a.img',
      size: String(GIB),
      'file-size': String(GIB),
      'mount-filesystem': 'false',
      'nvme-tcp-export': 'false',
      disabled: 'false',
      'block-device': 'true',
    })
    expect(device.disk('a')).not.toHaveProperty('nvme-tcp-server-nqn')
  })

  it('mounts file systems unless told otherwise, and has no comment unless given one', () => {
    const device = new ModelDevice()
    device.addDisk('a')
    expect(device.disk('a')).toMatchObject({ 'mount-filesystem': 'true' })
    expect(device.disk('a')).not.toHaveProperty('comment')
  })

  it('takes the whole size from the pool, and makes a sparse file of it', () => {
    const device = new ModelDevice()
    device.addDisk('a', { 'file-size': String(3 * GIB) })
    expect(device.free).toBe(97 * GIB)
    const { size, blocks } = statSync(join(device.folder, 'storage-pool/v/a.img'))
    expect(size).toBe(3 * GIB)
    expect(blocks).toBe(0)
  })

  it('takes nothing where allocation is thin', () => {
    const device = new ModelDevice({ allocation: 'thin' })
    device.addDisk('a')
    expect(device.free).toBe(100 * GIB)
  })

  it.each([
    ['1G', GIB],
    ['512M', GIB / 2],
    ['2GiB', 2 * GIB],
    ['1073742336', GIB + 512],
  ])('takes %s for binary bytes', (text, expected) => {
    const device = new ModelDevice()
    device.addDisk('a', { 'file-size': text })
    expect(device.disk('a')?.['file-size']).toBe(String(expected))
  })

  it('reads size back in whole sectors and file-size to the byte', () => {
    const device = new ModelDevice()
    device.addDisk('a', { 'file-size': String(GIB + 100) })
    expect(device.disk('a')).toMatchObject({ size: String(GIB), 'file-size': String(GIB + 100) })
  })

  it.each([
    ['an unknown parameter', { colour: 'red' }, 'unknown parameter colour'],
    ['a size that is none', { 'file-size': 'big' }, '1 invalid value for argument file-size'],
    ['a size of zero', { 'file-size': '0' }, '1 invalid value for argument file-size'],
    ['a type that is none', { type: 'floppy' }, '1 input does not match any value of type'],
    ['a type without hardware', { type: 'raid' }, 'failure: not supported by this device'],
    ['a truth value that is none', { 'nvme-tcp-export': '1' }, '1 input does not match any value of nvme-tcp-export'],
    ['a port that is none', { 'nvme-tcp-server-port': '70000' }, '1 invalid value for argument nvme-tcp-server-port'],
    ['a path that climbs', { 'file-path': 'storage-pool/../x' }, '1 invalid value for argument file-path'],
    ['a slot of 33 characters', { slot: 's'.repeat(33) }, '1 invalid value for argument slot'],
    ['an empty file path', { 'file-path': '' }, '1 invalid value for argument file-path'],
  ])('refuses %s and changes nothing', (_, args, message) => {
    const device = new ModelDevice()
    expect(device.refusal('/disk/add', { ...fileDisk('a'), ...args })).toBe(message)
    expect(device.print('/disk/print')).toHaveLength(1)
    expect(device.print('/file/print')).toHaveLength(2)
    expect(device.free).toBe(100 * GIB)
  })

  it.each(['type', 'file-path', 'file-size'])('asks for %s', name => {
    const device = new ModelDevice()
    const { [name]: _, ...args } = fileDisk('a')
    expect(device.refusal('/disk/add', args)).toBe(`missing =${name}=`)
  })

  it('names the slot after the path when it gets none', () => {
    const device = new ModelDevice()
    device.do('/disk/add', { type: 'file', 'file-path': 'storage-pool/v/x.img', 'file-size': '1M' })
    expect(device.disk('file-storage-pool-v-x.img')).toBeDefined()
  })

  it('takes longer slots where the limit is off', () => {
    const device = new ModelDevice({ slotMaxLength: Number.POSITIVE_INFINITY })
    expect(device.addDisk('s'.repeat(40))).toBe('*21')
  })

  it('attaches a file that is there when it gets no size, or auto', () => {
    const device = new ModelDevice()
    device.addDisk('a', { 'file-size': '5M' })
    for (const size of [undefined, 'auto']) {
      device.do('/disk/remove', { '.id': 'a' })
      const { 'file-size': _, ...args } = fileDisk('a')
      device.do('/disk/add', size === undefined ? args : { ...args, 'file-size': size })
      expect(device.disk('a')?.['file-size']).toBe(String(5 * 1024 ** 2))
    }
  })

  it('copies settings, never data, with copy-from', () => {
    const device = new ModelDevice({ secondExportOfOneNqn: 'accepted' })
    device.addDisk('a', { ...exported('nqn.a'), comment: 'first' })
    device.addDisk('b', { 'copy-from': 'a' })
    expect(device.disk('b')).toMatchObject({ comment: 'first', 'nvme-tcp-server-nqn': 'nqn.a', slot: 'b' })
    expect(device.refusal('/disk/add', { ...fileDisk('c'), 'copy-from': 'nobody' })).toBe('0 no such item')
  })
})
