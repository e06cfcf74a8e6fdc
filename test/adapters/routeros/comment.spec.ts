import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type OwnerTag, parseComment, writeComment } from '../../../src/adapters/routeros/comment.ts'
import { type ClusterId, instant, type SnapshotId, type VolumeId } from '../../../src/domain/ids.ts'

const tag: OwnerTag = {
  owner: '11111111-2222-4333-8444-555555555555' as ClusterId,
  id: 'pvc-1234abcd-0000-4000-8000-123456789abc' as VolumeId,
  name: 'pvc-1234abcd-0000-4000-8000-123456789abc',
  createdAt: instant(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
}
const text =
  'rds-csi/1 owner=11111111-2222-4333-8444-555555555555 id=pvc-1234abcd-0000-4000-8000-123456789abc ' +
  'name=pvc-1234abcd-0000-4000-8000-123456789abc created=2026-01-02T03:04:05.678Z'

describe('an owner tag', () => {
  it('is one readable line', () => {
    expect(writeComment(tag)).toBe(text)
  })

  it('reads back as it was, with any name and any time', () => {
    const names = fc.string({ minLength: 1, unit: 'grapheme' })
    const times = fc.option(fc.integer({ min: 0, max: Date.UTC(9999, 0) }).map(instant), { nil: undefined })
    fc.assert(
      fc.property(names, times, (name, createdAt) => {
        const written = writeComment({ ...tag, name, createdAt })
        expect(written).toMatch(/^[\x20-\x7e]+$/)
        expect(parseComment(written)).toEqual({ ...tag, name, createdAt })
      }),
    )
  })

  it('says what else there is to say, in one order', () => {
    const more = {
      ...tag,
      source: { from: 'snapshot', id: 'snap-1234abcd-0000-4000-8000-123456789abc' as SnapshotId },
      unfinished: true,
      note: 'gold & "new"',
      fenced: true,
    } as const
    const rest =
      'source=snap-1234abcd-0000-4000-8000-123456789abc state=unfinished note=gold%20%26%20%22new%22 fence=armed'
    expect(writeComment(more)).toBe(`${text} ${rest}`)
    expect(writeComment({ ...tag, source: undefined, unfinished: false, note: '', fenced: false })).toBe(text)
  })

  it('reads back with whatever else it says', () => {
    const uuids = fc.uuid().map(uuid => uuid.toLowerCase())
    const sources = fc.oneof(
      uuids.map(uuid => ({ from: 'snapshot', id: `snap-${uuid}` as SnapshotId }) as const),
      uuids.map(uuid => ({ from: 'volume', id: `vol-${uuid}` as VolumeId }) as const),
    )
    const some = fc.record(
      {
        source: sources,
        unfinished: fc.constant(true),
        note: fc.string({ minLength: 1, maxLength: 128, unit: 'grapheme-ascii' }),
        fenced: fc.constant(true),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(some, more => {
        expect(parseComment(writeComment({ ...tag, ...more }))).toEqual({ ...tag, ...more })
      }),
    )
  })

  it('keeps every character that could mean something to RouterOS out of the comment', () => {
    const written = writeComment({ ...tag, name: '";[/disk remove]$x \\\n\u2028' })
    expect(written.slice(written.indexOf('name='))).toBe(
      'name=%22%3B%5B%2Fdisk%20remove%5D%24x%20%5C%0A%E2%80%A8 created=2026-01-02T03:04:05.678Z',
    )
  })

  it.each([
    ['of another version', text.replace('rds-csi/1', 'rds-csi/2')],
    ['cut off', text.slice(0, -1)],
    ['with more behind it', `${text} x`],
    ['with something before it', ` ${text}`],
    ['in another case', text.replace('pvc-1234abcd', 'pvc-1234ABCD')],
    ['with another spelling of the name', text.replace('name=p', 'name=%70')],
    ['with a name that is no UTF-8', text.replace('name=pvc', 'name=%FF')],
    ['with an impossible day', text.replace('01-02T', '02-30T')],
    ['with an owner that is no UUID', text.replace('owner=1', 'owner=x')],
    ['with a volume that is none', text.replace('id=pvc', 'id=abc')],
    ['with a source that is none', `${text} source=x`],
    ['with an empty note', `${text} note=`],
    ['with what is to say in another order', `${text} note=x state=unfinished`],
    ['of anybody else', 'do not touch'],
    ['without anything', ''],
  ])('%s is none', (_, comment) => {
    expect(parseComment(comment)).toBeUndefined()
  })
})
