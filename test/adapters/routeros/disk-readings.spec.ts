import { describe, expect, it } from 'vitest'
import { writeComment } from '../../../src/adapters/routeros/comment.ts'
import { DiskReadings, readDiskRow } from '../../../src/adapters/routeros/disk-readings.ts'
import { diskRow } from '../../../src/adapters/routeros/disk-row.ts'
import { slotOf } from '../../../src/adapters/routeros/slot.ts'
import { clusterId, instant, type VolumeId } from '../../../src/domain/ids.ts'

const OWNER = clusterId('6f1d2c3b-8a94-4e57-b0c1-5d2e7f8a9b30')!
const OTHER = clusterId('0f1d2c3b-8a94-4e57-b0c1-5d2e7f8a9b30')!
const OWNERSHIP = { owner: OWNER, basePath: '/pool/volumes', nvmePort: 4420 }
const [A, B] = ['pvc-3f1c7e0a-0000-4000-8000-000000000001', 'pvc-3f1c7e0a-0000-4000-8000-000000000002'] as VolumeId[]

const row = (id: VolumeId, more: Readonly<Record<string, string>> = {}) =>
  diskRow(
    new Map(
      Object.entries({
        slot: slotOf(id),
        type: 'file',
        comment: writeComment({ owner: OWNER, id, name: id, createdAt: instant(0) }),
        'file-size': '1073741824',
        'file-path': `/pool/volumes/${id}.img`,
        ...more,
      }),
    ),
  )

describe('readings of listings', () => {
  it('say of each row what reading it alone says', () => {
    const rows = [row(A!), row(B!), row(A!, { slot: 'stranger' })]
    expect(new DiskReadings().all(rows, OWNERSHIP)).toEqual(rows.map(one => readDiskRow(one, OWNERSHIP)))
  })

  it('are kept for a row that has not changed, whatever its place', () => {
    const readings = new DiskReadings()
    const [first] = readings.all([row(A!), row(B!)], OWNERSHIP)
    expect(readings.all([row(B!), row(A!)], OWNERSHIP)[1]).toBe(first)
  })

  it.each([
    ['size', { 'file-size': '2147483648' }],
    ['export', { 'nvme-tcp-export': 'true' }],
    ['host', { 'nvme-tcp-server-allow-host-name': 'nqn.2014-08.org.nvmexpress:uuid:a' }],
    ['port', { 'nvme-tcp-server-port': '4421' }],
    ['NQN', { 'nvme-tcp-server-nqn': 'nqn.2000-02.com.mikrotik:else' }],
    ['file', { 'file-path': '/pool/volumes/else.img' }],
    ['comment', { comment: 'mine' }],
    ['switch', { disabled: 'true' }],
  ])('are made anew for a row of which the %s has changed', (_, change) => {
    const readings = new DiskReadings()
    readings.all([row(A!)], OWNERSHIP)
    expect(readings.all([row(A!, change)], OWNERSHIP)).toEqual([readDiskRow(row(A!, change), OWNERSHIP)])
  })

  it.each([
    ['owner', { ...OWNERSHIP, owner: OTHER }],
    ['base path', { ...OWNERSHIP, basePath: '/pool/else' }],
    ['port', { ...OWNERSHIP, nvmePort: 4421 }],
    ['range of ports', { ...OWNERSHIP, portRange: { first: 4420, last: 4430 } }],
  ])('are made anew for another %s', (_, ownership) => {
    const exported = row(A!, { 'nvme-tcp-export': 'true', 'nvme-tcp-server-port': '4420' })
    const readings = new DiskReadings()
    const [before] = readings.all([exported], OWNERSHIP)
    const [after] = readings.all([exported], ownership)
    expect(after).not.toBe(before)
    expect(after).toEqual(readDiskRow(exported, ownership))
  })
})
