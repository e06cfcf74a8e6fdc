import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  parseSnapshotComment,
  type SnapshotTag,
  writeSnapshotComment,
} from '../../../src/adapters/routeros/snapshot-comment.ts'
import { type ClusterId, type GroupId, instant, type SnapshotId, type VolumeId } from '../../../src/domain/ids.ts'

const tag: SnapshotTag = {
  owner: '11111111-2222-4333-8444-555555555555' as ClusterId,
  id: 'snap-1234abcd-0000-4000-8000-123456789abc' as SnapshotId,
  source: 'pvc-1234abcd-0000-4000-8000-123456789abc' as VolumeId,
  group: undefined,
  createdAt: instant(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
  ready: false,
}
const text =
  'rds-csi-snapshot/1 owner=11111111-2222-4333-8444-555555555555 id=snap-1234abcd-0000-4000-8000-123456789abc ' +
  'source=pvc-1234abcd-0000-4000-8000-123456789abc created=2026-01-02T03:04:05.678Z state=copying'

describe("the tag of a snapshot's disk", () => {
  it('is one readable line', () => {
    expect(writeSnapshotComment(tag)).toBe(text)
    expect(writeSnapshotComment({ ...tag, ready: true })).toBe(text.replace('copying', 'ready'))
  })

  it('reads back as it was', () => {
    const groups = fc.option(
      fc.uuid().map(uuid => `group-${uuid.toLowerCase()}` as GroupId),
      { nil: undefined },
    )
    const times = fc.integer({ min: 0, max: Date.UTC(9999, 0) }).map(instant)
    fc.assert(
      fc.property(groups, times, fc.boolean(), (group, createdAt, ready) => {
        const any = { ...tag, group, createdAt, ready }
        expect(parseSnapshotComment(writeSnapshotComment(any))).toEqual(any)
      }),
    )
  })

  it.each([
    ['of another version', text.replace('snapshot/1', 'snapshot/2')],
    ['of a volume', text.replace('rds-csi-snapshot', 'rds-csi')],
    ['cut off', text.slice(0, -1)],
    ['in a state that is not known', text.replace('copying', 'moving')],
    ['with more behind it', `${text} x`],
    ['with an impossible day', text.replace('01-02T', '02-30T')],
    ['with a group that is none', text.replace(' state', ' group=x state')],
    ['with a source that is none', text.replace('source=pvc', 'source=snap')],
    ['without anything', ''],
  ])('%s is none', (_, comment) => {
    expect(parseSnapshotComment(comment)).toBeUndefined()
  })
})
