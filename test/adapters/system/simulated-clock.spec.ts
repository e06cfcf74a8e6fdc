import { describe, expect, it } from 'vitest'
import { instant } from '../../../src/domain/ids.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'

const forever = new AbortController().signal

describe('the simulated clock', () => {
  it('stands still until it is told to go on', async () => {
    const clock = new SimulatedClock(instant(1000))
    expect([clock.now(), clock.monotonic()]).toEqual([1000, 0])
    await clock.advance(250)
    expect([clock.now(), clock.monotonic()]).toEqual([1250, 250])
  })

  it('wakes sleepers in the order of their moments, each at its own', async () => {
    const clock = new SimulatedClock(instant(0))
    const woken: string[] = []
    const sleep = async (name: string, span: number): Promise<void> => {
      await clock.sleep(span, forever)
      woken.push(`${name} at ${clock.now()}`)
    }
    const all = [sleep('late', 300), sleep('early', 100), sleep('second early', 100)]
    await clock.advance(299)
    expect(woken).toEqual(['early at 100', 'second early at 100'])
    await clock.advance(1)
    await Promise.all(all)
    expect(woken.at(-1)).toBe('late at 300')
  })

  it('wakes one who sleeps again and again within a span each time', async () => {
    const clock = new SimulatedClock()
    const stop = new AbortController()
    let rounds = 0
    const loop = (async () => {
      while (!stop.signal.aborted) {
        await clock.sleep(10, stop.signal)
        rounds += 1
      }
    })()
    await clock.advance(55)
    expect(rounds).toBe(5)
    stop.abort(new Error('enough'))
    await expect(loop).rejects.toThrow('enough')
    expect(clock.sleeping).toBe(0)
  })

  it('rejects a sleep with the reason of its signal, before and during it', async () => {
    const clock = new SimulatedClock()
    await expect(clock.sleep(5, AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
    const stop = new AbortController()
    const sleep = clock.sleep(5, stop.signal)
    stop.abort(new Error('during'))
    await expect(sleep).rejects.toThrow('during')
    expect(clock.sleeping).toBe(0)
  })

  it('tells when somebody has gone to sleep', async () => {
    const clock = new SimulatedClock()
    const both = Promise.all([clock.sleep(1, forever), clock.sleep(2, forever)])
    await clock.untilSleeping(2)
    expect(clock.sleeping).toBe(2)
    await clock.advance(2)
    await both
  })
})
