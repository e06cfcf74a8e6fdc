import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imagePlace, ownerOfFile } from '../../../src/adapters/routeros/device-path.ts'
import { snapshotOfSlot, snapshotSlotOf } from '../../../src/adapters/routeros/slot.ts'
import { parseSubvolumeName, subvolumeName } from '../../../src/adapters/routeros/subvolume-name.ts'
import type { ClusterId, GroupId, SnapshotId, VolumeId } from '../../../src/domain/ids.ts'

const uuid = fc.uuid().map(text => text.toLowerCase())
const volumes = fc.tuple(fc.constantFrom('pvc', 'vol'), uuid).map(([prefix, text]) => `${prefix}-${text}` as VolumeId)
const snapshots = uuid.map(text => `snap-${text}` as SnapshotId)
const sources = fc.oneof(
  fc.constant(undefined),
  volumes.map(id => ({ from: 'volume', id }) as const),
  snapshots.map(id => ({ from: 'snapshot', id }) as const),
)
const ZERO = '00000000-0000-0000-0000-000000000000'
const a = 'a'.repeat(26)

describe("the name of a volume's subvolume", () => {
  it('is the id, and what it was made from', () => {
    const id = `pvc-${ZERO}` as VolumeId
    expect(subvolumeName({ of: 'volume', id, source: undefined })).toBe(id)
    const snapshot = { from: 'snapshot', id: `snap-${ZERO}` as SnapshotId } as const
    expect(subvolumeName({ of: 'volume', id, source: snapshot })).toBe(`${id}.from-snap-${a}`)
    const volume = { from: 'volume', id: `vol-${ZERO}` as VolumeId } as const
    expect(subvolumeName({ of: 'volume', id, source: volume })).toBe(`${id}.from-vol-${a}`)
  })

  it('leads back to both', () => {
    fc.assert(
      fc.property(volumes, sources, (id, source) => {
        const name = { of: 'volume', id, source } as const
        expect(parseSubvolumeName(subvolumeName(name))).toEqual(name)
        expect(ownerOfFile(`/pool/x/${subvolumeName(name)}/volume.img`)).toBe(id)
      }),
    )
  })
})

describe("the name of a snapshot's subvolume", () => {
  const name = {
    of: 'snapshot',
    id: `snap-${ZERO}` as SnapshotId,
    source: `pvc-${ZERO}` as VolumeId,
    owner: ZERO as string as ClusterId,
    group: undefined,
  } as const

  it('is everything that is known of it', () => {
    expect(subvolumeName(name)).toBe(`snap-${a}.pvc-${a}.${a}`)
    const group = `group-${ZERO}` as GroupId
    expect(subvolumeName({ ...name, group })).toBe(`snap-${a}.pvc-${a}.${a}.${a}`)
  })

  it('leads back to all of it, and fits a file name', () => {
    const groups = fc.option(
      uuid.map(text => `group-${text}` as GroupId),
      { nil: undefined },
    )
    fc.assert(
      fc.property(snapshots, volumes, uuid, groups, (id, source, owner, group) => {
        const any = { of: 'snapshot', id, source, owner: owner as ClusterId, group } as const
        const written = subvolumeName(any)
        expect(written).toMatch(/^[a-z0-9.-]{1,150}$/)
        expect(parseSubvolumeName(written)).toEqual(any)
        expect(snapshotOfSlot(snapshotSlotOf(id))).toBe(id)
      }),
    )
  })
})

describe('a name that is not ours', () => {
  it.each([
    ['of no UUID', 'pvc-test-123'],
    ['with something behind it', `pvc-${ZERO}.old`],
    ['with something before it', `xpvc-${ZERO}`],
    ['with an empty source', `pvc-${ZERO}.from-`],
    ['with two sources', `pvc-${ZERO}.from-pvc-${a}.from-pvc-${a}`],
    ['with a source of the older form', `pvc-${ZERO}.from-pvc-${ZERO}`],
    ['in upper case', `PVC-${ZERO}`],
    ['of a snapshot without a source', `snap-${a}`],
    ['of a snapshot without an owner', `snap-${a}.pvc-${a}`],
    ['of a snapshot with more behind it', `snap-${a}.pvc-${a}.${a}.${a}.${a}`],
    ['of a snapshot with an empty group', `snap-${a}.pvc-${a}.${a}.`],
    ['of a snapshot with a padding that is not zero', `snap-${'a'.repeat(25)}b.pvc-${a}.${a}`],
    ['of a snapshot of a snapshot', `snap-${a}.snap-${a}.${a}`],
    ['of an older driver', 'vol-1'],
    ['of nothing', ''],
  ])('%s is none', (_, name) => {
    expect(parseSubvolumeName(name)).toBeUndefined()
    expect(imagePlace(`/pool/${name}/volume.img`)).toBeUndefined()
  })

  it('is not made so by another file in it', () => {
    expect(imagePlace(`/pool/pvc-${ZERO}/other.img`)).toBeUndefined()
    expect(ownerOfFile(`/pool/pvc-${ZERO}.img`)).toBe(`pvc-${ZERO}`)
    expect(ownerOfFile(`/pool/snap-${ZERO}.img`)).toBe(`snap-${ZERO}`)
    expect(ownerOfFile(`/pool/pvc-${ZERO}.img.bak`)).toBeUndefined()
  })
})
