import { describe, expect, it, onTestFinished } from 'vitest'
import { type DeviceOptions, startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
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
