import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FindBatch } from '../../../src/adapters/routeros/find-batch.ts'
import { never } from '../../support/routeros-transports.ts'

interface Reading {
  readonly keys: readonly string[]
  readonly signal: AbortSignal
  readonly end: PromiseWithResolvers<string>
}

function rig(): { batch: FindBatch<string, string>; readings: Reading[] } {
  const readings: Reading[] = []
  const batch = new FindBatch<string, string>((keys, signal) => {
    const end = Promise.withResolvers<string>()
    readings.push({ keys, signal, end })
    return end.promise
  })
  return { batch, readings }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

describe('questions asked together', () => {
  it('are one reading', async () => {
    const { batch, readings } = rig()
    const asked = ['a', 'b', 'a'].map(key => batch.ask(key, never()))
    await turn()
    expect(readings.map(({ keys }) => keys)).toEqual([['a', 'b']])
    readings[0]!.end.resolve('all of it')
    await expect(Promise.all(asked)).resolves.toEqual(['all of it', 'all of it', 'all of it'])
  })

  it('are two readings where they come while the first is under way, however many they are', async () => {
    const { batch, readings } = rig()
    const first = batch.ask('0', never())
    await turn()
    const others = Array.from({ length: 63 }, (_, index) => batch.ask(String(index + 1), never()))
    await turn()
    expect(readings).toHaveLength(1)
    readings[0]!.end.resolve('first')
    await expect(first).resolves.toBe('first')
    await turn()
    expect(readings).toHaveLength(2)
    expect(readings[1]!.keys).toHaveLength(63)
    readings[1]!.end.resolve('second')
    expect(new Set(await Promise.all(others))).toEqual(new Set(['second']))
  })

  it('share what the reading fails with, and the next question is read anew', async () => {
    const { batch, readings } = rig()
    const asked = Promise.allSettled(['a', 'b'].map(key => batch.ask(key, never())))
    await turn()
    readings[0]!.end.reject(new Error('no link'))
    for (const one of await asked) expect(one).toMatchObject({ status: 'rejected', reason: { message: 'no link' } })
    const again = batch.ask('a', never())
    await turn()
    readings[1]!.end.resolve('there')
    await expect(again).resolves.toBe('there')
  })
})

describe('a question', () => {
  it('is never answered by a reading that began before it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), async steps => {
        let reads = 0
        let release = (): void => undefined
        const batch = new FindBatch<number, number>(async () => {
          reads += 1
          const mine = reads
          await new Promise<void>(resolve => (release = resolve))
          return mine
        })
        const asked: Promise<void>[] = []
        for (const [index, asks] of steps.entries()) {
          if (asks) {
            const before = reads
            asked.push(batch.ask(index, never()).then(reading => expect(reading).toBeGreaterThan(before)))
          } else release()
          await turn()
        }
        const all = Promise.all(asked)
        for (const _ of steps) {
          release()
          await turn()
          release()
          await turn()
        }
        await all
      }),
      { numRuns: 50 },
    )
  })

  it('that is given up leaves the reading to the others', async () => {
    const { batch, readings } = rig()
    const gone = new AbortController()
    const given = batch.ask('a', gone.signal)
    const other = batch.ask('b', never())
    await turn()
    gone.abort(new Error('gave up'))
    await expect(given).rejects.toThrow('gave up')
    expect(readings[0]!.signal.aborted).toBe(false)
    readings[0]!.end.resolve('found')
    await expect(other).resolves.toBe('found')
  })

  it('that was the last one to wait ends the reading', async () => {
    const { batch, readings } = rig()
    const gone = new AbortController()
    const given = batch.ask('a', gone.signal)
    await turn()
    gone.abort(new Error('gave up'))
    await expect(given).rejects.toThrow('gave up')
    expect(readings[0]!.signal.aborted).toBe(true)
  })

  it('that is given up before its reading begins is not read', async () => {
    const { batch, readings } = rig()
    const first = batch.ask('a', never())
    await turn()
    const gone = new AbortController()
    const given = batch.ask('b', gone.signal)
    gone.abort(new Error('gave up'))
    await expect(given).rejects.toThrow('gave up')
    readings[0]!.end.resolve('found')
    await first
    await turn()
    expect(readings).toHaveLength(1)
  })

  it('is answered where it joins one that was given up before its reading began', async () => {
    const { batch, readings } = rig()
    const first = batch.ask('a', never())
    await turn()
    const gone = new AbortController()
    const given = batch.ask('b', gone.signal)
    gone.abort(new Error('gave up'))
    await expect(given).rejects.toThrow('gave up')
    const other = batch.ask('c', never())
    readings[0]!.end.resolve('found')
    await first
    await turn()
    expect(readings).toHaveLength(2)
    expect(readings[1]!.signal.aborted).toBe(false)
    readings[1]!.end.resolve('there')
    await expect(other).resolves.toBe('there')
  })
})
