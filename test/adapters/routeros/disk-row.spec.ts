import { describe, expect, it } from 'vitest'
import {
  backingFile,
  fileName,
  folderOf,
  foldersBetween,
  normalPath,
} from '../../../src/adapters/routeros/device-path.ts'
import { diskRow } from '../../../src/adapters/routeros/disk-row.ts'
import { fileRow } from '../../../src/adapters/routeros/file-row.ts'
import { knownDisk, listedVolume, type Ownership, volumeOf } from '../../../src/adapters/routeros/known-disk.ts'
import { writeComment } from '../../../src/adapters/routeros/comment.ts'
import { slotOf } from '../../../src/adapters/routeros/slot.ts'
import type { ClusterId, VolumeId } from '../../../src/domain/ids.ts'
import { volumeNqn } from '../../../src/domain/volume-id.ts'

const row = (properties: Record<string, string>) => diskRow(new Map(Object.entries(properties)))
const id = 'pvc-1234abcd-0000-4000-8000-123456789abc' as VolumeId
const ownership: Ownership = {
  owner: '11111111-2222-4333-8444-555555555555' as ClusterId,
  basePath: '/raid10/csi',
  nvmePort: 4420,
}
const comment = writeComment({ owner: ownership.owner, id, name: id, createdAt: undefined })
const ours = {
  type: 'file',
  slot: slotOf(id),
  comment,
  size: '1073742336',
  'file-path': `/raid10/csi/${id}.img`,
  'nvme-tcp-export': 'true',
  'nvme-tcp-server-nqn': volumeNqn(id),
  'nvme-tcp-server-port': '4420',
}

describe('a disk row', () => {
  it('has the exact size of the file, and that of the item where the former is rounded or missing', () => {
    expect(row({ 'file-size': '1649267441664', size: '1649267441664' }).bytes).toBe(1_649_267_441_664)
    expect(row({ 'file-size': '1024.0GiB', size: '1099511627776' }).bytes).toBe(1_099_511_627_776)
    expect(row({ 'file-size': '1000', size: '512' }).bytes).toBe(1000)
    expect(row({ size: '1073742336' }).bytes).toBe(1_073_742_336)
  })

  it.each(['', '1 073 741 824', '10.0GiB', '-1', '1e9', '99999999999999999'])('has no size of "%s"', size => {
    expect(row({ size }).bytes).toBeUndefined()
  })

  it.each([
    ['true', true],
    ['yes', true],
    ['false', false],
    ['no', false],
    ['', false],
  ])('is exported by "%s": %s', (text, exported) => {
    expect(row({ 'nvme-tcp-export': text }).exported).toBe(exported)
  })

  it('has paths with a leading slash, however the device writes them', () => {
    expect(row({ 'file-path': '/raid10/x.img', 'mount-point': 'raid10' })).toMatchObject({
      path: '/raid10/x.img',
      mountPoint: '/raid10',
    })
    expect(row({ 'file-path': 'raid10/x.img' }).path).toBe('/raid10/x.img')
  })
})

describe('a file row', () => {
  it.each([
    [
      { name: 'raid10/csi/a.img', type: '.img file', size: '10737418240' },
      { path: '/raid10/csi/a.img', isFolder: false, bytes: 10_737_418_240 },
    ],
    [
      { name: 'raid10/csi/a.img', type: '.img file', size: '10.0GiB' },
      { path: '/raid10/csi/a.img', isFolder: false, bytes: undefined },
    ],
    [
      { name: 'raid10/csi', type: 'directory' },
      { path: '/raid10/csi', isFolder: true, bytes: undefined },
    ],
    [
      { name: 'raid10', type: 'disk' },
      { path: '/raid10', isFolder: true, bytes: undefined },
    ],
    [
      { name: 'a.npk', type: 'package', size: '13' },
      { path: '/a.npk', isFolder: false, bytes: 13 },
    ],
    [{ name: 'raid10/../x', type: 'file' }, undefined],
  ])('%o is %o', (properties, expected) => {
    expect(fileRow(new Map(Object.entries(properties)))).toEqual(expected)
  })
})

describe('a disk', () => {
  it('is ours by its comment, its slot and its file', () => {
    const disk = knownDisk(row(ours), ownership)
    expect(disk).toMatchObject({ id, slot: slotOf(id), bytes: 1_073_742_336, admitted: { to: 'any' }, usual: true })
  })

  it('may be one of the older driver, which wrote no comment', () => {
    const { comment: _, ...older } = { ...ours, slot: id }
    expect(knownDisk(row(older), ownership)).toMatchObject({ id, slot: id, tag: undefined })
  })

  it.each([
    ['of another owner', { comment: comment.replace('owner=1', 'owner=9') }],
    ['of another volume', { comment: comment.replace('id=pvc-1', 'id=pvc-9') }],
    ['with somebody’s comment', { comment: 'my disk' }],
    ['without a comment in a slot of ours', { comment: '' }],
    ['with a comment in the older driver’s slot', { slot: id, comment: 'my disk' }],
    ['in a slot that only looks alike', { slot: `backup-${slotOf(id)}` }],
    ['of another type', { type: 'ramdisk' }],
    ['beside the base path', { 'file-path': `/raid10/csi2/${id}.img` }],
    ['in the base path’s place', { 'file-path': '/raid10/csi' }],
    ['that climbs out of the base path', { 'file-path': `/raid10/csi/../${id}.img` }],
    ['without a file', { 'file-path': '' }],
  ])('%s is a stranger’s', (_, change) => {
    expect(knownDisk(row({ ...ours, ...change }), ownership)).toBeUndefined()
  })

  it('tells an export under another name or port from a usual one', () => {
    expect(knownDisk(row({ ...ours, 'nvme-tcp-server-nqn': 'disk1' }), ownership)?.usual).toBe(false)
    expect(knownDisk(row({ ...ours, 'nvme-tcp-server-port': '4421' }), ownership)?.usual).toBe(false)
  })

  it('without anything behind it is unavailable on its own and of no size in a list', () => {
    const disk = knownDisk(row({ ...ours, size: '' }), ownership)!
    expect(() => volumeOf(disk)).toThrow('nothing behind it')
    expect(listedVolume(disk)).toMatchObject({ id, bytes: 0 })
  })
})

describe('a path', () => {
  it.each(['/a/../b', '/a//b', '/a/./b', '', '/'])('that is "%s" is none', text => {
    expect(normalPath(text)).toBeUndefined()
  })

  it('has a name in /file without the leading slash', () => {
    expect(fileName(backingFile('/raid10/csi', id))).toBe(`raid10/csi/${id}.img`)
    expect(folderOf(`/raid10/csi/${id}.img`)).toBe('/raid10/csi')
  })

  it('has the folders on the way to it', () => {
    expect(foldersBetween('/raid10', '/raid10/a/b')).toEqual(['/raid10/a', '/raid10/a/b'])
    expect(foldersBetween('/raid10', '/raid10')).toEqual([])
  })
})
