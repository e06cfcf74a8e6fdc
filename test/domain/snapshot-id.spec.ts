import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GroupId, VolumeId } from '../../src/domain/ids.ts'
import {
  groupIdFor,
  haveOneName,
  isGroupOf,
  memberId,
  parseGroupId,
  parseSnapshotId,
  snapshotIdForName,
} from '../../src/domain/snapshot-id.ts'
import { sha256 } from './digests.ts'

const UUID = '3d1c2b6e-54a8-4f53-9c5e-5a7b1c2d3e4f'
const idOf = (name: string) => snapshotIdForName(name, sha256)
const anyName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
  fc.uuid().map(uuid => `snapshot-${uuid}`),
  fc.uuid().map(uuid => `snap-${uuid}`),
)
const volumes = fc.uniqueArray(
  fc.uuid().map(uuid => `pvc-${uuid}` as VolumeId),
  { minLength: 1, maxLength: 6 },
)

describe('the id of a snapshot', () => {
  it('has the UUID of its name where that is snapshot-<uuid>', () => {
    fc.assert(fc.property(fc.uuid(), uuid => idOf(`snapshot-${uuid}`) === `snap-${uuid}`))
  })
  it.each([
    ['sanity', 'snap-e934ba83-87db-83f7-8536-31f13b4b8962'],
    [`snapshot-${UUID.toUpperCase()}`, 'snap-3029c84d-5f59-8596-8285-f0b658d7224d'],
  ])('of %j is a digest of the name, the same for ever', (name, id) => expect(idOf(name)).toBe(id))
  it('is one name’s own, and known again in an answer', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyName, { minLength: 2, maxLength: 50 }), names => {
        expect(new Set(names.map(idOf)).size).toBe(names.length)
        for (const name of names) expect(parseSnapshotId(idOf(name))).toBe(idOf(name))
      }),
    )
  })
  it.each(['', 'snap-', `snap-${UUID}\n`, `snap-${UUID}/..`, `SNAP-${UUID}`, `pvc-${UUID}`, `snapshot-${UUID}`, UUID])(
    'is not %j',
    text => expect(parseSnapshotId(text)).toBeUndefined(),
  )
})

describe('the id of a group', () => {
  it('is the same for the same name and set of volumes, in whatever order and however often they are named', () => {
    fc.assert(
      fc.property(anyName, volumes, (name, sources) => {
        const id = groupIdFor(name, sources, sha256)
        expect(groupIdFor(name, [...sources.toReversed(), ...sources], sha256)).toBe(id)
        expect(parseGroupId(id)).toBe(id)
        expect(isGroupOf(id, sources, sha256)).toBe(true)
      }),
    )
  })
  it('tells a set that lacks a volume or has another one', () => {
    fc.assert(
      fc.property(anyName, volumes, fc.uuid(), (name, sources, uuid) => {
        const id = groupIdFor(name, sources, sha256)
        expect(isGroupOf(id, sources.slice(1), sha256)).toBe(false)
        expect(isGroupOf(id, [...sources, `vol-${uuid}` as VolumeId], sha256)).toBe(false)
      }),
    )
  })
  it('tells the name that it was asked for with, whatever the volumes', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyName, { minLength: 2, maxLength: 2 }), volumes, volumes, ([a, b], some, others) => {
        const [first, second] = [groupIdFor(a ?? '', some, sha256), groupIdFor(a ?? '', others, sha256)]
        expect(haveOneName(first, second)).toBe(true)
        expect(haveOneName(first, groupIdFor(b ?? '', some, sha256))).toBe(false)
      }),
    )
  })
  it('gives each volume a member of its own', () => {
    fc.assert(
      fc.property(volumes, sources => {
        const groups = ['a', 'b'].map(name => groupIdFor(name, sources, sha256))
        const ids = groups.flatMap(group => sources.map(source => memberId(group, source, sha256)))
        expect(new Set(ids).size).toBe(ids.length)
        for (const id of ids) expect(parseSnapshotId(id)).toBe(id)
      }),
    )
  })
  it.each([`snap-${UUID}`, `group-${UUID}x`, `groupsnapshot-${UUID}`, ''])('is not %j', text =>
    expect(parseGroupId(text)).toBeUndefined(),
  )
  it('is made of characters that no appliance minds', () => {
    fc.assert(
      fc.property(anyName, volumes, (name, sources) => /^group-[0-9a-f-]{36}$/.test(groupIdFor(name, sources, sha256))),
    )
    expect(haveOneName(`group-${UUID}` as GroupId, `group-${UUID}` as GroupId)).toBe(true)
  })
})
