import { createHash, randomBytes } from 'node:crypto'
import { openSync, readFileSync, statSync, writeSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exported, fileDisk, ModelDevice } from './model-device.ts'

const SUBVOLUME = '/disk/btrfs/subvolume'
const MIB = 1024 ** 2

/** A device with the subvolume `one` and, on its pool, a 64 MiB disk in it that holds a few bytes. */
function withVolume(...given: ConstructorParameters<typeof ModelDevice>): { device: ModelDevice; image: Buffer } {
  const device = new ModelDevice(...given)
  subvolume(device, { name: 'one' })
  attach(device, 'one', { 'file-size': String(64 * MIB) })
  const image = randomBytes(3 * MIB)
  write(device, 'one', image, 5 * MIB)
  return { device, image }
}

function subvolume(device: ModelDevice, args: Readonly<Record<string, string>>): string | undefined {
  return device.do(`${SUBVOLUME}/add`, { fs: 'storage-pool-fs', ...args })
}

function attach(device: ModelDevice, name: string, args: Readonly<Record<string, string>> = {}): void {
  device.do('/disk/add', { type: 'file', slot: name, 'file-path': `storage-pool/${name}/volume.img`, ...args })
}

const pathOf = (device: ModelDevice, name: string): string => join(device.folder, 'storage-pool', name, 'volume.img')

function write(device: ModelDevice, name: string, bytes: Buffer, at: number): void {
  const file = openSync(pathOf(device, name), 'r+')
  writeSync(file, bytes, 0, bytes.length, at)
  closeSync(file)
}

const checksum = (device: ModelDevice, name: string): string =>
  createHash('sha256')
    .update(readFileSync(pathOf(device, name)))
    .digest('hex')

const rows = (device: ModelDevice): Record<string, string>[] => device.print(`${SUBVOLUME}/print`).slice(1)
const named = (device: ModelDevice, fullname: string): Record<string, string> | undefined =>
  rows(device).find(row => row['fullname'] === fullname)

describe('a subvolume', () => {
  it('is listed after the file system, and its folder is one of /file', () => {
    const device = new ModelDevice()
    expect(subvolume(device, { name: 'one' })).toBe('*10')
    expect(device.print(`${SUBVOLUME}/print`, {}, ['?default=true'])).toMatchObject([
      { name: '<FS_ROOT>', fs: 'storage-pool-fs' },
    ])
    expect(rows(device)).toEqual([
      {
        '.id': '*10',
        fs: 'storage-pool-fs',
        name: 'one',
        fullname: 'one',
        'top-level': '<FS_ROOT>',
        parent: '',
        'read-only': 'false',
        uuid: expect.stringMatching(/^[\da-f-]{36}$/),
        'received-uuid': '',
        'subvolume-id': '256',
        generation: expect.stringMatching(/^\d+$/),
        'creation-time': '2026-10-02 03:04:05',
        snapshots: '',
        path: '/storage-pool/one',
        default: 'false',
        snapshot: 'false',
        dead: 'false',
        mounted: 'false',
      },
    ])
    expect(device.file('storage-pool/one')).toMatchObject({ type: 'directory' })
  })

  it('has the last part of a path as its name and the subvolume that it lies in as its top level', () => {
    const device = new ModelDevice()
    subvolume(device, { name: 'Snapshots' })
    subvolume(device, { name: 'Snapshots/x' })
    expect(named(device, 'Snapshots/x')).toMatchObject({ name: 'x', 'top-level': 'Snapshots' })
  })

  it.each(['accepted', 'refused'] as const)('below a plain folder is %s', subvolumeBelowDirectory => {
    const device = new ModelDevice({ subvolumeBelowDirectory })
    if (subvolumeBelowDirectory === 'accepted') expect(subvolume(device, { name: 'v/one' })).toBe('*10')
    else
      expect(device.refusal(`${SUBVOLUME}/add`, { fs: 'storage-pool-fs', name: 'v/one' })).toBe(
        '1 invalid value for argument name',
      )
  })

  it('is made on a mounted btrfs by its label alone, once, and below a folder that is there', () => {
    const device = new ModelDevice()
    const refused = (args: Readonly<Record<string, string>>): string => device.refusal(`${SUBVOLUME}/add`, args)
    expect(refused({ name: 'x' })).toBe('missing =fs=')
    expect(refused({ fs: 'storage-pool-fs' })).toBe('missing =name=')
    expect(refused({ fs: 'storage-pool', name: 'x' })).toBe('1 input does not match any value of fs')
    expect(refused({ fs: 'storage-pool-fs', name: 'x', parent: 'y' })).toBe(
      '1 input does not match any value of parent',
    )
    expect(refused({ fs: 'storage-pool-fs', name: 'no/x' })).toBe('failure: no such file or directory')
    subvolume(device, { name: 'x' })
    expect(refused({ fs: 'storage-pool-fs', name: 'x' })).toBe('failure: already have such subvolume')
    device.state.mountPool(false)
    expect(refused({ fs: 'storage-pool-fs', name: 'z' })).toBe('1 input does not match any value of fs')
    expect(device.print(`${SUBVOLUME}/print`)).toEqual([])
    const xfs = new ModelDevice({}, { fs: 'xfs' })
    expect(xfs.refusal(`${SUBVOLUME}/add`, { fs: 'storage-pool-fs', name: 'x' })).toContain('value of fs')
    expect(xfs.print(`${SUBVOLUME}/print`)).toEqual([])
  })
})

describe('a snapshot', () => {
  it('keeps the bytes of its moment, sparse, whatever becomes of its source', () => {
    const { device } = withVolume()
    const before = checksum(device, 'one')
    subvolume(device, { name: 'snap', parent: 'one', 'read-only': 'yes' })
    write(device, 'one', Buffer.alloc(MIB, 7), 0)
    expect(checksum(device, 'snap')).toBe(before)
    expect(checksum(device, 'one')).not.toBe(before)
    expect(statSync(pathOf(device, 'snap')).blocks * 512).toBeLessThan(8 * MIB)
    expect(named(device, 'snap')).toMatchObject({ parent: 'one', snapshot: 'true', 'read-only': 'true' })
    expect(named(device, 'one')).toMatchObject({ snapshots: 'snap' })
    device.do('/disk/remove', { '.id': 'one' })
    device.do(`${SUBVOLUME}/remove`, { '.id': 'one' })
    expect(checksum(device, 'snap')).toBe(before)
    expect(named(device, 'snap')).toMatchObject({ parent: '' })
  })

  it('that may be written is a volume of its own, and may grow', () => {
    const { device } = withVolume()
    subvolume(device, { name: 'snap', parent: 'one', 'read-only': 'yes' })
    subvolume(device, { name: 'two', parent: 'snap' })
    attach(device, 'two')
    expect(device.disk('two')).toMatchObject({ 'file-size': String(64 * MIB), 'block-device': 'true' })
    expect(checksum(device, 'two')).toBe(checksum(device, 'one'))
    device.do('/disk/set', { '.id': 'two', 'file-size': String(65 * MIB) })
    write(device, 'two', Buffer.from('new'), 64 * MIB)
    expect(statSync(pathOf(device, 'two')).size).toBe(65 * MIB)
    expect(statSync(pathOf(device, 'snap')).size).toBe(64 * MIB)
  })

  it('that is read-only takes no change', () => {
    const { device } = withVolume()
    subvolume(device, { name: 'snap', parent: 'one', 'read-only': 'yes' })
    const readOnly = 'failure: read-only file system'
    expect(device.refusal('/file/remove', { '.id': 'storage-pool/snap/volume.img' })).toBe(readOnly)
    expect(device.refusal('/file/remove', { '.id': 'storage-pool/snap' })).toBe(readOnly)
    expect(device.refusal('/file/add', { name: 'storage-pool/snap/x', type: 'file' })).toBe(readOnly)
    expect(device.refusal('/file/set', { '.id': 'storage-pool/snap/volume.img', name: 'storage-pool/x' })).toBe(
      readOnly,
    )
    expect(device.refusal('/disk/add', { ...fileDisk('a'), 'file-path': 'storage-pool/snap/a.img' })).toBe(readOnly)
    expect(device.refusal(`${SUBVOLUME}/add`, { fs: 'storage-pool-fs', name: 'snap/x' })).toBe(readOnly)
    const copy = { src: 'one', dst: '/storage-pool/snap/volume.img' }
    expect(device.refusal('/disk/copy', copy)).toBe(readOnly)
  })

  it.each(['refused', 'accepted'] as const)('that is read-only: a disk on it is %s', diskOnReadOnlySnapshot => {
    const { device } = withVolume({ diskOnReadOnlySnapshot })
    subvolume(device, { name: 'snap', parent: 'one', 'read-only': 'yes' })
    const disk = { type: 'file', slot: 's', 'file-path': 'storage-pool/snap/volume.img', ...exported('nqn.s') }
    if (diskOnReadOnlySnapshot === 'refused') {
      expect(device.refusal('/disk/add', disk)).toBe('failure: read-only file system')
      return
    }
    device.do('/disk/add', disk)
    const found = device.state.disks.open('nqn.s', 'host', 4420)
    expect(typeof found === 'object' && found.readOnly?.()).toBe(true)
    device.do(`${SUBVOLUME}/set`, { '.id': 'snap', 'read-only': 'no' })
    const again = device.state.disks.open('nqn.s', 'host', 4420)
    expect(typeof again === 'object' && again.readOnly?.()).toBe(false)
  })

  it.each([
    { subvolumeParent: 'either', fullname: true, leaf: true },
    { subvolumeParent: 'fullname', fullname: true, leaf: false },
    { subvolumeParent: 'leaf', fullname: false, leaf: true },
  ] as const)('finds its source: $subvolumeParent', ({ subvolumeParent, fullname, leaf }) => {
    const device = new ModelDevice({ subvolumeParent })
    subvolume(device, { name: 'v/one' })
    const args = { fs: 'storage-pool-fs', 'read-only': 'yes' }
    const made = (name: string, parent: string): boolean => {
      if (parent === '') return false
      try {
        return device.do(`${SUBVOLUME}/add`, { ...args, name, parent }) !== undefined
      } catch {
        return false
      }
    }
    expect([made('a', 'v/one'), made('b', 'one')]).toEqual([fullname, leaf])
  })

  it.each(['none', 'counted'] as const)('takes space: %s', snapshotSpace => {
    const { device } = withVolume({ snapshotSpace })
    const free = device.free
    subvolume(device, { name: 'snap', parent: 'one', 'read-only': 'yes' })
    expect(free - device.free).toBe(snapshotSpace === 'none' ? 0 : 64 * MIB)
    if (snapshotSpace === 'none') return
    device.state.pool.fill(MIB)
    expect(device.refusal(`${SUBVOLUME}/add`, { fs: 'storage-pool-fs', name: 'x', parent: 'one' })).toBe(
      'failure: not enough space',
    )
  })

  it('holds the space of its source until it goes, too', () => {
    const { device } = withVolume({ subvolumeRemoval: 'atOnce' })
    const free = device.free
    subvolume(device, { name: 'snap', parent: 'one', 'read-only': 'yes' })
    device.do('/disk/remove', { '.id': 'one' })
    device.do(`${SUBVOLUME}/remove`, { '.id': 'one' })
    expect(device.free).toBe(free)
    device.do(`${SUBVOLUME}/remove`, { '.id': 'snap' })
    expect(device.free).toBe(free + 64 * MIB)
  })

  it.each(['empty', 'included'] as const)('of a subvolume with another one in it: %s', nestedSubvolumesInSnapshot => {
    const device = new ModelDevice({ nestedSubvolumesInSnapshot })
    subvolume(device, { name: 'one' })
    subvolume(device, { name: 'one/inner' })
    device.do('/file/add', { name: 'storage-pool/one/inner/x', type: 'file', contents: 'hello' })
    subvolume(device, { name: 'snap', parent: 'one' })
    expect(device.file('storage-pool/snap/inner')).toMatchObject({ type: 'directory' })
    const inside = device.file('storage-pool/snap/inner/x')
    expect(inside?.['size']).toBe(nestedSubvolumesInSnapshot === 'included' ? '5' : undefined)
    expect(named(device, 'snap/inner')).toBeUndefined()
  })
})

describe('removing a subvolume', () => {
  it.each(['later', 'atOnce'] as const)('takes its files at once and its row %s', subvolumeRemoval => {
    const device = new ModelDevice({ subvolumeRemoval })
    subvolume(device, { name: 'one' })
    const before = device.free
    device.do('/file/add', { name: 'storage-pool/one/x', type: 'file', contents: 'hello' })
    const free = device.free
    device.do(`${SUBVOLUME}/remove`, { '.id': 'one' })
    expect(device.file('storage-pool/one')).toBeUndefined()
    const dead = subvolumeRemoval === 'later'
    expect(named(device, 'one')?.['dead']).toBe(dead ? 'true' : undefined)
    expect(device.free).toBe(dead ? free : before)
    expect(device.refusal(`${SUBVOLUME}/remove`, { '.id': 'one' })).toBe('0 no such item')
    subvolume(device, { name: 'one' })
    device.state.subvolumes.bury()
    expect(rows(device)).toHaveLength(1)
    expect(device.free).toBe(before)
  })

  it.each(['refused', 'allowed'] as const)('with a disk in it is %s', removeSubvolumeInUse => {
    const { device } = withVolume({ removeSubvolumeInUse })
    if (removeSubvolumeInUse === 'refused') {
      expect(device.refusal(`${SUBVOLUME}/remove`, { '.id': 'one' })).toBe('failure: file is in use')
      expect(device.disk('one')).toMatchObject({ empty: 'false' })
      return
    }
    device.do(`${SUBVOLUME}/remove`, { '.id': 'one' })
    expect(device.disk('one')).toMatchObject({ empty: 'true' })
  })

  it('with another one in it is refused, unless that goes along', () => {
    const device = new ModelDevice()
    subvolume(device, { name: 'one' })
    const inner = subvolume(device, { name: 'one/inner' })
    expect(device.refusal(`${SUBVOLUME}/remove`, { '.id': 'one' })).toBe('failure: subvolume has subvolumes')
    device.do(`${SUBVOLUME}/remove`, { '.id': `one,${inner}` })
    device.state.subvolumes.bury()
    expect(rows(device)).toEqual([])
  })

  it('happens with the folder that it lies in, when that is removed with what is in it', () => {
    const device = new ModelDevice()
    subvolume(device, { name: 'v/one' })
    device.do('/file/remove', { '.id': 'storage-pool/v' })
    expect(rows(device)).toEqual([])
    const careful = new ModelDevice({ removeDirectory: 'refused' })
    subvolume(careful, { name: 'v/one' })
    expect(careful.refusal('/file/remove', { '.id': 'storage-pool/v' })).toBe('failure: directory is not empty')
  })
})

describe('/disk/btrfs/filesystem', () => {
  it('tells of the pool by its label, which can be changed', () => {
    const device = new ModelDevice()
    const print = (): Record<string, string>[] => device.print('/disk/btrfs/filesystem/print')
    expect(print()).toMatchObject([{ label: 'storage-pool-fs', 'default-subvolume': '<FS_ROOT>', 'total-devs': '1' }])
    device.do('/disk/btrfs/filesystem/set', { '.id': 'storage-pool-fs', label: 'data' })
    expect(print()).toMatchObject([{ label: 'data' }])
    expect(device.disk('storage-pool')).toMatchObject({ 'fs-label': 'data', 'fs-uuid': print()[0]?.['uuid'] })
    device.state.btrfs.others.push({ label: 'data', uuid: 'b' })
    expect(print().map(row => row['label'])).toEqual(['data', 'data'])
    device.state.mountPool(false)
    expect(print()).toHaveLength(1)
  })
})

describe('a subvolume that is renamed', () => {
  it('takes its files along, unless a disk is on them', () => {
    const { device } = withVolume()
    const args = { '.id': 'one', name: 'two' }
    expect(device.refusal(`${SUBVOLUME}/set`, args)).toBe('failure: file is in use')
    device.do('/disk/remove', { '.id': 'one' })
    device.do(`${SUBVOLUME}/set`, args)
    expect(device.file('storage-pool/two/volume.img')).toMatchObject({ size: String(64 * MIB) })
    expect(statSync(pathOf(device, 'two')).size).toBe(64 * MIB)
    expect(named(device, 'two')).toMatchObject({ name: 'two' })
  })
})
