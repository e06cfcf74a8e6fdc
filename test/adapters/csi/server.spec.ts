import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Controller, Identity } from '../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { CsiServer } from '../../../src/adapters/csi/server.ts'
import { call, clientOf, Observers, scratchDirectory, startRig } from './rig.ts'

const probe = Identity.method.probe
const ready = { probe: async () => ({ ready: true }) }

/** A server whose Probe waits until it is let go, heeding its signal or not. */
async function gatedRig(heedsSignal: boolean) {
  const entered = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const reasons: unknown[] = []
  const rig = await startRig(server =>
    server.add(Identity, {
      probe: async (_, { signal }) => {
        entered.resolve()
        const aborted = new Promise((__, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        )
        aborted.catch((reason: unknown) => reasons.push(reason))
        await (heedsSignal ? Promise.race([gate.promise, aborted]) : gate.promise)
        return { ready: true }
      },
      getPluginInfo: async () => ({ name: 'name' }),
    }),
  )
  return { ...rig, entered: entered.promise, open: () => gate.resolve(), reasons }
}

describe('a CSI server', () => {
  it('answers on its socket, which has mode 0660', async () => {
    const { client, path } = await startRig(server => server.add(Identity, ready))
    expect((await call(client, probe, {})).response?.ready).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o660)
  })

  it('refuses a second server at the same socket and goes on serving', async () => {
    const { client, path } = await startRig(server => server.add(Identity, ready))
    await expect(new CsiServer(new Observers()).listen(path)).rejects.toThrow(/another process serves/)
    expect((await call(client, probe, {})).code).toBe('OK')
  })

  it('starts again where an earlier one was cut off', async () => {
    const { path, server } = await startRig(first => first.add(Identity, ready))
    await server.drain(0)
    const next = new CsiServer(new Observers()).add(Identity, ready)
    onTestFinished(async () => void (await next.drain(0)))
    await next.listen(path)
    expect((await call(clientOf(path), probe, {})).code).toBe('OK')
  })

  it('does not touch a file in its place', async () => {
    const path = join(scratchDirectory(), 'csi.sock')
    writeFileSync(path, 'precious')
    await expect(new CsiServer(new Observers()).listen(path)).rejects.toThrow(/no socket/)
    expect(readdirSync(dirname(path))).toEqual(['csi.sock'])
  })

  it('takes requests up to 4 MiB', async () => {
    const { client } = await startRig(server =>
      server.add(Controller, { createVolume: async ({ name }) => ({ volume: { volumeId: String(name.length) } }) }),
    )
    const { createVolume } = Controller.method
    const under = await call(client, createVolume, { name: 'x'.repeat((4 << 20) - 100) })
    expect(under.response?.volume?.volumeId).toBe(String((4 << 20) - 100))
    expect((await call(client, createVolume, { name: 'x'.repeat(4 << 20) })).code).toBe('RESOURCE_EXHAUSTED')
  })
})

describe('a drain', () => {
  it('lets running calls finish, refuses new ones and removes the socket', async () => {
    const { client, server, path, entered, open } = await gatedRig(true)
    const running = call(client, probe, {})
    await entered
    const drained = server.drain(5000)
    const late = await call(clientOf(path), Identity.method.getPluginInfo, {}, { deadlineMs: 15_000 })
    expect(late.code).toBe('UNAVAILABLE')
    await expect.poll(() => existsSync(path)).toBe(false) // beside the refusals, and before the running call ends
    open()
    expect((await running).code).toBe('OK')
    expect(await drained).toBe('drained')
    expect(readdirSync(dirname(path))).toEqual([])
  })

  it('refuses new calls of a connection that is open already', async () => {
    const { client, server, entered, open } = await gatedRig(true)
    const running = call(client, probe, {})
    await entered
    const drained = server.drain(5000)
    expect((await call(client, Identity.method.getPluginInfo, {}, { deadlineMs: 15_000 })).code).toBe('UNAVAILABLE')
    open()
    expect([(await running).code, await drained]).toEqual(['OK', 'drained'])
  })

  it('aborts running calls when its limit has passed', async () => {
    const { client, server, path, entered, reasons } = await gatedRig(true)
    const running = call(client, probe, {})
    await entered
    expect(await server.drain(50)).toBe('forced')
    expect((await running).code).not.toBe('OK')
    expect(reasons).toMatchObject([{ kind: 'unavailable' }])
    expect(existsSync(path)).toBe(false)
  })

  it('does not wait longer than its limit for a handler that heeds nothing', async () => {
    const { client, server, entered, open } = await gatedRig(false)
    const running = call(client, probe, {})
    await entered
    expect(await server.drain(50)).toBe('forced')
    expect((await running).code).not.toBe('OK')
    open()
  })

  it('waits for a handler whose caller has gone', async () => {
    const { client, server, entered } = await gatedRig(false)
    const left = call(client, probe, {}, { started: running => void entered.then(() => running.cancel()) })
    expect((await left).code).toBe('CANCELLED')
    client.close()
    expect(await server.drain(100)).toBe('forced')
  })

  it('ends as soon as that handler does', async () => {
    const { client, server, entered, open } = await gatedRig(false)
    const left = call(client, probe, {}, { started: running => void entered.then(() => running.cancel()) })
    await left
    const drained = server.drain(5000)
    open()
    expect(await drained).toBe('drained')
  })

  it('may be asked for twice, and before anything was served', async () => {
    const { server } = await startRig(running => running.add(Identity, ready))
    expect(await Promise.all([server.drain(1000), server.drain(0)])).toEqual(['drained', 'drained'])
    expect(await new CsiServer(new Observers()).drain(1000)).toBe('drained')
  })

  it('leaves no socket behind at whatever moment of opening it begins', async () => {
    const directory = scratchDirectory()
    const turns = Array.from({ length: 25 }, (_, turn) => turn)
    for (const turn of turns) {
      const server = new CsiServer(new Observers()).add(Identity, ready)
      const listening = server.listen(join(directory, `${turn}.sock`)).catch((error: unknown) => error)
      for (let passed = 0; passed < turn; passed++) await new Promise(resolve => setImmediate(resolve))
      await server.drain(1000)
      await listening
    }
    expect(readdirSync(directory)).toEqual([])
  })
})
