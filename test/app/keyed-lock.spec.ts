import { describe, expect, it } from 'vitest'
import { KeyedLock } from '../../src/app/keyed-lock.ts'

const busy = { kind: 'busy' }

/** A task that runs until it is told to end. */
function task() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { run: () => promise, end: resolve }
}

const nothing = async () => 'done'

describe('a lock by keys', () => {
  it('refuses a request that meets another one, and is free as soon as that has ended', async () => {
    const lock = new KeyedLock()
    const first = task()
    const running = lock.tryRun('a', first.run)
    await expect(lock.tryRun('a', nothing)).rejects.toMatchObject(busy)
    expect(await lock.tryRun('b', nothing)).toBe('done')
    first.end()
    await running
    expect(await lock.tryRun('a', nothing)).toBe('done')
  })

  it('takes several keys together, or none of them', async () => {
    const lock = new KeyedLock()
    const first = task()
    const running = lock.tryRun(['a', 'b'], first.run)
    await expect(lock.tryRun(['c', 'b'], nothing)).rejects.toMatchObject({
      ...busy,
      message: expect.stringMatching(/ b /),
    })
    expect(await lock.tryRun('c', nothing)).toBe('done')
    first.end()
    await running
    expect(await lock.tryRun(['c', 'b'], nothing)).toBe('done')
  })

  it('lets many share a key, and nobody have it to himself meanwhile', async () => {
    const lock = new KeyedLock()
    const [one, two] = [task(), task()]
    const first = lock.tryRun('x', one.run, ['source'])
    const second = lock.tryRun('y', two.run, ['source'])
    await expect(lock.tryRun('source', nothing)).rejects.toMatchObject(busy)
    one.end()
    await first
    await expect(lock.tryRun('source', nothing)).rejects.toMatchObject(busy)
    two.end()
    await second
    expect(await lock.tryRun('source', nothing)).toBe('done')
  })

  it('lets nobody share what another has to himself', async () => {
    const lock = new KeyedLock()
    const first = task()
    const running = lock.tryRun('source', first.run)
    await expect(lock.tryRun('x', nothing, ['source'])).rejects.toMatchObject(busy)
    expect(await lock.tryRun('x', nothing)).toBe('done')
    first.end()
    await running
  })

  it('has a command of ours wait for all that share, and later sharers are refused', async () => {
    const lock = new KeyedLock()
    const [one, two] = [task(), task()]
    const sharing = [lock.tryRun('x', one.run, ['source']), lock.tryRun('y', two.run, ['source'])]
    const done: string[] = []
    const waiting = lock.run('source', async () => void done.push('waited'))
    await expect(lock.tryRun('z', nothing, ['source'])).rejects.toMatchObject(busy)
    one.end()
    await sharing[0]
    expect(done).toEqual([])
    two.end()
    await Promise.all([...sharing, waiting])
    expect(done).toEqual(['waited'])
    expect(await lock.tryRun('z', nothing, ['source'])).toBe('done')
  })

  it('has commands of ours wait in turn, also behind one that fails', async () => {
    const lock = new KeyedLock()
    const first = task()
    const running = lock.run('a', first.run)
    const failing = lock.run('a', () => Promise.reject(new Error('broken')))
    const last = lock.run('a', nothing)
    await expect(lock.tryRun('a', nothing)).rejects.toMatchObject(busy)
    first.end()
    await running
    await expect(failing).rejects.toThrow('broken')
    expect(await last).toBe('done')
  })
})
