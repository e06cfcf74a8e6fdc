import { describe, expect, it } from 'vitest'
import { bytesPerSecond, millisOf, numberOf } from '../../../../src/adapters/routeros/operations/units.ts'

describe('what the device writes as', () => {
  it.each([
    ['0bps', 0],
    ['500kbps', 62_500],
    ['12.8Mbps', 1_600_000],
    ['1.5Gbps', 187_500_000],
    ['8000', 1000],
    ['fast', undefined],
    [undefined, undefined],
  ])('a rate, %s, is %s bytes per second', (text, bytes) => {
    expect(bytesPerSecond(text)).toBe(bytes)
  })

  it.each([
    ['0ms', 0],
    ['48s149ms', 48_149],
    ['1d7h44m20s', 114_260_000],
    ['250us', 0.25],
    ['17', 17],
    ['1 day', undefined],
    ['', undefined],
  ])('a duration, %s, is %s ms', (text, ms) => {
    expect(millisOf(text)).toBe(ms)
  })

  it('a number, is one only where it is plain', () => {
    expect([numberOf('46'), numberOf('-3.5'), numberOf('1 000'), numberOf('46C'), numberOf('')]).toEqual([
      46,
      -3.5,
      undefined,
      undefined,
      undefined,
    ])
  })
})
