import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { DeadlineError, withDeadline } from '../../../src/adapters/routeros/deadline.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'

const SPAN = 1000

/** Work that ends with its signal. */
const follow = (bounded: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    bounded.addEventListener('abort', () => reject(bounded.reason as Error), { once: true })
  })

describe('work with a deadline', () => {
  it('ends with its result, and leaves no timer and no listener', async () => {
    const [clock, { signal }] = [new SimulatedClock(), new AbortController()]
    expect(await withDeadline(clock, SPAN, signal, async () => 'done')).toBe('done')
    await expect.poll(() => clock.sleeping).toBe(0)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('ends with the deadline once the span is over', async () => {
    const clock = new SimulatedClock()
    const result = withDeadline(clock, SPAN, new AbortController().signal, follow)
    const failed = expect(result).rejects.toBeInstanceOf(DeadlineError)
    await clock.advance(SPAN)
    await failed
  })

  it('begins its span anew with every sign of life', async () => {
    const clock = new SimulatedClock()
    const signs: (() => void)[] = []
    const ended = Promise.withResolvers<string>()
    const result = withDeadline(clock, SPAN, new AbortController().signal, (bounded, heard) => {
      signs.push(heard)
      return Promise.race([ended.promise, follow(bounded)])
    })
    for (let sign = 0; sign < 3; sign += 1) {
      await clock.advance(SPAN - 1)
      signs[0]?.()
    }
    ended.resolve('done')
    expect(await result).toBe('done')
  })

  it('ends with the reason of the signal, and leaves no timer', async () => {
    const [clock, given] = [new SimulatedClock(), new AbortController()]
    const result = withDeadline(clock, SPAN, given.signal, follow)
    const failed = expect(result).rejects.toThrow('given up')
    given.abort(new Error('given up'))
    await failed
    await expect.poll(() => clock.sleeping).toBe(0)
  })

  it('is not begun where the signal has ended before', async () => {
    const begun: string[] = []
    const work = async (): Promise<void> => void begun.push('begun')
    const result = withDeadline(new SimulatedClock(), SPAN, AbortSignal.abort(new Error('too late')), work)
    await expect(result).rejects.toThrow('too late')
    expect(begun).toEqual([])
  })
})
