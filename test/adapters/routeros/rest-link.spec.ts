import { describe, expect, it } from 'vitest'
import { DEFAULT_TIMING } from '../../../src/adapters/routeros/link/session-transport.ts'
import type { RestCall } from '../../support/rest-fake-device.ts'
import { restRig } from '../../support/rest-rig.ts'
import { never, until } from '../../support/routeros-transports.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'

const { idle, probe } = DEFAULT_TIMING
const CAP = 55_000
const print = { path: '/disk/print' }

/** A device that answers nothing until it is told to; everything that it was asked. */
const patient = () => {
  const calls: RestCall[] = []
  return { calls, script: (call: RestCall): void => void calls.push(call) }
}

describe('a request that is given up', () => {
  it('was never sent while it waited for another one', async () => {
    const { calls, script } = patient()
    const { transport, device } = await restRig(script)
    const first = transport.run({ path: '/first' }, never())
    await until(() => calls.length === 1)
    const over = new AbortController()
    const stop = new AbortController()
    const second = transport.run({ path: '/second' }, stop.signal, over)
    stop.abort(new Error('changed my mind'))
    await expect(second).rejects.toThrow('changed my mind')
    expect(over.signal.aborted).toBe(true)
    calls[0]!.reply(200)
    await first
    expect(device.heard.map(({ path }) => path)).toEqual(['/rest/first'])
  })

  it('is listened for all the same, and holds the others back as long as the device is at work', async () => {
    const { calls, script } = patient()
    const { transport } = await restRig(script)
    const over = new AbortController()
    const stop = new AbortController()
    const first = transport.run({ path: '/first' }, stop.signal, over)
    await until(() => calls.length === 1)
    stop.abort(new Error('changed my mind'))
    await expect(first).rejects.toThrow('changed my mind')
    expect(over.signal.aborted).toBe(false)
    const second = transport.run({ path: '/second' }, never())
    await new Promise(resolve => setImmediate(resolve))
    expect(calls).toHaveLength(1)
    calls[0]!.reply(200)
    await until(() => over.signal.aborted && calls.length === 2)
    calls[1]!.reply(200)
    await expect(second).resolves.toMatchObject({ rows: [] })
  })

  it('makes room once it can have no effect any more', async () => {
    const clock = new SimulatedClock()
    const { calls, script } = patient()
    const { transport } = await restRig(script, { clock, timing: { idle: 3_600_000, late: 1000 } })
    const over = new AbortController()
    const stop = new AbortController()
    const first = transport.run({ path: '/first' }, stop.signal, over)
    await until(() => calls.length === 1)
    stop.abort(new Error('changed my mind'))
    await expect(first).rejects.toThrow('changed my mind')
    const second = transport.run({ path: '/second' }, never())
    await clock.untilSleeping(3)
    await clock.advance(1000)
    expect(over.signal.aborted).toBe(true)
    await until(() => calls.length === 2)
    calls[1]!.reply(200)
    await expect(second).resolves.toMatchObject({ rows: [] })
    expect(transport.connected).toBe(true)
  })

  it('ends before the minute in which the device would end it, the wait for others included', async () => {
    const clock = new SimulatedClock()
    const { calls, script } = patient()
    const { transport } = await restRig(script, { clock, timing: { idle: 3_600_000 } })
    const message = `/first was not answered within ${CAP} ms`
    const first = expect(transport.run({ path: '/first' }, never())).rejects.toMatchObject({
      failure: 'timeout',
      unclear: true,
      message,
    })
    await until(() => calls.length === 1)
    const second = expect(transport.run({ path: '/second' }, never())).rejects.toMatchObject({
      failure: 'timeout',
      unclear: false,
    })
    await clock.untilSleeping(3)
    await clock.advance(CAP)
    await first
    await second
    expect(calls).toHaveLength(1)
  })
})

describe('a connection of REST', () => {
  it('that breaks leaves the request under way unclear; those that wait for it go over the next one', async () => {
    const { calls, script } = patient()
    const { transport, device } = await restRig(script)
    const first = transport.run({ path: '/first' }, never()).catch((error: unknown) => error)
    const second = transport.run({ path: '/second' }, never())
    await until(() => calls.length === 1)
    device.cut()
    expect(await first).toMatchObject({ name: 'LinkError', failure: 'lost', unclear: true })
    await until(() => calls.length === 2)
    calls[1]!.reply(200)
    await expect(second).resolves.toMatchObject({ rows: [] })
    expect(device.heard.map(({ path }) => path)).toEqual(['/rest/first', '/rest/second'])
  })

  it('that breaks within an answer leaves the request unclear', async () => {
    const { transport } = await restRig(({ response, socket }) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('[{"slot":', () => socket.destroy())
    })
    await expect(transport.run(print, never())).rejects.toMatchObject({ failure: 'lost', unclear: true })
  })

  it('that the device closed while nothing went on is replaced without a word', async () => {
    const { transport, device, recorder } = await restRig(call => call.reply(200))
    await transport.run(print, never())
    device.cut()
    for (let turn = 0; turn < 20; turn += 1) await new Promise(resolve => setImmediate(resolve))
    await expect(transport.run(print, never())).resolves.toMatchObject({ rows: [] })
    expect(device.connections()).toBe(2)
    expect(recorder.lines.filter(({ level }) => level === 'warn')).toEqual([])
  })

  it('that is broken for good is noticed, and made anew when the device is back', async () => {
    const { transport, device, recorder } = await restRig(({ path, socket, reply }) =>
      path === '/rest/break' ? socket.destroy() : reply(200),
    )
    await expect(transport.run({ path: '/break' }, never())).rejects.toMatchObject({ failure: 'lost' })
    expect(transport.connected).toBe(false)
    await expect(transport.run(print, never())).resolves.toMatchObject({ rows: [] })
    expect(device.connections()).toBe(2)
    expect(recorder.observations).toContainEqual({
      type: 'device-reconnect',
      outcome: 'success',
      took: expect.any(Number),
    })
  })

  it('that fell silent is noticed while idle', async () => {
    const clock = new SimulatedClock()
    const { transport, device, recorder } = await restRig(
      ({ path, reply }) => (path === print.path || device.probes() < 3 ? reply(200) : undefined),
      { clock, tellsIdentity: false },
    )
    await transport.run(print, never())
    await clock.untilSleeping(1)
    await clock.advance(idle)
    await clock.untilSleeping(1)
    await clock.advance(idle)
    await until(() => device.probes() === 2)
    expect(transport.connected).toBe(true)
    await clock.untilSleeping(1)
    for (let turn = 0; turn < 50; turn += 1) await new Promise(resolve => setImmediate(resolve))
    await clock.advance(idle)
    await until(() => device.probes() === 3)
    await clock.advance(probe)
    await until(() => !transport.connected)
    expect(recorder.text).toContain(`the device has not answered for ${idle + probe} ms`)
  })

  it('is not taken for dead while the device is long at work, as long as it takes connections', async () => {
    const clock = new SimulatedClock()
    const { calls, script } = patient()
    const { transport, device } = await restRig(script, { clock })
    const running = transport.run(print, never())
    await until(() => calls.length === 1)
    for (let count = 1; count <= 5; count += 1) {
      await clock.untilSleeping(2)
      await clock.advance(idle)
      await until(() => device.connections() > count)
      for (let turn = 0; turn < 50; turn += 1) await new Promise(resolve => setImmediate(resolve))
    }
    expect(calls).toHaveLength(1)
    calls[0]!.reply(200)
    await expect(running).resolves.toMatchObject({ rows: [] })
    expect(transport.connected).toBe(true)
  })

  it('is closed by us at once, whatever is under way', async () => {
    const { calls, script } = patient()
    const { transport } = await restRig(script)
    const failed = expect(transport.run(print, never())).rejects.toMatchObject({ failure: 'lost', unclear: true })
    await until(() => calls.length === 1)
    await transport.close()
    await failed
    await expect(transport.run(print, never())).rejects.toMatchObject({ failure: 'not-connected', unclear: false })
  })
})
