import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { olderSlotOf, slotOf, slotsOf, volumeOfSlot } from '../../../src/adapters/routeros/slot.ts'
import type { VolumeId } from '../../../src/domain/ids.ts'
import { volumeIdForName } from '../../../src/domain/volume-id.ts'

const id = (text: string): VolumeId => text as VolumeId
const uuid = fc.uuid().map(text => text.toLowerCase())
const anyId = fc.tuple(fc.constantFrom('pvc', 'vol'), uuid).map(([prefix, text]) => id(`${prefix}-${text}`))
const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest()

describe('the slot of a volume', () => {
  it('is the prefix and the UUID in base 32', () => {
    expect(slotOf(id('pvc-00000000-0000-0000-0000-000000000000'))).toBe(`pvc-${'a'.repeat(26)}`)
    expect(slotOf(id('vol-ffffffff-ffff-ffff-ffff-ffffffffffff'))).toBe(`vol-${'7'.repeat(25)}4`)
  })

  it('has 30 characters and leads back to the volume', () => {
    fc.assert(
      fc.property(anyId, volume => {
        expect(slotOf(volume)).toMatch(/^(pvc|vol)-[a-z2-7]{26}$/)
        expect(volumeOfSlot(slotOf(volume))).toBe(volume)
      }),
      { numRuns: 1000 },
    )
  })

  it('is another one for another volume, of names of any length too', () => {
    const names = ['a', 'b', 'A', 'pvc-1', 'x'.repeat(128), `${'x'.repeat(127)}y`]
    expect(new Set(names.map(name => slotOf(volumeIdForName(name, sha256)))).size).toBe(names.length)
  })

  it('of the older driver is the id, for ids that it knew', () => {
    const volume = id('pvc-1234abcd-0000-4000-8000-123456789abc')
    expect(olderSlotOf(volume)).toBe(volume)
    expect(volumeOfSlot(volume)).toBe(volume)
    expect(slotsOf(volume)).toEqual([slotOf(volume), volume])
    expect(slotsOf(id('vol-1234abcd-0000-4000-8000-123456789abc'))).toHaveLength(1)
  })

  it.each([
    ['with a padding that is not zero', `pvc-${'a'.repeat(25)}b`],
    ['too short', `pvc-${'a'.repeat(25)}`],
    ['with a digit that base 32 has not', `pvc-${'a'.repeat(25)}1`],
    ['in upper case', `pvc-${'A'.repeat(26)}`],
    ['with something before it', `backup-pvc-${'a'.repeat(26)}`],
    ['with something after it', `pvc-${'a'.repeat(26)}-old`],
    ['of no UUID', 'pvc-test-123'],
    ['in a form that the older driver never wrote', 'vol-1234abcd-0000-4000-8000-123456789abc'],
  ])('is no volume when it is %s', (_, slot) => {
    expect(volumeOfSlot(slot)).toBeUndefined()
  })
})
