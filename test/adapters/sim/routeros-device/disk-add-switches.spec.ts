import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exported, fileDisk, GIB, ModelDevice } from './model-device.ts'

const EXISTING = 'failure: file already exists'

describe('/disk/add on a file that exists', () => {
  function deviceWithFile(addWithExistingFile: 'refused' | 'attached' | 'resized'): ModelDevice {
    const device = new ModelDevice({ addWithExistingFile })
    device.addDisk('a')
    device.do('/disk/remove', { '.id': 'a' })
    return device
  }

  it('is refused', () => {
    expect(deviceWithFile('refused').refusal('/disk/add', fileDisk('a'))).toBe(EXISTING)
  })

  it('attaches it as it is', () => {
    const device = deviceWithFile('attached')
    device.addDisk('a', { 'file-size': '5G' })
    expect(device.disk('a')?.['file-size']).toBe(String(GIB))
  })

  it('resizes it', () => {
    const device = deviceWithFile('resized')
    device.addDisk('a', { 'file-size': '5G' })
    expect(device.disk('a')?.['file-size']).toBe(String(5 * GIB))
    expect(device.free).toBe(95 * GIB)
  })

  it('is refused on a directory whatever the switch', () => {
    const device = deviceWithFile('attached')
    expect(device.refusal('/disk/add', { ...fileDisk('x'), 'file-path': '/storage-pool/v' })).toBe(EXISTING)
  })

  it.each([
    ['refused', 2],
    ['accepted', 3],
  ] as const)('of another disk is %s', (sameFileTwice, disks) => {
    const device = new ModelDevice({ sameFileTwice, addWithExistingFile: 'attached' })
    device.addDisk('a')
    const args = { ...fileDisk('b'), 'file-path': 'storage-pool/v/a.img' }
    if (sameFileTwice === 'refused') expect(device.refusal('/disk/add', args)).toBe('failure: file is in use')
    else device.do('/disk/add', args)
    expect(device.print('/disk/print')).toHaveLength(disks)
  })
})

describe('/disk/add below a missing directory', () => {
  const args = { ...fileDisk('a'), 'file-path': 'storage-pool/new/deep/a.img' }

  it('is refused', () => {
    const device = new ModelDevice()
    expect(device.refusal('/disk/add', args)).toBe('failure: no such file or directory')
  })

  it('makes the directory', () => {
    const device = new ModelDevice({ missingDirectory: 'created' })
    device.do('/disk/add', args)
    expect(device.file('storage-pool/new/deep')?.['type']).toBe('directory')
    expect(device.disk('a')?.['empty']).toBe('false')
  })

  it('makes an item in state E', () => {
    const device = new ModelDevice({ missingDirectory: 'emptyItem' })
    device.do('/disk/add', args)
    expect(device.disk('a')).toMatchObject({ empty: 'true', 'block-device': 'false' })
    expect(device.disk('a')).not.toHaveProperty('size')
    expect(device.free).toBe(100 * GIB)
  })
})

describe('a second export of one NQN', () => {
  it('is refused', () => {
    const device = new ModelDevice()
    device.addDisk('a', exported('nqn.x'))
    expect(device.refusal('/disk/add', { ...fileDisk('b'), ...exported('nqn.x') })).toBe(
      'failure: already have such nqn',
    )
    device.addDisk('b')
    expect(device.refusal('/disk/set', { '.id': 'b', ...exported('nqn.x') })).toBe('failure: already have such nqn')
    expect(device.disk('b')?.['nvme-tcp-export']).toBe('false')
  })

  it('is accepted, and the first one serves', () => {
    const device = new ModelDevice({ secondExportOfOneNqn: 'accepted' })
    device.addDisk('a', exported('nqn.x'))
    device.addDisk('b', exported('nqn.x'))
    const served = device.state.disks.open('nqn.x', 'any', 4420)
    expect(typeof served === 'object' && served.file.endsWith('a.img')).toBe(true)
  })
})

describe('a failed add', () => {
  const refusals = [
    ['a taken slot', { 'file-path': 'storage-pool/v/b.img' }, GIB],
    ['want of space', { slot: 'b', 'file-path': 'storage-pool/v/b.img', 'file-size': '200G' }, 99 * GIB],
    ['a taken NQN', { slot: 'b', 'file-path': 'storage-pool/v/b.img', ...exported('nqn.a') }, GIB],
  ] as const

  it.each(refusals)('for %s leaves nothing', (_, args) => {
    const device = new ModelDevice()
    device.addDisk('a', exported('nqn.a'))
    device.refusal('/disk/add', { ...fileDisk('a'), ...args })
    expect(device.file('storage-pool/v/b.img')).toBeUndefined()
    expect(existsSync(join(device.folder, 'storage-pool/v/b.img'))).toBe(false)
  })

  it.each(refusals)('for %s leaves an empty file', (_, args) => {
    const device = new ModelDevice({ failedAddLeavesFile: 'empty' })
    device.addDisk('a', exported('nqn.a'))
    device.refusal('/disk/add', { ...fileDisk('a'), ...args })
    expect(device.file('storage-pool/v/b.img')?.['size']).toBe('0')
  })

  it.each(refusals)('for %s leaves a partial file', (_, args, size) => {
    const device = new ModelDevice({ failedAddLeavesFile: 'partial' })
    device.addDisk('a', exported('nqn.a'))
    device.refusal('/disk/add', { ...fileDisk('a'), ...args })
    expect(statSync(join(device.folder, 'storage-pool/v/b.img')).size).toBe(size)
    expect(device.free).toBe(99 * GIB - size)
  })

  it('tells one text for all where texts are opaque', () => {
    const device = new ModelDevice({ unknownTexts: 'opaque' })
    device.addDisk('a')
    expect(device.refusal('/disk/add', fileDisk('a'))).toBe('failure: execution error')
  })
})
