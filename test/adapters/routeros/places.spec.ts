import { describe, expect, it } from 'vitest'
import { Places } from '../../../src/adapters/routeros/link/places.ts'
import { never } from '../../support/routeros-transports.ts'

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Takers in their order; those who have a place are in `inside`. */
function rig(places: Places) {
  const inside: string[] = []
  const leave = new Map<string, () => void>()
  const take = async (name: string, signal = never()): Promise<void> => {
    leave.set(name, await places.take(signal))
    inside.push(name)
  }
  return { inside, take, leave: (name: string) => leave.get(name)?.() }
}

describe('places', () => {
  it('are taken by as many as there are, and then in the order of coming', async () => {
    const places = new Places(2)
    const { inside, take, leave } = rig(places)
    for (const name of ['a', 'b', 'c', 'd']) void take(name)
    await turn()
    expect([inside, places.taken]).toEqual([['a', 'b'], 2])
    leave('b')
    await turn()
    expect(inside).toEqual(['a', 'b', 'c'])
    leave('a')
    await turn()
    expect(inside).toEqual(['a', 'b', 'c', 'd'])
  })

  it('are given back once only', async () => {
    const places = new Places(1)
    const { inside, take, leave } = rig(places)
    for (const name of ['a', 'b', 'c']) void take(name)
    await turn()
    leave('a')
    leave('a')
    await turn()
    expect([inside, places.taken]).toEqual([['a', 'b'], 1])
  })

  it('are not waited for any more after an abort, and the others keep their order', async () => {
    const places = new Places(1)
    const { inside, take, leave } = rig(places)
    const gone = new AbortController()
    void take('a')
    const given = take('b', gone.signal)
    void take('c')
    gone.abort(new Error('gave up'))
    await expect(given).rejects.toThrow('gave up')
    await expect(take('d', gone.signal)).rejects.toThrow('gave up')
    leave('a')
    await turn()
    expect([inside, places.taken]).toEqual([['a', 'c'], 1])
  })

  it('can become fewer, never none, and never more again', async () => {
    const places = new Places(3)
    const { inside, take, leave } = rig(places)
    for (const name of ['a', 'b', 'c', 'd']) void take(name)
    await turn()
    places.shrink(0)
    places.shrink(5)
    leave('a')
    leave('b')
    await turn()
    expect(inside).toEqual(['a', 'b', 'c'])
    leave('c')
    await turn()
    expect([inside.at(-1), places.taken]).toEqual(['d', 1])
  })
})
