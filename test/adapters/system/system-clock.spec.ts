import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SystemClock } from '../../../src/adapters/system/system-clock.ts'

const DAY = 86_400_000

describe('the system clock', () => {
  const clock = new SystemClock()

  it('tells the time of day in milliseconds', () => {
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000)
  })

  it('has a second clock that never goes back', () => {
    const first = clock.monotonic()
    expect(clock.monotonic()).toBeGreaterThanOrEqual(first)
  })
})

describe('sleeping', () => {
  const clock = new SystemClock()
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('ends after the span, not before, and leaves no listener', async () => {
    const { signal } = new AbortController()
    let woken = false
    const sleep = clock.sleep(5000, signal).then(() => (woken = true))
    await vi.advanceTimersByTimeAsync(4999)
    expect(woken).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await sleep
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('rejects with the reason of the signal as soon as it aborts, and leaves no timer', async () => {
    const stop = new AbortController()
    const sleep = clock.sleep(DAY, stop.signal)
    stop.abort(new Error('stopping'))
    await expect(sleep).rejects.toThrow('stopping')
    expect(vi.getTimerCount()).toBe(0)
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0)
  })

  it('does not begin on a signal that has aborted', async () => {
    await expect(clock.sleep(1, AbortSignal.abort(new Error('over')))).rejects.toThrow('over')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('lasts longer than the longest timer of Node, if asked to', async () => {
    let woken = false
    const sleep = clock.sleep(60 * DAY, new AbortController().signal).then(() => (woken = true))
    await vi.advanceTimersByTimeAsync(59 * DAY)
    expect(woken).toBe(false)
    await vi.advanceTimersByTimeAsync(DAY)
    await sleep
    expect(woken).toBe(true)
  })
})
