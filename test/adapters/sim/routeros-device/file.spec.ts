import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exported, GIB, ModelDevice } from './model-device.ts'

const names = (rows: Record<string, string>[]): (string | undefined)[] => rows.map(row => row['name'])

describe('/file', () => {
  it('reads back names without a leading slash, the types of the captures, and exact sizes', () => {
    const device = new ModelDevice()
    device.addDisk('a', { 'file-size': String(GIB + 512) })
    expect(device.print('/file/print')).toEqual([
      { '.id': '**100', name: 'storage-pool', type: 'disk', 'last-modified': '2026-10-02 03:04:05' },
      { '.id': '**101', name: 'storage-pool/v', type: 'directory', 'last-modified': '2026-10-02 03:04:05' },
      {
        '.id': '**102',
        name: 'storage-pool/v/a.img',
        type: '.img file',
        size: String(GIB + 512),
        'last-modified': '2026-10-02 03:04:05',
      },
    ])
  })

  it('lists what it is asked for', () => {
    const device = new ModelDevice({ filePrintDefault: 'topLevel' })
    device.addDisk('a')
    expect(names(device.print('/file/print'))).toEqual(['storage-pool'])
    expect(names(device.print('/file/print', { path: '/storage-pool' }))).toEqual(['storage-pool/v'])
    const below = { path: 'storage-pool', recursive: 'yes' }
    expect(names(device.print('/file/print', below))).toEqual(['storage-pool/v', 'storage-pool/v/a.img'])
    expect(names(device.print('/file/print', { ...below, relative: '' }))).toEqual(['v', 'v/a.img'])
    device.state.setSwitches({ filePrintDefault: 'nested' })
    expect(names(device.print('/file/print'))).toHaveLength(3)
  })

  it('adds directories and small files', () => {
    const device = new ModelDevice()
    device.do('/file/add', { name: '/storage-pool/w', type: 'directory' })
    device.do('/file/add', { name: 'storage-pool/w/note', type: 'file', contents: 'hello' })
    expect(device.file('storage-pool/w/note')).toMatchObject({ type: 'file', size: '5' })
    expect(readFileSync(join(device.folder, 'storage-pool/w/note'), 'utf8')).toBe('hello')
    expect(device.refusal('/file/add', { name: 'storage-pool/w', type: 'directory' })).toContain('already exists')
    expect(device.refusal('/file/add', { name: 'elsewhere/x', type: 'directory' })).toContain('no such file')
    expect(device.refusal('/file/add', { name: 'a/../b', type: 'directory' })).toBe('1 invalid value for argument name')
    expect(device.refusal('/file/add', { type: 'directory' })).toBe('missing =name=')
  })

  it('is addressed by id or by name, never with a leading slash', () => {
    const device = new ModelDevice()
    const id = device.do('/file/add', { name: 'storage-pool/v/x', type: 'file' }) ?? ''
    expect(device.refusal('/file/remove', { '.id': '/storage-pool/v/x' })).toBe('0 no such item')
    device.do('/file/remove', { '.id': id })
    expect(device.refusal('/file/remove', { numbers: 'storage-pool/v/x' })).toBe('0 no such item')
  })

  it('renames a file that nobody uses', () => {
    const device = new ModelDevice()
    device.addDisk('a')
    const rename = { '.id': 'storage-pool/v/a.img', name: 'storage-pool/v/b.img' }
    expect(device.refusal('/file/set', rename)).toBe('failure: file is in use')
    device.do('/disk/remove', { '.id': 'a' })
    device.do('/file/set', rename)
    expect(names(device.print('/file/print', { path: 'storage-pool/v' }))).toEqual(['storage-pool/v/b.img'])
    device.do('/disk/add', { type: 'file', slot: 'b', 'file-path': 'storage-pool/v/b.img' })
    expect(device.disk('b')?.['file-size']).toBe(String(GIB))
  })

  it.each(['refused', 'allowed'] as const)('removal of a file in use is %s', removeFileInUse => {
    const device = new ModelDevice({ removeFileInUse })
    device.addDisk('a', exported('nqn.a'))
    const live = device.state.disks.open('nqn.a', 'h', 4420)
    const remove = { '.id': 'storage-pool/v/a.img' }
    if (removeFileInUse === 'refused') expect(device.refusal('/file/remove', remove)).toBe('failure: file is in use')
    else device.do('/file/remove', remove)
    const gone = removeFileInUse === 'allowed'
    expect(device.disk('a')?.['empty']).toBe(String(gone))
    expect(device.free).toBe(gone ? 100 * GIB : 99 * GIB)
    expect(typeof live === 'object' && live.ended.aborted).toBe(gone)
  })

  it.each(['refused', 'recursive'] as const)('removal of a directory that is not empty is %s', removeDirectory => {
    const device = new ModelDevice({ removeDirectory })
    device.addDisk('a')
    device.do('/disk/remove', { '.id': 'a' })
    const remove = { '.id': 'storage-pool/v' }
    if (removeDirectory === 'refused') expect(device.refusal('/file/remove', remove)).toContain('not empty')
    else device.do('/file/remove', remove)
    expect(device.print('/file/print')).toHaveLength(removeDirectory === 'refused' ? 3 : 1)
    expect(device.free).toBe(removeDirectory === 'refused' ? 99 * GIB : 100 * GIB)
  })

  it('never removes a mount point', () => {
    expect(new ModelDevice().refusal('/file/remove', { '.id': 'storage-pool' })).toBe('failure: disk is in use')
  })
})
