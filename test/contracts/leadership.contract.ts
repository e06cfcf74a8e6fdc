import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Instant, Millis } from '../../src/domain/ids.ts'
import type { Leadership, Lease } from '../../src/ports/leadership.ts'

/** One process that wants to act. */
export interface Contender {
  readonly leadership: Leadership
  /** It can no longer reach whatever decides. */
  cutOff(): void
  /** Its requests never end any more, not even by their signals. */
  hang(): void
  /** What it asks is answered only after this time, with what is true by then; what it writes is written at once. */
  slow(by: Millis): void
}

export interface OpenedLeadership {
  /** The same identity twice is the same process after a restart, or a twin that should not be. */
  contender(identity: string): Contender
  /** How long a right lasts that is not renewed. */
  readonly duration: Millis
  now(): Instant
  /** Lets time go by, and everything happen that is due by then. */
  advance(span: Millis): Promise<void>
  close(): Promise<void>
}

interface Attempt {
  readonly stop: AbortController
  readonly done: Promise<void>
  lease?: Lease
  failure?: unknown
}

/** What every Leadership promises. */
export function leadershipContract(name: string, open: () => Promise<OpenedLeadership>): void {
  describe(`leadership: ${name}`, () => {
    let opened: OpenedLeadership
    let attempts: Attempt[]
    beforeEach(async () => {
      opened = await open()
      attempts = []
    })
    afterEach(async () => {
      for (const { stop } of attempts) stop.abort(new Error('the test is over'))
      await opened.advance(opened.duration)
      await opened.close()
    })

    /** Begins to wait for the right. */
    const want = ({ leadership }: Contender): Attempt => {
      const stop = new AbortController()
      const done = leadership.acquire(stop.signal).then(
        lease => void (attempt.lease = lease),
        (failure: unknown) => void (attempt.failure = failure),
      )
      const attempt: Attempt = { stop, done }
      attempts.push(attempt)
      return attempt
    }
    const holds = ({ lease }: Attempt): boolean => lease !== undefined && !lease.signal.aborted
    const soon = (): Promise<void> => opened.advance(opened.duration / 5)

    it('is had at once by the first, and nobody is known to have had it before', async () => {
      const first = want(opened.contender('a'))
      await opened.advance(0)
      expect([holds(first), first.lease?.heldUntil]).toEqual([true, undefined])
    })

    it('stays with its holder for as long as that lives, and everybody else waits', async () => {
      const first = want(opened.contender('a'))
      await opened.advance(0)
      const [second, third] = [want(opened.contender('b')), want(opened.contender('c'))]
      for (let times = 0; times < 8; times += 1) {
        await opened.advance(opened.duration / 2)
        expect([first, second, third].map(holds)).toEqual([true, false, false])
      }
    })

    it.each([0.6, 1.1])('stays with it also where others are answered after %d of its duration', async share => {
      const first = opened.contender('a')
      const held = want(first)
      await opened.advance(opened.duration / 3 - 100)
      const other = opened.contender('b')
      other.slow(opened.duration * share)
      const second = want(other)
      for (let times = 0; times < 60; times += 1) {
        await opened.advance(opened.duration / 15)
        expect([held, second].map(holds)).toEqual([true, false])
      }
    })

    it('ends with the signal and is given back by it, so that the next has it soon', async () => {
      const first = want(opened.contender('a'))
      await opened.advance(0)
      const second = want(opened.contender('b'))
      await opened.advance(opened.duration * 2)
      const reason = new Error('stopping')
      first.stop.abort(reason)
      expect(first.lease?.signal.reason).toBe(reason)
      await soon()
      expect(holds(second)).toBe(true)
    })

    it('was held until it was last renewed, not until it was given back: work ends before that', async () => {
      const first = want(opened.contender('a'))
      await opened.advance(0)
      await opened.advance(opened.duration * 2.1)
      const given = opened.now()
      first.stop.abort(new Error('stopping'))
      await soon()
      const second = want(opened.contender('b'))
      await soon()
      const heldUntil = Number(second.lease?.heldUntil)
      expect(heldUntil).toBeLessThan(given)
      expect(heldUntil).toBeGreaterThan(given - opened.duration / 2)
    })

    it.each(['cutOff', 'hang'] as const)('goes to another after %s, and its holder knows it before', async lose => {
      const first = opened.contender('a')
      const held = want(first)
      await opened.advance(0)
      const [second, third] = [want(opened.contender('b')), want(opened.contender('c'))]
      await opened.advance(opened.duration)
      const lastRenewal = opened.now()
      first[lose]()
      const both: boolean[] = []
      for (let times = 0; times < 40; times += 1) {
        await opened.advance(opened.duration / 20)
        both.push([held, second, third].filter(holds).length > 1)
      }
      expect(both).not.toContain(true)
      expect(held.lease?.signal.aborted).toBe(true)
      const [winner, ...others] = [second, third].filter(holds)
      expect(others).toEqual([])
      const heldUntil = Number(winner?.lease?.heldUntil)
      expect(heldUntil).toBeLessThanOrEqual(lastRenewal)
      expect(heldUntil).toBeGreaterThan(lastRenewal - opened.duration)
    })

    it('goes on at once for the same identity after a restart, and says until when it was held', async () => {
      const before = opened.contender('a')
      want(before)
      await opened.advance(opened.duration * 2)
      before.cutOff()
      const until = opened.now()
      const again = want(opened.contender('a'))
      await opened.advance(0)
      expect(holds(again)).toBe(true)
      const heldUntil = Number(again.lease?.heldUntil)
      expect(heldUntil).toBeLessThanOrEqual(until)
      expect(heldUntil).toBeGreaterThan(until - opened.duration)
    })

    it('does not stay with two processes of one identity', async () => {
      const [first, twin] = [want(opened.contender('a')), opened.contender('a')]
      await opened.advance(0)
      const second = want(twin)
      await opened.advance(opened.duration / 2)
      expect([first, second].map(holds)).toEqual([false, true])
      await opened.advance(opened.duration * 2)
      expect([first, second].map(holds)).toEqual([false, true])
    })

    it('rejects who waits and whose requests hang, with the reason of the signal and at once', async () => {
      const contender = opened.contender('a')
      contender.hang()
      const waiting = want(contender)
      await soon()
      const reason = new Error('enough')
      waiting.stop.abort(reason)
      await waiting.done
      expect(waiting.failure).toBe(reason)
    })

    it('rejects who waits with the reason of the signal', async () => {
      want(opened.contender('a'))
      await opened.advance(0)
      const second = want(opened.contender('b'))
      await soon()
      const reason = new Error('enough')
      second.stop.abort(reason)
      await second.done
      expect(second.failure).toBe(reason)
      const late = opened.contender('c').leadership.acquire(AbortSignal.abort(reason))
      await expect(late).rejects.toBe(reason)
    })
  })
}
