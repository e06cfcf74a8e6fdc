import { describe, expect, it } from 'vitest'
import { GiB } from '../../src/domain/capacity.ts'
import { groupOf, groupWith, namedMembersProblem, planGroup } from '../../src/domain/group-snapshot.ts'
import { instant, type VolumeId } from '../../src/domain/ids.ts'
import { page } from '../../src/domain/page.ts'
import { compareSnapshot, type Snapshot } from '../../src/domain/snapshot.ts'
import { groupIdFor, memberId, snapshotIdForName } from '../../src/domain/snapshot-id.ts'
import { readGroupParameters, unknownParameters } from '../../src/domain/snapshot-parameters.ts'
import { sha256 } from './digests.ts'

const volume = (digit: string) => `pvc-${digit.repeat(8)}-1111-4111-8111-111111111111` as VolumeId
const [a, b, c] = [volume('a'), volume('b'), volume('c')]
const one: Snapshot = {
  id: snapshotIdForName('one', sha256),
  source: a,
  bytes: GiB,
  createdAt: instant(5),
  ready: true,
  group: undefined,
}

describe('an existing snapshot', () => {
  it('serves the request that took it, whether or not it is ready', () => {
    expect(compareSnapshot(one, { id: one.id, source: a, group: undefined })).toEqual({ same: true })
    expect(compareSnapshot({ ...one, ready: false }, { id: one.id, source: a, group: undefined }).same).toBe(true)
  })
  it('is in conflict if it is of another volume', () => {
    expect(compareSnapshot(one, { id: one.id, source: b, group: undefined })).toEqual({
      same: false,
      difference: `it was taken of volume ${a}, not of ${b}`,
    })
  })
  it('is in conflict if it is in another group, or in none', () => {
    const group = groupIdFor('g', [a], sha256)
    expect(compareSnapshot(one, { id: one.id, source: a, group })).toEqual({
      same: false,
      difference: `its group is none, not ${group}`,
    })
    expect(compareSnapshot({ ...one, group }, { id: one.id, source: a, group: undefined }).same).toBe(false)
    expect(compareSnapshot({ ...one, group }, { id: one.id, source: a, group }).same).toBe(true)
  })
})

describe('a listing of snapshots', () => {
  it('goes on after the last id of the page before, also where that one is gone meanwhile', () => {
    const named = (name: string): Snapshot => ({ ...one, id: snapshotIdForName(name, sha256) })
    const all = [named('x'), named('y'), named('z'), named('w')]
    const ids = all.map(({ id }) => id).toSorted()
    const first = page(all, ({ id }) => id, { max: 2, after: '' })
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const left = all.filter(({ id }) => id !== first.next)
    expect(page(left, ({ id }) => id, { max: 2, after: first.next ?? '' }).items.map(({ id }) => id)).toEqual(
      ids.slice(2),
    )
  })
})

const group = groupIdFor('g', [a, b], sha256)
const member = (source: VolumeId, more: Partial<Snapshot> = {}): Snapshot => ({
  ...one,
  id: memberId(group, source, sha256),
  source,
  group,
  ...more,
})

describe('a group', () => {
  it('is there where all its members are, as old as its last member and ready when all are', () => {
    const members = [member(b, { createdAt: instant(9) }), member(a)]
    expect(groupOf([one, ...members], group, sha256)).toEqual(groupWith(group, members))
    expect(groupWith(group, members)).toMatchObject({ id: group, createdAt: 9, ready: true })
    expect(groupWith(group, members).members.map(({ id }) => id)).toEqual(members.map(({ id }) => id).toSorted())
    expect(groupWith(group, [member(a), member(b, { ready: false })]).ready).toBe(false)
  })
  it('is not there where a member is missing, or none is there', () => {
    expect(groupOf([member(a)], group, sha256)).toBeUndefined()
    expect(groupOf([one], group, sha256)).toBeUndefined()
  })
})

describe('the plan for a group', () => {
  it('is to take it where there is nothing', () => {
    expect(planGroup([one], group, sha256)).toEqual({ do: 'take', leftovers: [] })
  })
  it('is to return the one that is there', () => {
    expect(planGroup([member(a), member(b)], group, sha256)).toMatchObject({ do: 'return', group: { id: group } })
  })
  it('is to take all of it anew where only some members are there', () => {
    expect(planGroup([member(a), one], group, sha256)).toEqual({ do: 'take', leftovers: [member(a)] })
  })
  it.each([
    ['fewer', [a]],
    ['more', [a, b, c]],
    ['other', [a, c]],
  ])('is to refuse the name with %s volumes, and never to touch the first group', (_, sources) => {
    const other = groupIdFor('g', sources, sha256)
    expect(planGroup([member(a), member(b)], other, sha256)).toEqual({
      do: 'refuse',
      difference: `it exists with other volumes, ${a} among them`,
    })
  })
})

describe('the members that a caller names', () => {
  const all = [one, member(a), member(b)]
  it('may be none, all of them, and ones that are gone', () => {
    expect(namedMembersProblem(all, group, [])).toBeUndefined()
    expect(namedMembersProblem(all, group, [member(b).id, member(a).id])).toBeUndefined()
    expect(namedMembersProblem([member(a)], group, [member(a).id, member(b).id])).toBeUndefined()
  })
  it('may not lack one, nor be of elsewhere', () => {
    expect(namedMembersProblem(all, group, [member(a).id])).toMatch(/is a member of .* and is not named/)
    expect(namedMembersProblem(all, group, [member(a).id, member(b).id, one.id])).toMatch(/is no member of/)
  })
})

describe('the parameters of a class', () => {
  it('of snapshots are none, but for what the snapshotter tells', () => {
    expect(unknownParameters({ 'csi.storage.k8s.io/volumesnapshot/name': 'x' }, [])).toBeUndefined()
    expect(unknownParameters({ a: '1', b: '2' }, [])).toBe(
      'parameter "a" is unknown; none is known; parameter "b" is unknown; none is known',
    )
  })
  it('of groups say whether members may be of different moments', () => {
    expect(readGroupParameters({})).toEqual({ consistency: 'strict' })
    expect(readGroupParameters({ memberConsistency: 'strict' })).toEqual({ consistency: 'strict' })
    expect(readGroupParameters({ memberConsistency: 'sequential' })).toEqual({ consistency: 'sequential' })
    expect(readGroupParameters({ memberConsistency: 'maybe', x: '' })).toEqual({
      problem:
        'parameter "x" is unknown; known are memberConsistency; ' +
        'parameter memberConsistency "maybe" must be one of strict, sequential',
    })
  })
})
