import { describe, expect, it } from 'vitest'
import type { ReplyRow } from '../../../src/adapters/routeros/transport.ts'
import type { Peer } from '../../support/routeros-fake-router.ts'
import { never, scriptedBy, type TransportRig, until } from '../../support/routeros-transports.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { API_CLIENTS } from '../../../src/adapters/routeros/api/api-transport.ts'

describe.each(API_CLIENTS)('with the client %s', client => {
  const { scripted } = scriptedBy(client)

  const COMMAND = 60_000
  const copy = { path: '/disk/copy', args: { src: 'a', dst: 'b' } }

  interface Copying extends TransportRig {
    readonly clock: SimulatedClock
    /** The device as it answers the copy. */
    readonly peer: () => Peer
    /** `status` of each row that was told. */
    readonly told: string[]
    readonly over: AbortController
    readonly stop: AbortController
    readonly running: Promise<unknown>
  }

  /** A copy that the device has begun with; time stands still. */
  async function copying(): Promise<Copying> {
    const clock = new SimulatedClock()
    let device: Peer | undefined
    const rig = await scripted(
      ([path], peer) => {
        if (path === copy.path) device = peer
      },
      { clock, timing: { idle: 36_000_000 } },
    )
    const told: string[] = []
    const over = new AbortController()
    const stop = new AbortController()
    const progress = (row: ReplyRow): void => void told.push(row.get('status') ?? '')
    const running = rig.transport.run({ ...copy, progress }, stop.signal, over)
    running.catch(() => undefined)
    await until(() => device !== undefined)
    return { ...rig, clock, peer: () => device!, told, over, stop, running }
  }

  describe('a command that tells its progress', () => {
    it('can be run over the binary API', async () => {
      const { transport } = await scripted(() => undefined)
      expect(transport.streams).toBe(true)
    })

    it('hands on each row as it comes, and keeps none for the reply', async () => {
      const { peer, told, running } = await copying()
      peer().reply(['!re', '=status=1 / 10 (10%)'])
      await until(() => told.length === 1)
      peer().reply(['!re', '=status=10 / 10 (100%)'], ['!done'])
      await expect(running).resolves.toEqual({ rows: [], ret: undefined })
      expect(told).toEqual(['1 / 10 (10%)', '10 / 10 (100%)'])
    })

    it('may take many times as long as others while it says something', async () => {
      const { peer, told, running, clock } = await copying()
      for (let count = 1; count <= 5; count += 1) {
        await clock.advance(COMMAND - 1)
        peer().reply(['!re', `=status=${count}`])
        await until(() => told.length === count)
      }
      peer().reply(['!done'])
      await expect(running).resolves.toMatchObject({ rows: [] })
    })

    it('is given up once it is silent for as long as others may take', async () => {
      const { peer, told, running, clock } = await copying()
      await clock.advance(COMMAND - 1)
      peer().reply(['!re', '=status=1'])
      await until(() => told.length === 1)
      const failed = expect(running).rejects.toMatchObject({ failure: 'timeout', unclear: true })
      await clock.advance(COMMAND)
      await failed
    })

    it('is cancelled on the device by an abort, and over when that has answered', async () => {
      const { peer, running, stop, over, router } = await copying()
      stop.abort(new Error('not needed any more'))
      await expect(running).rejects.toThrow('not needed any more')
      await until(() => router.heard.some(([path]) => path === '/cancel'))
      expect(over.signal.aborted).toBe(false)
      peer().reply(['!trap', '=category=2', '=message=interrupted'], ['!done'])
      await until(() => over.signal.aborted)
    })

    it('fails with what its listener throws, and the link stays', async () => {
      const { transport, router } = await scripted(([path], peer) =>
        path === copy.path ? peer.reply(['!re', '=status=1'], ['!done']) : peer.reply(['!done']),
      )
      const progress = (): void => {
        throw new Error('enough')
      }
      await expect(transport.run({ ...copy, progress }, never())).rejects.toThrow('enough')
      await expect(transport.run({ path: '/x' }, never())).resolves.toMatchObject({ rows: [] })
      expect(router.connections()).toBe(1)
    })
  })
})
