import { Servant } from './servant.ts'

/** A command that the device got, and when it arrived in milliseconds since the epoch. */
export interface Arrival {
  readonly path: string
  readonly at: number
}

/** Every question is answered with the commands that came since the last one. */
export type DeviceQuestion = { readonly latencyMs: number } | { readonly whatCame: true }

export interface DeviceGreeting {
  readonly port: number
  readonly fingerprint: string
  readonly password: string
}

/** Folder of the backing files. */
export const BASE_PATH = '/storage-pool/volumes'

/** The simulated appliance, over TLS as in production. */
export class Device {
  readonly access: DeviceGreeting
  readonly #servant: Servant<DeviceQuestion>

  private constructor(servant: Servant<DeviceQuestion>, access: DeviceGreeting) {
    this.#servant = servant
    this.access = access
  }

  static async start(): Promise<Device> {
    return new Device(...(await Servant.start<DeviceQuestion, DeviceGreeting>('device-process')))
  }

  /** How long each command takes from now on. */
  async setLatency(latencyMs: number): Promise<void> {
    await this.#servant.ask({ latencyMs })
  }

  /** The commands since the last question. */
  commands(): Promise<readonly Arrival[]> {
    return this.#servant.ask({ whatCame: true })
  }

  stop(): Promise<void> {
    return this.#servant.stop()
  }
}

/** How many times a command had to wait for another one's reply, plus one; each takes the device this long. */
export function sequentialTrips(arrivals: readonly Arrival[], latencyMs: number): number {
  let trips = 0
  let busyUntil = Number.NEGATIVE_INFINITY
  for (const { at } of arrivals.toSorted((a, b) => a.at - b.at)) {
    // Arrivals are told in whole milliseconds.
    if (at < busyUntil - 1) continue
    trips += 1
    busyUntil = at + latencyMs
  }
  return trips
}
