import { describe, expect, it } from 'vitest'
import { Backoff } from '../../../src/adapters/kubernetes/backoff.ts'
import { BackgroundLoop } from '../../../src/adapters/kubernetes/background-loop.ts'
import { TokenBucket } from '../../../src/adapters/kubernetes/token-bucket.ts'
import { watchEvents } from '../../../src/adapters/kubernetes/watch-events.ts'
import { within } from '../../../src/adapters/kubernetes/within.ts'
import { RecordedLog } from '../../support/recorded-log.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'

describe('a backoff', () => {
  it('doubles up to half a minute, with jitter, and starts anew after a success', () => {
    const backoff = new Backoff()
    const pauses = Array.from({ length: 12 }, () => backoff.next())
    for (const [index, pause] of pauses.entries()) {
      const full = Math.min(500 * 2 ** index, 30_000)
      expect(pause).toBeGreaterThanOrEqual(full / 2)
      expect(pause).toBeLessThanOrEqual(full)
    }
    backoff.reset()
    expect(backoff.next()).toBeLessThanOrEqual(500)
  })
})

describe('a token bucket', () => {
  it('lets a burst through, then one in each interval, and never saves more than a burst', () => {
    const bucket = new TokenBucket(2, 100, 0)
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 100])
    expect([bucket.take(99), bucket.take(100), bucket.take(100)]).toEqual([expect.closeTo(1), 0, 100])
    expect([bucket.take(9999), bucket.take(9999), bucket.take(9999)]).toEqual([0, 0, 100])
  })
})

describe('work within a limit', () => {
  it('is told when the limit is over, and leaves no timer behind when it is done before', async () => {
    const clock = new SimulatedClock()
    const forever = new AbortController().signal
    expect(await within(clock, 1000, forever, async () => 'done')).toBe('done')
    expect(clock.sleeping).toBe(0)
    const slow = within(clock, 1000, forever, signal => clock.sleep(5000, signal))
    const ended = expect(slow).rejects.toMatchObject({ name: 'TimeoutError' })
    await clock.untilSleeping(2)
    await clock.advance(1000)
    await ended
    expect(clock.sleeping).toBe(0)
  })
})

describe('a background loop', () => {
  it('never forgets work that comes while it finishes', async () => {
    let [work, done] = [0, 0]
    const step = async (): Promise<boolean> => {
      if (work === 0) return false
      work -= 1
      done += 1
      return true
    }
    const loop = new BackgroundLoop(step, { clock: new SimulatedClock(), log: new RecordedLog() })
    for (let turns = 0; turns < 20; turns += 1) {
      work += 1
      loop.wake()
      for (let wait = 0; wait < turns; wait += 1) await Promise.resolve()
    }
    await loop.idle()
    expect([work, done]).toEqual([0, 20])
  })

  it('logs a fault in its work, and goes on with the next', async () => {
    const log = new RecordedLog()
    const faults = [new Error('a fault'), undefined]
    const step = async (): Promise<boolean> => {
      const fault = faults.shift()
      if (fault !== undefined) throw fault
      return false
    }
    const loop = new BackgroundLoop(step, { clock: new SimulatedClock(), log })
    for (let times = 0; times < 2; times += 1) {
      loop.wake()
      await loop.idle()
    }
    expect([faults.length, log.lines.length]).toEqual([0, 1])
  })
})

describe('the lines of a watch', () => {
  const bytes = new TextEncoder().encode(
    '{"type":"ADDED","object":{"metadata":{"name":"größe"}}}\n\n{"type":"BOOKMARK","object":{}}\n{"type":"ADD',
  )
  async function* chunksOf(size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }

  it.each([1, 2, 3, 7, 50, 1000])('are read whole from chunks of %i bytes', async size => {
    const events: unknown[] = []
    for await (const event of watchEvents(chunksOf(size))) events.push(event)
    expect(events).toEqual([
      { type: 'ADDED', object: { metadata: { name: 'größe' } } },
      { type: 'BOOKMARK', object: {} },
    ])
  })
})
