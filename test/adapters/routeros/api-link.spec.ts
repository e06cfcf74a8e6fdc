import { describe, expect, it } from 'vitest'
import { DEFAULT_TIMING } from '../../../src/adapters/routeros/link/session-transport.ts'
import { reconnectPause } from '../../../src/adapters/routeros/link/reconnect-pause.ts'
import type { FakeRouter, Peer } from '../../support/routeros-fake-router.ts'
import { never, scriptedBy, until } from '../../support/routeros-transports.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { API_CLIENTS } from '../../../src/adapters/routeros/api/api-transport.ts'

describe.each(API_CLIENTS)('with the client %s', client => {
  const { scripted } = scriptedBy(client)

  const { pauses, connect, idle: quiet, probe } = DEFAULT_TIMING
  const print = { path: '/disk/print' }
  const done = (_: readonly string[], peer: Peer): void => peer.reply(['!done'])

  describe('the pause before the next attempt', () => {
    it('doubles with each failure, up to ten seconds', () => {
      const grown = [0, 1, 2, 3, 4, 5, 6, 7, 1000].map(failures => reconnectPause(pauses, failures, 0))
      expect(grown).toEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000])
    })

    it('is shorter by chance, by a half at most', () => {
      expect(reconnectPause(pauses, 2, 0.5)).toBe(600)
      expect(reconnectPause(pauses, 2, 1)).toBe(400)
    })
  })

  describe('a link', () => {
    it('is made by the first command, not before', async () => {
      const { transport, router } = await scripted(done)
      expect(transport.connected).toBe(false)
      expect(router.connections()).toBe(0)
      await transport.run(print, never())
      expect(transport.connected).toBe(true)
    })

    it('lets a command wait for it for a bounded time only', async () => {
      const clock = new SimulatedClock()
      // The connection is taken and the login never answered.
      const { transport, router } = await scripted(() => undefined, {
        acceptsLogin: false,
        clock,
        timing: { wait: 2000 },
      })
      const running = transport.run(print, never())
      const failed = expect(running).rejects.toMatchObject({ failure: 'not-connected', unclear: false })
      await until(() => router.heard.length === 1)
      await clock.advance(2000)
      await failed
    })

    it('gives up an attempt that takes too long, and tries again after a pause', async () => {
      const clock = new SimulatedClock()
      let answers = false
      const { transport, router, recorder } = await scripted(
        (_, peer) => (answers ? peer.reply(['!done']) : undefined),
        {
          acceptsLogin: false,
          clock,
          timing: { wait: 2000 },
        },
      )
      const failed = expect(transport.run(print, never())).rejects.toMatchObject({ failure: 'not-connected' })
      await until(() => router.heard.length === 1)
      await clock.advance(connect)
      await failed
      answers = true
      await clock.advance(400)
      await until(() => router.connections() === 2 && transport.connected)
      expect(recorder.observations.filter(({ type }) => type === 'device-reconnect')).toMatchObject([
        { type: 'device-reconnect', outcome: 'success' },
      ])
    })

    it('warns of the same failure once, and counts each further attempt', async () => {
      const clock = new SimulatedClock()
      const { transport, recorder } = await scripted(done, { clock, access: { port: 1 } })
      const failed = expect(transport.run(print, never())).rejects.toMatchObject({ failure: 'not-connected' })
      const attempts = (): number =>
        recorder.lines.filter(({ message }) => message.includes('cannot be reached')).length
      for (let count = 1; count <= 4; count += 1) {
        await until(() => attempts() >= count)
        await clock.advance(2000 * count)
      }
      await failed
      expect(recorder.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
      const failures = recorder.observations.filter(({ type }) => type === 'device-reconnect')
      expect(failures.length).toBeGreaterThanOrEqual(3)
      expect(failures).toContainEqual({ type: 'device-reconnect', outcome: 'failure', took: expect.any(Number) })
    })

    it('that is lost again and again is not tried without a pause', async () => {
      const clock = new SimulatedClock()
      const { transport, router } = await scripted((_, peer) => peer.socket.end(), { clock })
      await expect(transport.run(print, never())).rejects.toMatchObject({ failure: 'lost' })
      for (const pause of [400, 800, 1600]) {
        const next = expect(transport.run(print, never())).rejects.toMatchObject({ failure: 'lost' })
        const before = router.connections()
        await clock.untilSleeping(3)
        await clock.advance(pause - 1)
        expect(router.connections()).toBe(before)
        await clock.advance(1)
        await next
      }
      expect(router.connections()).toBe(4)
    })

    it('that is half open is noticed while idle, and made anew', async () => {
      const clock = new SimulatedClock()
      let silent = false
      const { transport, router, recorder } = await scripted(
        (_, peer) => {
          if (!silent) peer.reply(['!done'])
        },
        { clock },
      )
      await transport.run(print, never())
      await idle(clock)
      await until(() => probes(router) === 0)
      await idle(clock)
      await until(() => probes(router) === 1 && recorder.observations.length === 1)
      expect(transport.connected).toBe(true)
      silent = true
      await idle(clock)
      await until(() => probes(router) === 2)
      await clock.advance(probe)
      await until(() => !transport.connected)
      expect(recorder.text).toContain(`the device has not answered for ${quiet + probe} ms`)
      silent = false
      await clock.untilSleeping(1)
      await clock.advance(200)
      await until(() => transport.connected)
      expect(router.connections()).toBe(2)
    })

    it('takes a refusal for a sign of life', async () => {
      const clock = new SimulatedClock()
      const { transport, router } = await scripted(
        ([path], peer) =>
          path === '/disk/print' ? peer.reply(['!done']) : peer.reply(['!trap', '=message=no such command'], ['!done']),
        { clock },
      )
      await transport.run(print, never())
      for (let span = 0; span < 4; span += 1) {
        await idle(clock)
        await until(() => probes(router) === span)
      }
      expect(transport.connected).toBe(true)
      expect(router.connections()).toBe(1)
    })
  })

  const probes = (router: FakeRouter): number =>
    router.heard.filter(([path]) => path === '/system/identity/print').length

  /** Goes on by the span after which a silent device is asked whether it lives. */
  async function idle(clock: SimulatedClock): Promise<void> {
    // An answer that is on its way has to be there before time goes on.
    for (let turn = 0; turn < 20; turn += 1) await new Promise(resolve => setImmediate(resolve))
    await clock.untilSleeping(1)
    await clock.advance(quiet)
  }
})
