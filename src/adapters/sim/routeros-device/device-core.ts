import { CommandLog } from './command-log.ts'
import { CommandRunner } from './command-runner.ts'
import { DeviceState, type DeviceStateOptions } from './device-state.ts'
import type { LatencyProfile } from './latency.ts'

/** Options of what stands behind every connection. */
export interface DeviceCoreOptions extends DeviceStateOptions {
  readonly latency?: LatencyProfile
  /** How many commands work at once, over all connections. */
  readonly concurrency?: number
}

/** What all connections of a device share. */
export class DeviceCore {
  readonly state: DeviceState
  readonly runner: CommandRunner
  readonly log = new CommandLog()
  /**
   * How the binary API answers commands with tags: each when it is done, or those of a moment together, the last one
   * first and their sentences mixed.
   */
  replyOrder: 'asDone' | 'mixed' = 'asDone'
  #power = new AbortController()
  #connections = 0

  constructor(options: DeviceCoreOptions) {
    this.state = new DeviceState(options)
    this.runner = new CommandRunner(this.state, options.latency, options.concurrency)
  }

  /** Aborted when the device dies: commands that had no effect yet have none. */
  get power(): AbortSignal {
    return this.#power.signal
  }

  nextConnection(): number {
    this.#connections += 1
    return this.#connections
  }

  powerOff(): void {
    this.#power.abort()
  }

  powerOn(): void {
    this.#power = new AbortController()
    this.state.reboot()
  }
}
