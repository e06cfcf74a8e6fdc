import { beforeEach, describe, expect, it } from 'vitest'
import { LinkError, type Transport, TrapError } from '../../src/adapters/routeros/transport.ts'
import type { RunningDevice } from '../../src/adapters/sim/routeros-device/running-device.ts'
import { never, until } from '../support/routeros-transports.ts'
import type { Wire } from '../support/wires.ts'
import { diskAdd, type TransportRig, transportRig } from './transport.contract.ts'

const print = { path: '/disk/print' }
/** Long enough for a device on a busy machine, and short enough to be waited for. */
const SOON = 400

/** What every transport promises where something goes wrong. */
export function transportTroubleContract(wire: Wire): void {
  let rig: TransportRig
  let device: RunningDevice
  let transport: Transport
  const has = (slot: string): boolean => device.disks().some(row => row['slot'] === slot)
  const sessions = (): number => device.sessions

  beforeEach(async () => {
    rig = await transportRig(wire)
    ;({ device } = rig)
    transport = rig.open()
    await transport.run(print, never())
  })

  describe('a reply', () => {
    it('that is lost leaves the command in doubt, until the time has passed that it may take', async () => {
      const hasty = rig.open({ late: SOON })
      await hasty.run(print, never())
      device.faults.arm({ kind: 'loseReply' }, { match: '/disk/add' })
      const over = new AbortController()
      const error = await hasty.run(diskAdd('a'), never(), over).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ name: 'LinkError', failure: 'lost', unclear: true })
      expect(over.signal.aborted).toBe(false)
      await until(() => over.signal.aborted)
      expect(has('a')).toBe(true)
      await expect(hasty.run(print, never())).resolves.toMatchObject({ rows: expect.any(Array) })
    })

    it.each([false, true])('that never comes since the connection broke (RST: %s) is in doubt too', async reset => {
      device.faults.arm({ kind: 'dropBefore', reset }, { match: '/disk/add' })
      const error = await transport.run(diskAdd('a'), never()).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ name: 'LinkError', failure: 'lost', unclear: true })
      expect(has('a')).toBe(false)
    })

    it('that comes after the deadline tells that the command is over', async () => {
      const hasty = rig.open({ command: SOON })
      await hasty.run(print, never())
      device.faults.arm({ kind: 'delayReply', ms: 3 * SOON }, { match: '/disk/add' })
      const over = new AbortController()
      const error = await hasty.run(diskAdd('a'), never(), over).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ name: 'LinkError', failure: 'timeout', unclear: true })
      expect(over.signal.aborted).toBe(false)
      await until(() => over.signal.aborted)
      expect(has('a')).toBe(true)
    })

    it('of a device that refuses for a reason of its own is a refusal', async () => {
      device.faults.arm({ kind: 'trap', message: 'failure: not enough space' }, { match: '/disk/add' })
      const error = await transport.run(diskAdd('a'), never()).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(TrapError)
      expect((error as TrapError).message).toContain('not enough space')
    })
  })

  describe('an abort', () => {
    it('before a command is sent keeps it from being sent', async () => {
      const over = new AbortController()
      const aborted = AbortSignal.abort(new Error('too late'))
      await expect(transport.run(diskAdd('a'), aborted, over)).rejects.toThrow('too late')
      expect(over.signal.aborted).toBe(true)
      expect(device.commands.map(({ path }) => path)).not.toContain('/disk/add')
    })

    it('ends the wait with its reason, and the link stays usable', async () => {
      const hasty = rig.open({ late: SOON })
      await hasty.run(print, never())
      const reached = Promise.withResolvers<void>()
      const match = ({ path }: { readonly path: string }): boolean => {
        if (path === '/disk/add') reached.resolve()
        return path === '/disk/add'
      }
      device.faults.arm({ kind: 'hang' }, { match })
      const stop = new AbortController()
      const over = new AbortController()
      const running = hasty.run(diskAdd('a'), stop.signal, over)
      await reached.promise
      stop.abort(new Error('changed my mind'))
      await expect(running).rejects.toThrow('changed my mind')
      await until(() => over.signal.aborted)
      expect(has('a')).toBe(false)
    })

    it('of one command leaves the others alone', async () => {
      const stop = new AbortController()
      const doomed = Array.from({ length: 8 }, () => transport.run(print, stop.signal).catch((error: unknown) => error))
      const others = Array.from({ length: 8 }, () => transport.run(print, never()))
      stop.abort(new Error('changed my mind'))
      for (const { rows } of await Promise.all(others)) expect(rows.length).toBeGreaterThan(0)
      await Promise.all(doomed)
      expect(transport.connected).toBe(true)
    })
  })

  describe('a link', () => {
    it('that breaks fails what is under way, and is made anew for what comes next', async () => {
      const reached = Promise.withResolvers<void>()
      const gate = Promise.withResolvers<void>()
      const match = ({ path }: { readonly path: string }): boolean => {
        if (path === '/disk/print') reached.resolve()
        return path === '/disk/print'
      }
      device.faults.arm({ kind: 'ignoreCancel', until: gate.promise }, { match })
      const running = transport.run(print, never()).catch((error: unknown) => error)
      await reached.promise
      device.dropConnections('reset')
      expect(await running).toMatchObject({ name: 'LinkError', failure: 'lost', unclear: true })
      gate.resolve()
      await expect(transport.run(print, never())).resolves.toMatchObject({ rows: expect.any(Array) })
      expect([transport.connected, transport.made]).toEqual([true, 2])
    })

    it('to a device that is gone is not waited for long, and nothing is in doubt', async () => {
      const hasty = rig.open({ wait: SOON })
      await device.refuseConnections(true)
      const over = new AbortController()
      const error = await hasty.run(diskAdd('a'), never(), over).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ name: 'LinkError', failure: 'not-connected', unclear: false })
      expect((error as LinkError).message).toMatch(/no connection to 127\.0\.0\.1:\d+.*ECONNREFUSED/)
      expect([over.signal.aborted, hasty.connected, hasty.made]).toEqual([true, false, 0])
    })

    it('that fell silent is noticed, dropped, and made anew', async () => {
      const watchful = rig.open({ idle: SOON, probe: SOON })
      await watchful.run(print, never())
      device.forgetConnections()
      await until(() => watchful.made === 2)
      await expect(watchful.run(print, never())).resolves.toMatchObject({ rows: expect.any(Array) })
      expect(rig.recorder.text).toContain(`the device has not answered for ${2 * SOON} ms`)
    })

    it('that is idle stays', async () => {
      const watchful = rig.open({ idle: 20, probe: 15_000 })
      await watchful.run(print, never())
      const begun = performance.now()
      await until(() => performance.now() > begun + 200)
      expect([watchful.connected, watchful.made]).toEqual([true, 1])
    })

    it('is gone from the device too once it is closed', async () => {
      expect(sessions()).toBeGreaterThan(0)
      await transport.close()
      await until(() => sessions() === 0)
      await expect(transport.run(print, never())).rejects.toMatchObject({ failure: 'not-connected', unclear: false })
    })

    it('comes back after the device has lost its power', async () => {
      const watchful = rig.open({ idle: SOON })
      await watchful.run(print, never())
      await device.die()
      await until(() => !watchful.connected)
      await device.restart()
      await expect(watchful.run(print, never())).resolves.toMatchObject({ rows: expect.any(Array) })
    })
  })

  describe('a login', () => {
    /** Why the first attempt failed, as it is logged and told to whoever waits for the link. */
    const failure = async (login: Parameters<TransportRig['open']>[1]): Promise<string> => {
      const stranger = rig.open({}, login)
      const running = stranger.run(print, never()).catch((reason: unknown) => reason)
      const lines = () => rig.recorder.lines.filter(({ message }) => message === 'the appliance cannot be reached')
      await until(() => lines().length > 0)
      await stranger.close()
      expect(await running).toMatchObject({ name: 'LinkError', failure: 'not-connected', unclear: false })
      return String(lines()[0]?.fields['why'])
    }

    it('with a wrong password says so, and never the password', async () => {
      const message = await failure({ password: async () => 'hunter2' })
      expect(message).toMatch(/refused .*"admin"/)
      expect(message).toMatch(/password/)
      expect(message + rig.recorder.text).not.toContain('hunter2')
    })

    it('of a user without the right to use the service says so', async () => {
      device.setUsers([{ name: 'csi', password: 'hunter2', policies: ['read', 'write'] }])
      const message = await failure({ user: 'csi', password: async () => 'hunter2' })
      expect(message).toMatch(/refused .*"csi"/)
      expect(message).toMatch(/polic(y|ies)/)
    })

    it('without the right to write reads, and is refused to change by that', async () => {
      device.setUsers([{ name: 'csi', password: 'p', policies: ['read', 'api', 'rest-api', 'ssh', 'test'] }])
      const reader = rig.open({}, { user: 'csi', password: async () => 'p' })
      await expect(reader.run(print, never())).resolves.toMatchObject({ rows: expect.any(Array) })
      const error = await reader.run(diskAdd('a'), never()).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(TrapError)
      expect((error as TrapError).message).toContain('not enough permissions')
      expect(has('a')).toBe(false)
    })
  })
}
