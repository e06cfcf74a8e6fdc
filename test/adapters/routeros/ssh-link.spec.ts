import { describe, expect, it } from 'vitest'
import { DEFAULT_TIMING } from '../../../src/adapters/routeros/link/session-transport.ts'
import { never, until } from '../../support/routeros-transports.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { type ConsoleCall, PROBE } from '../../support/ssh-fake-device.ts'
import { sshRig } from '../../support/ssh-rig.ts'

const { idle, probe } = DEFAULT_TIMING
const command = { path: '/x' }
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 100; turn += 1) await new Promise(resolve => setImmediate(resolve))
}

describe('an SSH link', () => {
  it('that breaks leaves every command under way in doubt, and comes back', async () => {
    let silent = true
    const { transport, device } = await sshRig(call => (silent ? undefined : call.reply()))
    const running = [1, 2, 3].map(() => transport.run(command, never()).catch((error: unknown) => error))
    await until(() => device.heard.length === 3)
    device.cut()
    for (const error of await Promise.all(running)) expect(error).toMatchObject({ failure: 'lost', unclear: true })
    expect(transport.connected).toBe(false)
    silent = false
    await expect(transport.run(command, never())).resolves.toMatchObject({ rows: [] })
    expect([device.connections(), transport.made]).toEqual([2, 2])
  })

  it('that breaks leaves in doubt what has a channel, and what waits for one goes over the next link', async () => {
    let silent = true
    const { transport, device } = await sshRig(call => (silent ? undefined : call.reply()))
    const running = Array.from({ length: 6 }, () => transport.run(command, never()).catch((error: unknown) => error))
    await until(() => device.heard.length === 4)
    silent = false
    device.cut()
    const ends = await Promise.all(running)
    expect(ends.slice(0, 4)).toMatchObject(Array.from({ length: 4 }, () => ({ failure: 'lost', unclear: true })))
    expect(ends.slice(4)).toMatchObject(Array.from({ length: 2 }, () => ({ rows: [] })))
    expect(device.heard).toHaveLength(6)
  })

  it('that fell silent is noticed while idle', async () => {
    const clock = new SimulatedClock()
    const { transport, device, recorder } = await sshRig(
      call => (call.line === PROBE && device.probes() > 1 ? undefined : call.reply('alive\r\n')),
      { clock },
    )
    await transport.run({ path: '/x' }, never()).catch(() => undefined)
    for (const count of [1, 2]) {
      await settled()
      await clock.untilSleeping(1)
      await clock.advance(idle)
      // What was heard since the last look counts for life.
      if (device.probes() < count) {
        await settled()
        await clock.untilSleeping(1)
        await clock.advance(idle)
      }
      await until(() => device.probes() === count)
    }
    await clock.advance(probe)
    await until(() => !transport.connected)
    expect(recorder.text).toContain(`the device has not answered for ${idle + probe} ms`)
  })

  it('is alive as long as it refuses channels', async () => {
    const clock = new SimulatedClock()
    let channels = 10
    const { transport } = await sshRig(call => call.reply(), { clock, channels: () => channels })
    await transport.run(command, never())
    channels = 0
    for (let count = 0; count < 4; count += 1) {
      await settled()
      await clock.untilSleeping(1)
      await clock.advance(idle)
    }
    await settled()
    expect(transport.connected).toBe(true)
  })

  it('is not taken for dead while the device is long at work and keeps everything else waiting', async () => {
    const clock = new SimulatedClock()
    const calls: ConsoleCall[] = []
    const { transport, device } = await sshRig(
      call =>
        call.line === PROBE && calls.length > 0
          ? undefined
          : call.line === '/x'
            ? void calls.push(call)
            : call.reply('alive\r\n'),
      { clock },
    )
    const running = transport.run(command, never())
    await until(() => calls.length === 1)
    for (let count = 0; count < 4; count += 1) {
      await clock.untilSleeping(2)
      const before = device.greeted()
      await clock.advance(idle)
      await until(() => device.greeted() > before)
      await settled()
    }
    expect(transport.connected).toBe(true)
    calls[0]!.reply()
    await expect(running).resolves.toMatchObject({ rows: [] })
    expect(device.connections()).toBe(1)
  })

  it('is closed by us at once, whatever is under way', async () => {
    const { transport, device } = await sshRig(() => undefined)
    const failed = expect(transport.run(command, never())).rejects.toMatchObject({ failure: 'lost', unclear: true })
    await until(() => device.heard.length === 1)
    await transport.close()
    await failed
    await expect(transport.run(command, never())).rejects.toMatchObject({ failure: 'not-connected', unclear: false })
  })
})

describe('a command over SSH that is given up', () => {
  it('is listened for all the same, and over with its late answer', async () => {
    const begun = Promise.withResolvers<ConsoleCall>()
    const { transport } = await sshRig(call => begun.resolve(call))
    const stop = new AbortController()
    const over = new AbortController()
    const running = transport.run(command, stop.signal, over)
    const { reply } = await begun.promise
    stop.abort(new Error('changed my mind'))
    await expect(running).rejects.toThrow('changed my mind')
    await settled()
    expect(over.signal.aborted).toBe(false)
    reply()
    await until(() => over.signal.aborted)
  })

  it('lets others have a channel at once, up to a number, and the rest once it can have no effect any more', async () => {
    const clock = new SimulatedClock()
    let silent = true
    const { transport, device } = await sshRig(call => (silent ? undefined : call.reply()), {
      clock,
      timing: { idle: 3_600_000, late: 1000 },
    })
    for (let count = 1; count <= 12; count += 1) {
      const stop = new AbortController()
      const running = transport.run(command, stop.signal)
      await until(() => device.heard.length === count)
      stop.abort(new Error('changed my mind'))
      await expect(running).rejects.toThrow('changed my mind')
    }
    expect(device.most()).toBe(12)
    silent = false
    const next = transport.run(command, never())
    await settled()
    expect(device.heard).toHaveLength(12)
    await clock.advance(1000)
    await expect(next).resolves.toMatchObject({ rows: [] })
    expect(transport.connected).toBe(true)
  })

  it('was never sent where it waited for a channel', async () => {
    const { transport, device } = await sshRig(() => undefined)
    const busy = [1, 2, 3, 4].map(() => transport.run(command, never()).catch(() => undefined))
    await until(() => device.heard.length === 4)
    const stop = new AbortController()
    const over = new AbortController()
    const waiting = transport.run({ path: '/y' }, stop.signal, over)
    stop.abort(new Error('changed my mind'))
    await expect(waiting).rejects.toThrow('changed my mind')
    expect(over.signal.aborted).toBe(true)
    expect(device.heard).not.toContain('/y')
    device.cut()
    await Promise.all(busy)
  })
})
