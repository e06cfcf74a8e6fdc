import { describe, expect, it } from 'vitest'
import { COPIES, expected, lived, SUBVOLUMES } from './lived.ts'
import { otherWaysOf, SWITCH_NAMES, type Switches, waysOf } from './ways.ts'

const SEEDS = [1, 2, 3, 4, 5, 6] as const

/** Numbers below a bound, the same ones for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** A device of which each habit is drawn by lot. */
function drawn(seed: number): Switches {
  const below = numbers(seed)
  return Object.assign({}, ...SWITCH_NAMES.map(name => waysOf(name)[below(waysOf(name).length)]))
}

/** Everything is otherwise than it stands by itself. */
const CONTRARY: Switches = Object.assign({}, ...SWITCH_NAMES.map(name => otherWaysOf(name)[0]))

describe.each([SUBVOLUMES, COPIES])('a whole life on $pool', pool => {
  it('is as told on a device that is otherwise in everything', async () => {
    const setting = { ...pool, switches: CONTRARY }
    expect(await lived(setting)).toEqual(expected(setting))
  })

  it.each(SEEDS)('is as told on the device of seed %i', async seed => {
    const setting = { ...pool, switches: drawn(seed) }
    expect(await lived(setting)).toEqual(expected(setting))
  })
})
