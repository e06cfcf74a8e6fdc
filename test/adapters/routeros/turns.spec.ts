import { describe, expect, it } from 'vitest'
import { Turns } from '../../../src/adapters/routeros/turns.ts'

const live = (): AbortSignal => new AbortController().signal

describe('turns', () => {
  it('come one after the other for one key, in order, and at once for different keys', async () => {
    const turns = new Turns()
    const log: string[] = []
    const gate = Promise.withResolvers<void>()
    const work = (name: string) => async (): Promise<void> => {
      log.push(`${name} begins`)
      await gate.promise
      log.push(`${name} ends`)
    }
    const all = [
      turns.take('a', live(), work('a1')),
      turns.take('a', live(), work('a2')),
      turns.take('b', live(), work('b1')),
    ]
    await new Promise(resolve => setImmediate(resolve))
    expect(log).toEqual(['a1 begins', 'b1 begins'])
    gate.resolve()
    await Promise.all(all)
    expect(log.indexOf('a2 begins')).toBeGreaterThan(log.indexOf('a1 ends'))
  })

  it('go on after one that failed', async () => {
    const turns = new Turns()
    const failed = turns.take('a', live(), () => Promise.reject(new Error('no')))
    const next = turns.take('a', live(), async () => 'yes')
    await expect(failed).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })

  it('that are given up while waiting let nobody pass the one before', async () => {
    const turns = new Turns()
    const gate = Promise.withResolvers<void>()
    const log: string[] = []
    const first = turns.take('a', live(), () => gate.promise.then(() => log.push('first')))
    const controller = new AbortController()
    const second = turns.take('a', controller.signal, async () => log.push('second'))
    const third = turns.take('a', live(), async () => log.push('third'))
    controller.abort(new Error('gone'))
    await expect(second).rejects.toThrow('gone')
    gate.resolve()
    await Promise.all([first, third])
    expect(log).toEqual(['first', 'third'])
  })
})
