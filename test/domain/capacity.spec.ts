import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  chooseSize,
  GiB,
  MAX_VOLUME_BYTES,
  MIN_VOLUME_BYTES,
  satisfies,
  SIZE_GRAIN,
  TiB,
} from '../../src/domain/capacity.ts'

const size = (required: number, limit = 0) => {
  const choice = chooseSize({ required, limit })
  return choice.ok ? choice.bytes : choice.kind
}
const anyBytes = fc.oneof(
  fc.constantFrom(0, 1, GiB - 1, GiB, GiB + 1, GiB + 512, 1.5 * TiB, 16 * TiB - 1, 16 * TiB, 16 * TiB + 1),
  fc.integer({ min: 0, max: 20 * TiB }),
)

describe('the size of a volume', () => {
  it('promises 1 GiB to 16 TiB', () => expect([MIN_VOLUME_BYTES, MAX_VOLUME_BYTES]).toEqual([2 ** 30, 2 ** 44]))

  it.each([
    [1, 0, GiB],
    [GiB - 1, 0, GiB],
    [GiB, GiB, GiB],
    [GiB + 1, 0, GiB + 512],
    [GiB + 512, GiB + 512, GiB + 512],
    [1.5 * TiB, 0, 1.5 * TiB],
    [16 * TiB, 0, 16 * TiB],
    [16 * TiB - 1, 0, 16 * TiB],
    [0, 5 * GiB, GiB],
    [1, GiB, GiB],
  ])('for at least %i and at most %i bytes is %i', (required, limit, bytes) =>
    expect(size(required, limit)).toBe(bytes),
  )

  it.each([
    [0, 0, 'invalid'],
    [-1, 0, 'invalid'],
    [0, -1, 'invalid'],
    [GiB, -1, 'invalid'],
    [2 * GiB, GiB, 'invalid'],
    [16 * TiB + 1, 0, 'out-of-range'],
    [Number.MAX_SAFE_INTEGER, 0, 'out-of-range'],
    [0, GiB - 1, 'out-of-range'],
    [1, 1, 'out-of-range'],
    [GiB + 1, GiB + 511, 'out-of-range'],
  ])('for at least %i and at most %i bytes is %s', (required, limit, kind) => expect(size(required, limit)).toBe(kind))

  it('is never below what is required, never past the limit, in whole sectors, and no sector too many', () => {
    fc.assert(
      fc.property(anyBytes, fc.oneof(fc.constant(0), anyBytes), (required, limit) => {
        const choice = chooseSize({ required, limit })
        if (!choice.ok) return
        const { bytes } = choice
        expect(satisfies(bytes, { required, limit })).toBe(true)
        expect(bytes % SIZE_GRAIN).toBe(0)
        expect(bytes).toBeGreaterThanOrEqual(MIN_VOLUME_BYTES)
        expect(bytes).toBeLessThanOrEqual(MAX_VOLUME_BYTES)
        expect(bytes - Math.max(required, MIN_VOLUME_BYTES)).toBeLessThan(SIZE_GRAIN)
      }),
      { numRuns: 2_000 },
    )
  })
  it('is refused only where no whole number of sectors would do', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (required, limit) => {
        const floor = Math.max(required, GiB)
        const next = floor + ((SIZE_GRAIN - (floor % SIZE_GRAIN)) % SIZE_GRAIN)
        const possible = required + limit > 0 && next <= MAX_VOLUME_BYTES && (limit === 0 || next <= limit)
        expect(chooseSize({ required, limit }).ok).toBe(possible)
      }),
      { numRuns: 2_000 },
    )
  })
  it('is refused in words that name the field and what is allowed', () => {
    expect(chooseSize({ required: 0, limit: 5 })).toMatchObject({
      problem: expect.stringMatching(/limit_bytes 5 .*1 GiB/),
    })
    expect(chooseSize({ required: 17 * TiB, limit: 0 })).toMatchObject({ problem: expect.stringContaining('16 TiB') })
    expect(chooseSize({ required: 2, limit: 1 })).toMatchObject({
      problem: expect.stringContaining('required_bytes 2'),
    })
  })
})

describe('an existing size', () => {
  it.each([
    [GiB, 0, 0, true],
    [GiB, GiB, 0, true],
    [GiB, GiB + 1, 0, false],
    [GiB, 0, GiB, true],
    [GiB, 0, GiB - 1, false],
    [2 * GiB, GiB, 3 * GiB, true],
  ])('of %i serves at least %i and at most %i: %s', (bytes, required, limit, good) =>
    expect(satisfies(bytes, { required, limit })).toBe(good),
  )
})
