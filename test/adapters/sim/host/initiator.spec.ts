import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nvmeInitiatorContract, testNqn, testTarget } from '../../../contracts/nvme-initiator.contract.ts'
import { type SimulatedHost, startHost } from './simulated-host.ts'

nvmeInitiatorContract('simulated host at a simulated appliance', startHost)
nvmeInitiatorContract('simulated host that gives up where its NQN is missing', () => startHost('givesUp'))

const MIB = 1024 ** 2
const signal = AbortSignal.timeout(60_000)
const nqn = testNqn(1)

let host: SimulatedHost

const connected = async (ctrlLossTmo = -1) => {
  const target = testTarget(nqn, host.target.portal)
  const { device } = await host.initiator.connect({ ...target, profile: { ...target.profile, ctrlLossTmo } }, signal)
  return host.devices.atPath(device.path)!
}
const lost = () => expect.poll(() => host.initiator.sessions()).toEqual([])

describe('the device of a simulated host', () => {
  beforeEach(async () => {
    host = await startHost()
    await host.target.provide(nqn, 8 * MIB)
  })
  afterEach(() => host.close())

  it('reads and writes the appliance, also after a session that was cut and came back', async () => {
    const device = await connected()
    await device.write(0, Buffer.from('kept'), signal)
    await device.flush(signal)
    await host.target.withdraw(nqn)
    await lost()
    await host.target.restore(nqn)
    await expect.poll(() => host.pass(1).then(() => device.live)).toBe(true)
    expect((await device.read(0, 4, signal)).toString()).toBe('kept')
    expect(host.log.lines.map(line => line.message)).toEqual(['the session was cut', 'the session is back'])
  })

  it('gives errors while its session is gone', async () => {
    const device = await connected()
    await host.target.withdraw(nqn)
    await lost()
    const failure = { kind: 'unavailable', message: expect.stringMatching(/input\/output error on \/dev\/nvme0n1/) }
    await expect(device.read(0, 4, signal)).rejects.toMatchObject(failure)
    await expect(device.write(0, Buffer.alloc(4), signal)).rejects.toMatchObject(failure)
    await expect(device.flush(signal)).rejects.toMatchObject(failure)
    await expect(device.rescan(signal)).rejects.toMatchObject(failure)
  })

  it('refuses what lies beyond its end', async () => {
    const device = await connected()
    await expect(device.write(8 * MIB - 1, Buffer.alloc(2), signal)).rejects.toMatchObject({ kind: 'out-of-range' })
  })

  it('keeps trying while the volume is not exported, every reconnectDelay', async () => {
    const device = await connected()
    await host.target.withdraw(nqn)
    await lost()
    for (let second = 0; second < 100; second += 1) {
      await host.clock.untilSleeping()
      await host.pass(1)
    }
    expect(device.live).toBe(false)
    await host.target.restore(nqn)
    await host.clock.untilSleeping()
    await host.pass(1)
    await expect.poll(() => device.live).toBe(true)
  })

  it('is given up after ctrlLossTmo; connecting then makes another one', async () => {
    const device = await connected(3)
    await host.target.withdraw(nqn)
    await lost()
    await expect.poll(() => host.pass(1).then(() => host.devices.atPath(device.path))).toBeUndefined()
    await host.target.restore(nqn)
    await host.pass(10)
    expect(host.initiator.sessions()).toEqual([])
    const again = await connected()
    expect(again.path).not.toBe(device.path)
    await expect(device.read(0, 1, signal)).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it('leaves no session and no timer behind when the host closes', async () => {
    await connected()
    await host.target.withdraw(nqn)
    await lost()
    await host.clock.untilSleeping()
    await host.devices.close()
    expect(host.clock.sleeping).toBe(0)
    expect(host.target.sessions()).toBe(0)
  })

  it('ends the session at the appliance when it is disconnected', async () => {
    await connected()
    expect(host.target.sessions()).toBe(1)
    await host.initiator.disconnect(nqn, signal)
    await expect.poll(() => host.target.sessions()).toBe(0)
  })
})

describe('the device of a simulated host whose kernel obeys a target that says “do not retry”', () => {
  beforeEach(async () => {
    host = await startHost('givesUp')
    await host.target.provide(nqn, 8 * MIB)
  })
  afterEach(() => host.close())

  it('is given up at the first attempt that finds its NQN missing, whatever ctrlLossTmo says', async () => {
    const device = await connected(-1)
    await host.target.withdraw(nqn)
    await lost()
    await host.clock.untilSleeping()
    await host.pass(1)
    await expect.poll(() => host.devices.atPath(device.path)).toBeUndefined()
    expect(host.log.lines.at(-1)).toMatchObject({
      message: 'the device is given up',
      fields: { nqn, device: device.path, error: { kind: 'precondition' } },
    })
    expect(host.clock.sleeping).toBe(0)
    await host.target.restore(nqn)
    await host.pass(10)
    expect([device.live, host.initiator.sessions()]).toEqual([false, []])
    await expect(device.read(0, 1, signal)).rejects.toMatchObject({ kind: 'unavailable' })
    const again = await connected()
    expect([again.live, again.path === device.path]).toEqual([true, false])
  })

  it('comes back where its export was away between two attempts only', async () => {
    const device = await connected()
    await host.target.withdraw(nqn)
    await lost()
    await host.target.restore(nqn)
    await expect.poll(() => host.pass(1).then(() => device.live)).toBe(true)
  })

  it('keeps trying while nothing answers', async () => {
    const device = await connected()
    await host.target.powerOff()
    await lost()
    for (let second = 0; second < 20; second += 1) {
      await host.clock.untilSleeping()
      await host.pass(1)
    }
    expect(host.devices.atPath(device.path)).toBe(device)
    await host.target.powerOn()
    await expect.poll(() => host.pass(1).then(() => device.live)).toBe(true)
  })
})
