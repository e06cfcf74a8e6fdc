import { describe, expect, it } from 'vitest'
import { expected, lived, SUBVOLUMES } from './lived.ts'
import { otherWaysOf, SWITCH_NAMES } from './ways.ts'

describe('a whole life of volumes in subvolumes', () => {
  it('is as told on a device as it stands by itself', async () => {
    expect(await lived(SUBVOLUMES)).toEqual(expected(SUBVOLUMES))
  })

  describe.each(SWITCH_NAMES)('on a device with another %s', name => {
    it.each(otherWaysOf(name))('is as told with %o', async switches => {
      const setting = { ...SUBVOLUMES, switches }
      expect(await lived(setting)).toEqual(expected(setting))
    })
  })
})
