import { describe, expect, it } from 'vitest'
import { Errands } from '../../src/app/errands.ts'
import { KeyedLock } from '../../src/app/keyed-lock.ts'
import { never } from '../support/controller-house.ts'
import { RecordedLog } from '../support/recorded-log.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

describe('an errand', () => {
  it('runs once at a time for each key and keeps no other waiting', async () => {
    const errands = new Errands(new SimulatedClock(), new RecordedLog())
    const gate = Promise.withResolvers<void>()
    const done: string[] = []
    const slow = errands.run('slow', never, () => gate.promise.then(() => void done.push('slow')))
    const again = errands.run('slow', never, async () => void done.push('never'))
    await errands.run('quick', never, async () => void done.push('quick'))
    gate.resolve()
    await Promise.all([slow, again])
    await errands.run('slow', never, async () => void done.push('next'))
    expect(done).toEqual(['quick', 'slow', 'next'])
  })

  it('that fails is logged and waits longer each time before it runs again', async () => {
    const clock = new SimulatedClock()
    const log = new RecordedLog()
    const errands = new Errands(clock, log)
    const at: number[] = []
    for (let ms = 0; ms <= 20_000; ms += 250) {
      await errands.run('key', never, async () => {
        at.push(clock.monotonic())
        throw new Error('broken')
      })
      await clock.advance(250)
    }
    expect(at).toEqual([0, 250, 750, 1_750, 3_750, 7_750, 12_750, 17_750])
    expect(log.lines).toHaveLength(at.length)
  })

  it('fails in silence once everything ends', async () => {
    const log = new RecordedLog()
    const stop = AbortSignal.abort(new Error('the process ends'))
    await new Errands(new SimulatedClock(), log).run('key', stop, async () => stop.throwIfAborted())
    expect(log.lines).toEqual([])
  })
})

describe('a keyed lock', () => {
  it('queues those who wait, refuses those who do not, and forgets keys', async () => {
    const lock = new KeyedLock()
    const gate = Promise.withResolvers<void>()
    const order: string[] = []
    const first = lock.tryRun('key', () => gate.promise.then(() => void order.push('first')))
    const second = lock.run('key', async () => void order.push('second'))
    await expect(lock.tryRun('key', async () => undefined)).rejects.toMatchObject({ kind: 'busy' })
    await lock.tryRun('other', async () => void order.push('other'))
    gate.resolve()
    await Promise.all([first, second])
    await lock.tryRun('key', async () => void order.push('later'))
    expect(order).toEqual(['other', 'first', 'second', 'later'])
  })

  it('goes on after a failure', async () => {
    const lock = new KeyedLock()
    const failing = lock.run('key', async () => Promise.reject(new Error('broken')))
    const next = lock.run('key', async () => 'done')
    await expect(failing).rejects.toThrow('broken')
    expect(await next).toBe('done')
  })
})
