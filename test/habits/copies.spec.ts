import { describe, expect, it } from 'vitest'
import { expected, lived, COPIES } from './lived.ts'
import { otherWaysOf, SWITCH_NAMES } from './ways.ts'

describe('a whole life of flat volumes, whose snapshots are copies', () => {
  it('is as told on a device as it stands by itself', async () => {
    expect(await lived(COPIES)).toEqual(expected(COPIES))
  })

  describe.each(SWITCH_NAMES)('on a device with another %s', name => {
    it.each(otherWaysOf(name))('is as told with %o', async switches => {
      const setting = { ...COPIES, switches }
      expect(await lived(setting)).toEqual(expected(setting))
    })
  })
})
