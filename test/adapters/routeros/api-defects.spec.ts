import { describe, expect, it, onTestFinished } from 'vitest'
import { TrapError } from '../../../src/adapters/routeros/transport.ts'
import { bytesOf } from '../../support/routeros-fake-router.ts'
import { never, scriptedBy, until } from '../../support/routeros-transports.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { API_CLIENTS } from '../../../src/adapters/routeros/api/api-transport.ts'

describe.each(API_CLIENTS)('with the client %s', client => {
  const { scripted, failureToConnect } = scriptedBy(client)

  const print = { path: '/disk/print' }
  const isPrint = ([path]: readonly string[]): boolean => path === '/disk/print'

  /** The second command on the same connection works, so the first one has not wedged it. */
  async function worksOn({ transport, router }: Awaited<ReturnType<typeof scripted>>): Promise<void> {
    await expect(transport.run({ path: '/x' }, never())).resolves.toMatchObject({ rows: [] })
    expect(router.connections()).toBe(1)
  }

  describe('a reply', () => {
    it('!empty is no row, and the next command works', async () => {
      const rig = await scripted((words, peer) =>
        isPrint(words) ? peer.reply(['!empty'], ['!done']) : peer.reply(['!done']),
      )
      await expect(rig.transport.run(print, never())).resolves.toEqual({ rows: [], ret: undefined })
      await worksOn(rig)
    })

    it('of a kind that nobody knows yet is passed over', async () => {
      const rig = await scripted((_, peer) => peer.reply(['!later', '=a=1'], ['!done']))
      await worksOn(rig)
    })

    it('!trap keeps its category', async () => {
      const rig = await scripted((words, peer) =>
        isPrint(words)
          ? peer.reply(['!trap', '=category=1', '=message=invalid value'], ['!done'])
          : peer.reply(['!done']),
      )
      const error = await rig.transport.run(print, never()).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(TrapError)
      expect(error).toMatchObject({ message: 'invalid value', category: 1 })
      await worksOn(rig)
    })

    it('of several !trap keeps all of them, and one without a category has none', async () => {
      const { transport } = await scripted((_, peer) =>
        peer.reply(['!trap', '=message=first'], ['!trap', '=message=second', '=category=2'], ['!done']),
      )
      await expect(transport.run(print, never())).rejects.toMatchObject({
        message: 'first; second',
        category: undefined,
      })
    })

    it('with rows before its !trap is a refusal', async () => {
      const { transport } = await scripted((_, peer) => peer.reply(['!re', '=a=1'], ['!trap', '=message=x'], ['!done']))
      await expect(transport.run(print, never())).rejects.toBeInstanceOf(TrapError)
    })

    it('split just before the last zero byte comes when that comes', async () => {
      const { transport } = await scripted((_, peer) => {
        const bytes = bytesOf(peer, ['!re', '=name=disk1'], ['!done'])
        peer.socket.write(bytes.subarray(0, -1))
        setImmediate(() => peer.socket.write(bytes.subarray(-1)))
      })
      expect((await transport.run(print, never())).rows).toHaveLength(1)
    })

    it('split within the length of a word is read on', async () => {
      const { transport } = await scripted((_, peer) => {
        const bytes = bytesOf(peer, ['!re', `=comment=${'x'.repeat(300)}`], ['!done'])
        // `!re` and its length are four bytes; the fifth begins the two of the next word.
        peer.socket.write(bytes.subarray(0, 5))
        setImmediate(() => peer.socket.write(bytes.subarray(5)))
      })
      expect((await transport.run(print, never())).rows[0]?.get('comment')).toHaveLength(300)
    })

    it('that comes too late for its command is dropped', async () => {
      const rig = await scripted((_, peer) => peer.reply(['!done'], ['!re', '=late=1'], ['!done']))
      await rig.transport.run(print, never())
      await worksOn(rig)
    })

    it('that belongs to no command is dropped', async () => {
      const rig = await scripted((_, peer) => {
        peer.socket.write(bytesOf({ ...peer, tag: [] }, ['!trap', '=message=whose?'], ['!done']))
        peer.reply(['!done'])
      })
      await worksOn(rig)
    })

    it('that never comes ends with the deadline, unclear, and a late one harms nobody', async () => {
      const late: (() => void)[] = []
      const clock = new SimulatedClock()
      const rig = await scripted(
        (words, peer) => {
          if (isPrint(words)) late.push(() => peer.reply(['!re', '=a=1'], ['!done']))
          else peer.reply(['!done'])
        },
        { clock, timing: { idle: 3_600_000 } },
      )
      const failure = { failure: 'timeout', unclear: true, message: '/disk/print was not answered within 60000 ms' }
      const failed = expect(rig.transport.run(print, never())).rejects.toMatchObject(failure)
      await until(() => rig.router.heard.some(isPrint))
      await clock.advance(60_000)
      await failed
      for (const answer of late) answer()
      await worksOn(rig)
    })
  })

  describe('the end of the connection', () => {
    it.each([
      ['FIN', (socket: import('node:net').Socket) => void socket.end()],
      ['RST', (socket: import('node:net').Socket) => void socket.resetAndDestroy()],
    ])('by %s fails every command in flight at once, unclear', async (_, end) => {
      let heard = 0
      const { transport } = await scripted((_words, { socket }) => {
        heard += 1
        if (heard === 3) end(socket)
      })
      const attempts = await Promise.allSettled([1, 2, 3].map(() => transport.run(print, never())))
      for (const attempt of attempts) {
        expect(attempt).toMatchObject({
          status: 'rejected',
          reason: { name: 'LinkError', failure: 'lost', unclear: true },
        })
        expect((attempt as PromiseRejectedResult).reason.message).not.toBe('')
      }
    })

    it('by an untagged !fatal fails the command with the device’s reason', async () => {
      const { transport } = await scripted((_, peer) =>
        peer.socket.write(bytesOf({ ...peer, tag: [] }, ['!fatal', 'session terminated on request'])),
      )
      await expect(transport.run(print, never())).rejects.toMatchObject({
        failure: 'lost',
        message: 'the link was lost: the device ended the connection: session terminated on request',
      })
    })

    it('by a tagged !fatal is no different', async () => {
      const { transport } = await scripted((_, peer) => peer.reply(['!fatal', 'too many sessions']))
      await expect(transport.run(print, never())).rejects.toThrow('too many sessions')
    })

    it('by something that is no sentence fails the command', async () => {
      const { transport } = await scripted((_, { socket }) => socket.write(Buffer.from([0xff, 0xff])))
      await expect(transport.run(print, never())).rejects.toMatchObject({ failure: 'lost', unclear: true })
    })

    it('during the login fails what waits, and says why', async () => {
      const { error } = await failureToConnect((_, { socket }) => socket.end(), { acceptsLogin: false })
      expect(error).toMatchObject({ failure: 'not-connected', unclear: false })
      expect(error).toMatchObject({ message: expect.stringContaining('the device closed the connection') })
    })

    it('is survived: the next command goes over a new one', async () => {
      const { transport, router } = await scripted((words, peer) => {
        if (words[0] === '/break') peer.socket.resetAndDestroy()
        else peer.reply(['!done'])
      })
      await expect(transport.run({ path: '/break' }, never())).rejects.toMatchObject({ failure: 'lost' })
      await expect(transport.run(print, never())).resolves.toMatchObject({ rows: [] })
      expect(router.connections()).toBe(2)
    })

    it('by us does not wait for the device, and fails what is in flight', async () => {
      const { transport, router } = await scripted(() => undefined)
      const running = transport.run(print, never())
      await until(() => router.heard.some(isPrint))
      const failed = expect(running).rejects.toMatchObject({ failure: 'lost' })
      await transport.close()
      await failed
      await expect(transport.run(print, never())).rejects.toMatchObject({ failure: 'not-connected', unclear: false })
      expect(transport.connected).toBe(false)
    })

    it('by us is possible while connecting', async () => {
      const { transport } = await scripted(() => undefined, { acceptsLogin: false })
      const running = expect(transport.run(print, never())).rejects.toMatchObject({ failure: 'not-connected' })
      await transport.close()
      await running
    })
  })

  describe('a login', () => {
    it('that is refused says so in the device’s words, and never the password', async () => {
      const { error, recorder } = await failureToConnect(
        ([, , password = ''], peer) =>
          peer.reply(['!trap', `=message=invalid user name or password (6) ${password}`], ['!done']),
        { acceptsLogin: false, access: { password: async () => 'hunter2' } },
      )
      expect((error as Error).message).toContain('refused the login of "csi": invalid user name or password (6)')
      expect(recorder.text + (error as Error).stack + JSON.stringify(error)).not.toContain('hunter2')
    })

    it.each([
      ['the challenge of old releases', [['!done', `=ret=${'0'.repeat(32)}`]]],
      [
        'rows and a challenge',
        [
          ['!re', '=a=1'],
          ['!re', '=b=2'],
          ['!done', `=ret=${'0'.repeat(32)}`],
        ],
      ],
    ])('that is answered by %s is none', async (_, replies) => {
      const { error, router } = await failureToConnect((_words, peer) => peer.reply(...replies), {
        acceptsLogin: false,
      })
      expect(error).toMatchObject({ message: expect.stringContaining('the login of RouterOS before 6.43') })
      expect(router.heard.filter(([path]) => path !== '/login')).toEqual([])
    })

    it('asks for the password anew each time, and writes it nowhere', async () => {
      const passwords = ['first', 'second-ünïcode']
      const write = process.stderr.write.bind(process.stderr)
      const written: string[] = []
      process.stderr.write = (chunk: string) => written.push(chunk) > 0
      onTestFinished(() => void (process.stderr.write = write))
      const given = [...passwords]
      const { transport, router, recorder } = await scripted(
        ([path], peer) => (path === '/break' ? peer.socket.end() : peer.reply(['!done'])),
        { acceptsLogin: false, access: { password: async () => given.shift() ?? '' } },
      )
      await expect(transport.run({ path: '/break' }, never())).rejects.toMatchObject({ failure: 'lost' })
      await transport.run(print, never())
      const logins = router.heard.filter(([path]) => path === '/login')
      expect(logins).toEqual(passwords.map(password => ['/login', '=name=csi', `=password=${password}`]))
      for (const password of passwords) expect(recorder.text + written.join('')).not.toContain(password)
    })

    it('whose password cannot be had fails with that reason', async () => {
      const access = { password: () => Promise.reject(new Error('no such file: /etc/rds/password')) }
      const { error } = await failureToConnect(() => undefined, { access })
      expect(error).toMatchObject({ message: expect.stringContaining('no such file: /etc/rds/password') })
    })
  })

  describe('a device that is not there', () => {
    it('for want of a port that exists is told by that, not by what failed after it', async () => {
      const { error } = await failureToConnect(() => undefined, { access: { port: 70_000 } })
      expect(error).toMatchObject({ message: expect.stringMatching(/no connection to .*port.*70000/i) })
    })

    it('is named in the error, with what the system says', async () => {
      const { error, router } = await failureToConnect(() => undefined, { access: { port: 1 } })
      expect(error).toMatchObject({
        failure: 'not-connected',
        unclear: false,
        message: expect.stringContaining('no connection to 127.0.0.1:1: connect ECONNREFUSED'),
      })
      expect(router.connections()).toBe(0)
    })
  })
})
