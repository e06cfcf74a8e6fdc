import type { Bytes, Millis } from '../domain/ids.ts'

/** Traffic of the pool's disk. Undefined for what the backend does not tell. */
export interface DiskTraffic {
  /** Its name, such as the pool's slot. */
  readonly slot: string
  readonly readOpsPerSecond: number | undefined
  readonly writeOpsPerSecond: number | undefined
  readonly readBytesPerSecond: number | undefined
  readonly writeBytesPerSecond: number | undefined
  /** Counted since its start, for the latencies between two readings. */
  readonly reads: Work
  readonly writes: Work
  /** Time that requests have waited, counted as above. */
  readonly waited: Millis | undefined
  readonly inFlight: number | undefined
  /** Time during which it worked, counted as above. */
  readonly active: Millis | undefined
}

/** Requests that were done, and the time that they took together; both counted since the start. */
export interface Work {
  readonly count: number | undefined
  readonly took: Millis | undefined
}

/** Temperatures in °C, speeds in revolutions a minute, powers in watts. Undefined for what the backend does not tell. */
export interface Hardware {
  readonly cpuTemperature: number | undefined
  readonly boardTemperature: number | undefined
  readonly fanSpeeds: readonly [number | undefined, number | undefined]
  readonly psuPowers: readonly [number | undefined, number | undefined]
  readonly psuTemperatures: readonly [number | undefined, number | undefined]
  readonly poolSize: Bytes | undefined
  readonly poolUsed: Bytes | undefined
}

export interface HealthReading {
  /** Undefined where the backend measures no traffic, or may not be asked. */
  readonly disk: DiskTraffic | undefined
  readonly hardware: Hardware
}

/** How the backend is, for metrics and readiness. */
export interface BackendHealth {
  /** The state of the link to the appliance, from memory, at once; `made`: how often it has come about. */
  link(): { readonly address: string; readonly connected: boolean; readonly made: number }
  /**
   * Asks the backend, with at most three commands; never on a request's way. What it does not have is undefined, never 0.
   * Throws `unavailable` where it cannot be asked at all.
   */
  read(signal: AbortSignal): Promise<HealthReading>
}
export const BackendHealth = Symbol.for('BackendHealth')
