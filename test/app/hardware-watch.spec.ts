import { beforeEach, describe, expect, it } from 'vitest'
import { HardwareWatch } from '../../src/app/hardware-watch.ts'
import type { BackendHealth, DiskTraffic, Hardware, HealthReading } from '../../src/ports/backend-health.ts'
import { RecordedLog } from '../support/recorded-log.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const INTERVAL = 30_000
const never = new AbortController().signal

const hardware: Hardware = {
  cpuTemperature: 46,
  boardTemperature: undefined,
  fanSpeeds: [5640, undefined],
  psuPowers: [74, 71],
  psuTemperatures: [33, 34],
  poolSize: 1000,
  poolUsed: 250,
}
const traffic = (changes: Partial<DiskTraffic> = {}): DiskTraffic => ({
  slot: 'pool',
  readOpsPerSecond: 10,
  writeOpsPerSecond: 0,
  readBytesPerSecond: 4096,
  writeBytesPerSecond: 0,
  reads: { count: 100, took: 50 },
  writes: { count: 10, took: 5 },
  waited: 55,
  inFlight: 0,
  active: 40,
  ...changes,
})

class FakeHealth implements BackendHealth {
  next: HealthReading | Error | 'hangs' = { disk: traffic(), hardware }
  reads = 0

  link() {
    return { address: 'rds', connected: true, made: 1 }
  }

  async read(signal: AbortSignal): Promise<HealthReading> {
    this.reads += 1
    if (this.next instanceof Error) throw this.next
    if (this.next !== 'hangs') return this.next
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
  }
}

let clock: SimulatedClock
let health: FakeHealth
let log: RecordedLog
let watch: HardwareWatch

beforeEach(() => {
  clock = new SimulatedClock()
  health = new FakeHealth()
  log = new RecordedLog()
  watch = new HardwareWatch({ health, clock, log, hardwareInterval: INTERVAL })
})

/** One interval later, the next reading. */
async function later(next?: HealthReading | Error): Promise<void> {
  if (next !== undefined) health.next = next
  await clock.advance(INTERVAL)
  await watch.tick(never)
}

describe('the hardware watch', () => {
  it('shows nothing before the first reading, and then that', async () => {
    expect([watch.disk(), watch.hardware()]).toEqual([undefined, undefined])
    await watch.tick(never)
    expect(watch.hardware()).toEqual(hardware)
    expect(watch.disk()).toMatchObject({ slot: 'pool', readOpsPerSecond: 10, inFlight: 0, active: 40 })
  })

  it('reads once in each interval, however often it is asked', async () => {
    for (let tick = 0; tick < 10; tick += 1) await watch.tick(never)
    expect(health.reads).toBe(1)
    await later()
    expect(health.reads).toBe(2)
  })

  it('tells latencies as averages since the reading before', async () => {
    await watch.tick(never)
    expect(watch.disk()?.readLatency).toBeUndefined()
    const disk = traffic({ reads: { count: 110, took: 75 }, writes: { count: 15, took: 15 }, waited: 100 })
    await later({ disk, hardware })
    expect(watch.disk()).toMatchObject({ readLatency: 2.5, writeLatency: 2, waitLatency: 3 })
  })

  it.each<[string, DiskTraffic]>([
    ['nothing was done', traffic()],
    ['the device counts anew', traffic({ reads: { count: 3, took: 1 } })],
    ['the device measures no time', traffic({ reads: { count: 500, took: 0 } })],
    ['the count is not told', traffic({ reads: { count: undefined, took: 70 } })],
    ['it is another disk', traffic({ slot: 'other', reads: { count: 110, took: 75 } })],
  ])('tells no latency where %s', async (_, disk) => {
    await watch.tick(never)
    await later({ disk, hardware })
    expect(watch.disk()?.readLatency).toBeUndefined()
  })

  it('keeps the last reading while some fail, and forgets it when it is too old; says so once', async () => {
    await watch.tick(never)
    for (let miss = 0; miss < 3; miss += 1) await later(new Error('away'))
    expect(watch.hardware()).toEqual(hardware)
    await later()
    await clock.advance(1)
    expect([watch.hardware(), watch.disk()]).toEqual([undefined, undefined])
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
    await later({ disk: undefined, hardware })
    expect([watch.hardware(), watch.disk()]).toEqual([hardware, undefined])
  })

  it('gives a reading up that takes too long', async () => {
    health.next = 'hangs'
    const tick = watch.tick(never)
    await clock.advance(10_000)
    await tick
    expect(log.lines.map(({ message }) => message)).toEqual([expect.stringContaining('could not be read')])
  })

  it('ends with its signal and says nothing', async () => {
    health.next = 'hangs'
    const stop = new AbortController()
    const tick = watch.tick(stop.signal)
    stop.abort(new Error('the process ends'))
    await tick
    expect(log.lines).toEqual([])
  })
})
