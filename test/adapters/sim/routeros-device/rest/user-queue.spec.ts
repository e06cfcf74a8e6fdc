import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SessionClosed, UserQueue } from '../../../../../src/adapters/sim/routeros-device/rest/user-queue.ts'

const HOUR = 3_600_000

/** Something that ends when it is told to. */
function held() {
  const { promise, resolve } = Promise.withResolvers<string>()
  return { work: vi.fn<(limit: AbortSignal) => Promise<string>>(() => promise), end: () => resolve('done') }
}

describe("a user's queue", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('does one thing at a time, in the order of arrival', async () => {
    const queue = new UserQueue()
    const [first, second, third] = [held(), held(), held()]
    const runs = [first, second, third].map(({ work }) => queue.run(HOUR, work))
    await vi.advanceTimersByTimeAsync(1000)
    expect(first.work).toHaveBeenCalledOnce()
    expect(second.work).not.toHaveBeenCalled()
    first.end()
    await runs[0]
    await vi.advanceTimersByTimeAsync(0)
    expect(second.work).toHaveBeenCalledOnce()
    expect(third.work).not.toHaveBeenCalled()
    second.end()
    third.end()
    expect(await Promise.all(runs)).toEqual(['done', 'done', 'done'])
  })

  it('goes on after a failure', async () => {
    const queue = new UserQueue()
    await expect(queue.run(HOUR, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await queue.run(HOUR, async () => 'next')).toBe('next')
  })

  it('closes the session on what runs for the whole limit, and on all that wait behind it', async () => {
    const queue = new UserQueue()
    const [first, second] = [held(), held()]
    const runs = Promise.allSettled([queue.run(60_000, first.work), queue.run(60_000, second.work)])
    await vi.advanceTimersByTimeAsync(59_999)
    expect(first.work.mock.calls[0]![0].aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    for (const run of await runs) expect(run).toMatchObject({ status: 'rejected', reason: expect.any(SessionClosed) })
    expect(first.work.mock.calls[0]![0].aborted).toBe(true)
    expect(second.work).not.toHaveBeenCalled()
    expect(await queue.run(60_000, async () => 'next')).toBe('next')
  })

  it('leaves no timer behind', async () => {
    await new UserQueue().run(HOUR, async () => 'done')
    expect(vi.getTimerCount()).toBe(0)
  })
})
