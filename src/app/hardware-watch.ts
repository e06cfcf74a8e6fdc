import type { Millis } from '../domain/ids.ts'
import type { BackendHealth, DiskTraffic, Hardware, HealthReading, Work } from '../ports/backend-health.ts'
import type { Clock } from '../ports/clock.ts'
import type { DiskPace, HardwareCensus } from '../ports/hardware-census.ts'
import type { Logger } from '../ports/logger.ts'
import { bounded } from './bounded.ts'

/** A reading that takes longer has no use any more. */
const LONGEST_READING: Millis = 10_000
/** So many readings may fail before the last one is not shown any longer. */
const MISSES = 3

interface Parts {
  readonly health: BackendHealth
  readonly clock: Clock
  readonly log: Logger
  readonly hardwareInterval: Millis
}

interface Shown {
  readonly reading: HealthReading
  readonly pace: DiskPace | undefined
  readonly at: Millis
}

/** Reads the appliance's hardware on a schedule, and keeps the last reading for as long as it can be believed. */
export class HardwareWatch implements HardwareCensus {
  readonly #parts: Parts
  #shown: Shown | undefined
  /** By the clock that never jumps. */
  #next: Millis | undefined
  #failed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  disk(): DiskPace | undefined {
    return this.#current()?.pace
  }

  hardware(): Hardware | undefined {
    return this.#current()?.reading.hardware
  }

  /** Reads when it is time. A reading that fails is told once, and leaves the last one until that is too old. */
  async tick(signal: AbortSignal): Promise<void> {
    const { clock, health, hardwareInterval } = this.#parts
    if (this.#next !== undefined && clock.monotonic() < this.#next) return
    this.#next = clock.monotonic() + hardwareInterval
    try {
      const reading = await bounded(clock, LONGEST_READING, signal, limited => health.read(limited))
      const pace = reading.disk && paceOf(reading.disk, this.#shown?.reading.disk)
      this.#shown = { reading, pace, at: clock.monotonic() }
      this.#failed = false
    } catch (error) {
      if (signal.aborted) return
      this.#tell(error)
    }
  }

  #tell(error: unknown): void {
    const { log } = this.#parts
    if (this.#failed) log.debug('the hardware could not be read', { error })
    else log.warn('the hardware could not be read; its metrics vanish until it can', { error })
    this.#failed = true
  }

  #current(): Shown | undefined {
    const { clock, hardwareInterval } = this.#parts
    const shown = this.#shown
    return shown !== undefined && clock.monotonic() - shown.at <= (MISSES + 1) * hardwareInterval ? shown : undefined
  }
}

/** Latencies are averages over what was done since the reading before; without one, or for another disk, there are none. */
function paceOf(disk: DiskTraffic, before: DiskTraffic | undefined): DiskPace {
  const earlier = before?.slot === disk.slot ? before : undefined
  const { slot, readOpsPerSecond, writeOpsPerSecond, readBytesPerSecond, writeBytesPerSecond, inFlight, active } = disk
  const waited = (traffic: DiskTraffic): Work => ({ count: totalOf(traffic), took: traffic.waited })
  return {
    slot,
    readOpsPerSecond,
    writeOpsPerSecond,
    readBytesPerSecond,
    writeBytesPerSecond,
    readLatency: earlier && latency(disk.reads, earlier.reads),
    writeLatency: earlier && latency(disk.writes, earlier.writes),
    waitLatency: earlier && latency(waited(disk), waited(earlier)),
    inFlight,
    active,
  }
}

const totalOf = ({ reads, writes }: DiskTraffic): number | undefined =>
  reads.count === undefined || writes.count === undefined ? undefined : reads.count + writes.count

/**
 * Undefined where nothing was done, where the device began to count anew, and where it does not measure time at all: one
 * that has done work and never took any time for it.
 */
function latency({ count, took }: Work, before: Work): Millis | undefined {
  if (count === undefined || took === undefined || before.count === undefined || before.took === undefined) {
    return undefined
  }
  const [done, spent] = [count - before.count, took - before.took]
  return done <= 0 || spent < 0 || took === 0 ? undefined : spent / done
}
