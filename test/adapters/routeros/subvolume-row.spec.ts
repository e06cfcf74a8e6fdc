import { describe, expect, it } from 'vitest'
import { deviceTime, subvolumeRow, zoneOffset } from '../../../src/adapters/routeros/subvolume-row.ts'

const HOUR = 3_600_000
const row = (properties: Record<string, string>) =>
  subvolumeRow(new Map(Object.entries({ '.id': '*1A', fs: 'x-fs', fullname: 'a/b', ...properties })), '/pool', HOUR)

describe('a subvolume row', () => {
  it('has its path, and its time in UTC', () => {
    expect(row({ 'read-only': 'true', 'creation-time': '2026-11-21 06:23:35' })).toEqual({
      number: '*1A',
      path: '/pool/a/b',
      label: 'x-fs',
      readOnly: true,
      createdAt: Date.UTC(2026, 10, 21, 5, 23, 35),
    })
  })

  it.each([{ dead: 'true' }, { fullname: '' }, { fullname: '../x' }])('with %o is none', properties => {
    expect(row(properties)).toBeUndefined()
  })
})

describe('a time of the device', () => {
  it.each(['', 'nov/21/2026 06:23:35', '2026-11-21', '2026-13-41 06:23:35'])('is not known from "%s"', text => {
    expect(deviceTime(text, 0)).toBeUndefined()
  })

  it.each([
    ['+02:00', 2 * HOUR],
    ['-03:30', -3.5 * HOUR],
    ['+00:00', 0],
    ['+05:45:00', 5.75 * HOUR],
    ['somewhere', 0],
    ['', 0],
  ])('with the offset "%s" is ahead by %d ms', (text, offset) => {
    expect(zoneOffset(text)).toBe(offset)
  })
})
