import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { InTurn, orAborted } from '../../../../src/adapters/sim/host/in-turn.ts'

const forever = new AbortController().signal

describe('turns', () => {
  it('come one after the other for one key, and at once for different ones', async () => {
    const turns = new InTurn()
    const done: string[] = []
    const gate = Promise.withResolvers<void>()
    const first = turns.run('a', forever, async () => {
      await gate.promise
      done.push('first')
    })
    const second = turns.run('a', forever, async () => done.push('second'))
    await turns.run('b', forever, async () => done.push('other'))
    gate.resolve()
    await Promise.all([first, second])
    expect(done).toEqual(['other', 'first', 'second'])
  })

  it('that are given up let the next one wait for those before', async () => {
    const turns = new InTurn()
    const done: string[] = []
    const gate = Promise.withResolvers<void>()
    const first = turns.run('a', forever, async () => {
      await gate.promise
      done.push('first')
    })
    const stop = new AbortController()
    const given = turns.run('a', stop.signal, async () => done.push('given up'))
    const third = turns.run('a', forever, async () => done.push('third'))
    stop.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    gate.resolve()
    await Promise.all([first, third])
    expect(done).toEqual(['first', 'third'])
  })

  it('that fail fail alone', async () => {
    const turns = new InTurn()
    const failing = turns.run('a', forever, () => Promise.reject(new Error('mine')))
    const next = turns.run('a', forever, async () => 'fine')
    await expect(failing).rejects.toThrow('mine')
    expect(await next).toBe('fine')
  })
})

describe('waiting with a signal', () => {
  it('leaves no listener, however it ends', async () => {
    const { signal } = new AbortController()
    expect(await orAborted(Promise.resolve(1), signal)).toBe(1)
    await expect(orAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})
