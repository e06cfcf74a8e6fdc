import { describe, expect, it } from 'vitest'
import { GiB } from '../../src/domain/capacity.ts'
import { instant } from '../../src/domain/ids.ts'
import { snapshotIdForName } from '../../src/domain/snapshot-id.ts'
import { compare, plan, type Volume, type VolumeWish } from '../../src/domain/volume.ts'
import { volumeIdForName, volumeNqn } from '../../src/domain/volume-id.ts'
import { sha256 } from './digests.ts'

const id = volumeIdForName('db', sha256)
const have: Volume = {
  id,
  name: 'db',
  bytes: 2 * GiB,
  folder: '/pool/volumes',
  nqn: volumeNqn(id),
  createdAt: instant(5),
  source: undefined,
  note: undefined,
}
const want: VolumeWish = {
  id,
  name: 'db',
  range: { required: 2 * GiB, limit: 0 },
  folder: '/pool/volumes',
  source: undefined,
}
const difference = (other: Partial<Volume>, wish: Partial<VolumeWish> = {}) => {
  const comparison = compare({ ...have, ...other }, { ...want, ...wish })
  return comparison.same ? 'same' : comparison.difference
}

describe('an existing volume', () => {
  it('serves the request that made it', () => expect(difference({})).toBe('same'))
  it('serves any range that its size lies in', () => {
    expect(difference({}, { range: { required: 1, limit: 0 } })).toBe('same')
    expect(difference({}, { range: { required: 0, limit: 2 * GiB } })).toBe('same')
  })
  it('is in conflict if it is too small, by a byte', () => {
    expect(difference({}, { range: { required: 2 * GiB + 1, limit: 0 } })).toBe(
      `it has ${2 * GiB} bytes, not ${2 * GiB + 1} to any`,
    )
  })
  it('is in conflict if it is too big, by a byte', () => {
    expect(difference({}, { range: { required: 1, limit: 2 * GiB - 1 } })).toContain(`not 1 to ${2 * GiB - 1}`)
  })
  it('is in conflict if it lies elsewhere', () => {
    expect(difference({ folder: '/pool/volumes2' })).toBe('its file lies in /pool/volumes2, not in /pool/volumes')
  })
  it('is in conflict if the id is another name’s', () => {
    expect(difference({ name: 'DB' })).toBe(`id ${id} belongs to the volume named "DB"`)
  })
  it('is in conflict if it was made from something else, or from nothing', () => {
    const first = { from: 'snapshot', id: snapshotIdForName('first', sha256) } as const
    const second = { from: 'snapshot', id: snapshotIdForName('second', sha256) } as const
    expect(difference({ source: first }, { source: first })).toBe('same')
    expect(difference({ source: first }, { source: second })).toBe(
      `it was made from ${first.id}, not from ${second.id}`,
    )
    expect(difference({}, { source: first })).toBe(`it was made from nothing, not from ${first.id}`)
    expect(difference({ source: first })).toBe(`it was made from ${first.id}, not from nothing`)
  })
  it('of the older driver has no name and is taken for the one that is asked for', () => {
    expect(difference({ name: undefined, createdAt: undefined })).toBe('same')
  })
})

describe('the plan for a volume', () => {
  it('is to create what is not there, with the chosen size', () => {
    expect(plan(undefined, want, 3 * GiB)).toEqual({
      do: 'create',
      spec: { id, name: 'db', bytes: 3 * GiB, folder: '/pool/volumes', source: undefined },
    })
  })
  it('is to return what is there already, as it is', () => {
    expect(plan(have, want, 3 * GiB)).toEqual({ do: 'return', volume: have })
  })
  it('is to refuse what is there and differs', () => {
    expect(plan({ ...have, folder: '/other' }, want, 2 * GiB)).toEqual({
      do: 'refuse',
      difference: 'its file lies in /other, not in /pool/volumes',
    })
  })
})
