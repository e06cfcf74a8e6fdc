import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TrapError } from '../../../src/adapters/routeros/transport.ts'
import { bytesOf, type Peer } from '../../support/routeros-fake-router.ts'
import { never, scriptedBy, until } from '../../support/routeros-transports.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { API_CLIENTS } from '../../../src/adapters/routeros/api/api-transport.ts'

describe.each(API_CLIENTS)('with the client %s', client => {
  const { scripted } = scriptedBy(client)

  const print = { path: '/disk/print' }
  const done = (_: readonly string[], peer: Peer): void => peer.reply(['!done'])

  describe('a command over the binary API', () => {
    it('is its path, its arguments, what is asked of a row, and which rows', async () => {
      const { transport, router } = await scripted(done)
      await transport.run(
        {
          path: '/disk/print',
          args: { 'count-only': '' },
          anyOf: [
            ['slot', 'a=b'],
            ['slot', 'c'],
            ['type', 'file'],
          ],
          properties: ['slot', 'size'],
        },
        never(),
      )
      expect(router.heard.at(-1)).toEqual([
        '/disk/print',
        '=count-only=',
        '=.proplist=slot,size',
        '?slot=a=b',
        '?slot=c',
        '?type=file',
        '?#||',
      ])
    })

    it('answers rows and the value of an add', async () => {
      const { transport } = await scripted((_, peer) =>
        peer.reply(['!re', '=.id=*1', '=comment=a=b=c', '=empty='], ['!re', '=.id=*2'], ['!done', '=ret=*2B']),
      )
      const { rows, ret } = await transport.run(print, never())
      expect(rows.map(row => Object.fromEntries(row))).toEqual([
        { '.id': '*1', comment: 'a=b=c', empty: '' },
        { '.id': '*2' },
      ])
      expect(ret).toBe('*2B')
    })

    it('overlaps with others on one connection, and each gets its own reply', async () => {
      const waiting: (() => void)[] = []
      const { transport, router } = await scripted(([path], peer) => {
        waiting.push(() => peer.reply(['!re', `=path=${path}`], ['!done']))
        if (waiting.length === 200) for (const answer of waiting.toReversed()) answer()
      })
      const paths = Array.from({ length: 200 }, (_, index) => `/command/${index}`)
      const replies = await Promise.all(paths.map(path => transport.run({ path }, never())))
      expect(replies.map(({ rows }) => rows[0]?.get('path'))).toEqual(paths)
      expect(router.connections()).toBe(1)
    })

    it('gets its reply however the stream is cut', async () => {
      const cuts = fc.array(fc.nat(400), { maxLength: 8 })
      let places: readonly number[] = []
      const { transport } = await scripted((_, peer) => {
        const bytes = bytesOf(peer, ['!re', `=comment=${'é'.repeat(130)}`, '=size=1'], ['!empty'], ['!done'])
        const ends = [...places.filter(place => place < bytes.length), bytes.length].toSorted((a, b) => a - b)
        let from = 0
        const next = (): void => {
          const end = ends.shift()
          if (end === undefined) return
          peer.socket.write(bytes.subarray(from, end))
          from = end
          setImmediate(next)
        }
        next()
      })
      const reply = { comment: 'é'.repeat(130), size: '1' }
      await fc.assert(
        fc.asyncProperty(cuts, async given => {
          places = given
          const { rows } = await transport.run(print, never())
          expect(rows.map(row => Object.fromEntries(row))).toEqual([reply])
        }),
        { numRuns: 100 },
      )
    })

    it('reads text as UTF-8', async () => {
      const { transport } = await scripted((_, peer) => peer.reply(['!re', '=v=žΩé😀', '=own=Ωé€'], ['!done']))
      const { rows } = await transport.run({ path: '/x' }, never())
      expect(rows.map(row => Object.fromEntries(row))).toEqual([{ v: 'žΩé😀', own: 'Ωé€' }])
    })

    it('leaves what it was given as it was, so that it can be sent again', async () => {
      const { transport, router } = await scripted(done)
      const command = Object.freeze({ path: '/disk/print', properties: Object.freeze(['slot']) })
      await transport.run(command, never())
      await transport.run(command, never())
      expect(router.heard.slice(1)).toEqual([
        ['/disk/print', '=.proplist=slot'],
        ['/disk/print', '=.proplist=slot'],
      ])
    })

    it('is sent in one piece', async () => {
      const { transport, router } = await scripted(done)
      await transport.run(print, never())
      const before = router.chunks.length
      await transport.run({ path: '/disk/add', args: { a: '1', b: '2', c: '3' } }, never())
      expect(router.chunks.length - before).toBe(1)
    })

    it('does not wait for acknowledgements of TCP: a hundred in a row take no four seconds', async () => {
      const { transport } = await scripted(done)
      await transport.run(print, never())
      const begun = performance.now()
      for (let count = 0; count < 100; count += 1)
        await transport.run({ path: '/x', args: { a: '1', b: '2' } }, never())
      // A word at a time takes 44 ms a command.
      expect(performance.now() - begun).toBeLessThan(3000)
    })

    it('does not wait for them either while another one is under way', async () => {
      let first: Peer | undefined
      const { transport } = await scripted((_, peer) => {
        first?.reply(['!done'])
        if (first !== undefined) peer.reply(['!done'])
        first = first === undefined ? peer : undefined
      })
      const begun = performance.now()
      for (let pair = 0; pair < 60; pair += 1) {
        await Promise.all([transport.run(print, never()), transport.run(print, never())])
      }
      // With Nagle's algorithm each pair takes a delayed acknowledgement, 40 ms.
      expect(performance.now() - begun).toBeLessThan(1900)
    })

    it('is observed with its path and how it ended', async () => {
      const { transport, recorder } = await scripted(([path], peer) =>
        path === '/disk/add' ? peer.reply(['!trap', '=message=failure'], ['!done']) : peer.reply(['!done']),
      )
      await transport.run(print, never())
      await expect(transport.run({ path: '/disk/add' }, never())).rejects.toBeInstanceOf(TrapError)
      expect(recorder.observations).toMatchObject([
        { type: 'device-command', command: '/disk/print', outcome: 'success' },
        { type: 'device-command', command: '/disk/add', outcome: 'failure' },
      ])
    })
  })

  describe('the end of a command', () => {
    it('is told with its answer, its refusal, or at once where it was never sent', async () => {
      const { transport } = await scripted(([path], peer) =>
        path === '/trap' ? peer.reply(['!trap', '=message=no'], ['!done']) : peer.reply(['!done']),
      )
      for (const path of ['/x', '/trap']) {
        const over = new AbortController()
        await transport.run({ path }, never(), over).catch(() => undefined)
        expect(over.signal.aborted, path).toBe(true)
      }
      const over = new AbortController()
      await expect(transport.run(print, AbortSignal.abort(), over)).rejects.toThrow()
      expect(over.signal.aborted).toBe(true)
    })

    it('is told with its late answer after an abort', async () => {
      const late: (() => void)[] = []
      const { transport, router } = await scripted(([path], peer) => {
        if (path === '/late') late.push(() => peer.reply(['!done']))
        else peer.reply(['!done'])
      })
      const over = new AbortController()
      const controller = new AbortController()
      const running = transport.run({ path: '/late' }, controller.signal, over)
      await until(() => late.length > 0)
      controller.abort(new Error('gone'))
      await expect(running).rejects.toThrow('gone')
      await until(() => router.heard.some(([path]) => path === '/cancel'))
      await transport.run(print, never())
      expect(over.signal.aborted).toBe(false)
      for (const answer of late) answer()
      await until(() => over.signal.aborted)
    })

    it('is told after a minute where the link was lost', async () => {
      const clock = new SimulatedClock()
      const { transport } = await scripted((_, peer) => void peer.socket.resetAndDestroy(), { clock })
      const over = new AbortController()
      await expect(transport.run(print, never(), over)).rejects.toMatchObject({ failure: 'lost', unclear: true })
      await clock.advance(59_999)
      expect(over.signal.aborted).toBe(false)
      await clock.advance(1)
      expect(over.signal.aborted).toBe(true)
    })
  })

  describe('an abort', () => {
    it('ends the wait with its reason, asks the device to give up, and leaves the link usable', async () => {
      const { transport, router } = await scripted(([path], peer) => {
        if (path !== '/hang') peer.reply(['!done'])
      })
      const controller = new AbortController()
      const running = transport.run({ path: '/hang' }, controller.signal)
      await until(() => router.heard.some(([path]) => path === '/hang'))
      controller.abort(new Error('changed my mind'))
      await expect(running).rejects.toThrow('changed my mind')
      await until(() => router.heard.some(([path]) => path === '/cancel'))
      expect(router.heard.at(-1)).toEqual(['/cancel', '=tag=2'])
      await expect(transport.run(print, never())).resolves.toMatchObject({ rows: [] })
      expect(router.connections()).toBe(1)
    })

    it('before a command is sent keeps it from being sent', async () => {
      const { transport, router } = await scripted(done)
      await expect(transport.run(print, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
      expect(router.heard).toEqual([])
    })
  })
})
