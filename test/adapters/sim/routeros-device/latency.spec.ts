import { describe, expect, it, onTestFinished } from 'vitest'
import { type DeviceOptions, startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import { CAPTURED_LATENCY, Latency } from '../../../../src/adapters/sim/routeros-device/latency.ts'
import { ApiTalker, LOCAL } from './api-talker.ts'

const LATENCY = 40
const MANY = 10

async function loggedIn(options: DeviceOptions): Promise<ApiTalker> {
  const device = await startDevice({ api: LOCAL, ...options })
  onTestFinished(() => device.stop())
  const talker = await ApiTalker.loggedIn(device)
  device.latencyMs = LATENCY
  return talker
}

/** How many latencies it takes until all of `MANY` commands are answered. */
async function latencies(talker: ApiTalker, tagged: boolean): Promise<number> {
  const started = performance.now()
  for (let n = 0; n < MANY; n += 1) talker.send('/disk/print', ...(tagged ? [`.tag=${n}`] : []))
  for (let n = 0; n < MANY; n += 1) await talker.untilDone()
  return (performance.now() - started) / LATENCY
}

describe('the latency of a command', () => {
  it('passes at once for tagged commands of one connection', async () => {
    const taken = await latencies(await loggedIn({}), true)
    expect(taken).toBeGreaterThan(0.9)
    expect(taken).toBeLessThan(MANY / 2)
  })

  it('passes one after the other for untagged commands', async () => {
    expect(await latencies(await loggedIn({}), false)).toBeGreaterThan(MANY * 0.9)
  })

  it('passes for so many at once as the device works on', async () => {
    expect(await latencies(await loggedIn({ concurrency: 2 }), true)).toBeGreaterThan((MANY / 2) * 0.9)
  })
})

describe('a latency profile', () => {
  const command = (path: string, size?: number) => ({
    path,
    args: new Map(size === undefined ? [] : [['file-size', String(size)]]),
  })

  it('knows commands, sizes and chance', () => {
    const latency = new Latency({ fixedMs: 10, jitterMs: 8, commands: { '/disk/add': 100 }, perGiBMs: 3 }, () => 0.5)
    expect(latency.before(command('/disk/print'))).toBe(14)
    expect(latency.before(command('/disk/add'))).toBe(104)
    expect(latency.before(command('/disk/add', 4 * 1024 ** 3))).toBe(116)
    expect(latency.before(command('/disk/set', 2 * 1024 ** 3))).toBe(20)
  })

  it('knows rows', () => {
    const latency = new Latency({ perRowMs: 2 })
    expect(latency.after({ rows: [new Map(), new Map()] })).toBe(4)
    expect(latency.after({ ret: '*1' })).toBe(0)
  })

  it('is that of captured times for a disk of 1 GB and one of 100 GB', () => {
    const latency = new Latency(CAPTURED_LATENCY, () => 0.5)
    const add = (gigabytes: number): number => latency.before(command('/disk/add', gigabytes * 1e9))
    expect(add(1)).toBeGreaterThan(500)
    expect(add(1)).toBeLessThan(1000)
    expect(add(100)).toBeGreaterThan(2000)
    expect(add(100)).toBeLessThan(5000)
  })

  it('holds a listing back by its rows', async () => {
    const device = await startDevice({ api: LOCAL, latency: { perRowMs: 10 } })
    onTestFinished(() => device.stop())
    const talker = await ApiTalker.loggedIn(device)
    const started = performance.now()
    await talker.ask('/ip/service/print')
    expect(performance.now() - started).toBeGreaterThan(75)
  })
})
