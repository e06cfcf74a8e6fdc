import type { Millis } from '../domain/ids.ts'
import type { Hardware } from './backend-health.ts'

/** Traffic of the pool's disk as it is told: rates, and what a request took on average since the reading before. */
export interface DiskPace {
  readonly slot: string
  readonly readOpsPerSecond: number | undefined
  readonly writeOpsPerSecond: number | undefined
  readonly readBytesPerSecond: number | undefined
  readonly writeBytesPerSecond: number | undefined
  readonly readLatency: Millis | undefined
  readonly writeLatency: Millis | undefined
  readonly waitLatency: Millis | undefined
  readonly inFlight: number | undefined
  readonly active: Millis | undefined
}

/** The last reading of the hardware, for gauges. From memory, at once; undefined where there is none that is still true. */
export interface HardwareCensus {
  disk(): DiskPace | undefined
  hardware(): Hardware | undefined
}
export const HardwareCensus = Symbol.for('HardwareCensus')
