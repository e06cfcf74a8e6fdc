import { describe, expect, it } from 'vitest'
import { goSeconds } from '../../../src/adapters/kubernetes/event-texts.ts'

describe('a duration', () => {
  it.each([
    [0, '0s'],
    [499, '0s'],
    [500, '1s'],
    [45_000, '45s'],
    [45_499.9, '45s'],
    [59_500, '1m0s'],
    [65_000, '1m5s'],
    [300_000, '5m0s'],
    [3_599_499, '59m59s'],
    [3_599_500, '1h0m0s'],
    [3_600_000, '1h0m0s'],
    [3_661_000, '1h1m1s'],
    [360_000_000, '100h0m0s'],
    [-500, '-1s'],
    [-499, '0s'],
    [-65_000, '-1m5s'],
  ])('of %d ms is written as Go writes it: %s', (span, expected) => {
    expect(goSeconds(span)).toBe(expected)
  })
})
