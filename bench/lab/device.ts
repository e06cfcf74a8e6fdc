import { setTimeout as pause } from 'node:timers/promises'
import { Servant } from './servant.ts'

/** A command that the device got, its words, and when it arrived in milliseconds since the epoch. */
export interface Arrival {
  readonly path: string
  readonly words: readonly string[]
  readonly at: number
}

/** A disk with its file that is put into the device, or taken out of it, past every service. */
export interface Item {
  readonly slot: string
  readonly comment: string
  readonly path: string
  readonly bytes: number
}

export interface DeviceAnswer {
  /** Since the last question. */
  readonly arrivals: readonly Arrival[]
  /** Milliseconds that all commands so far have taken it together. */
  readonly worked: number
}

/** Every question is answered with a DeviceAnswer. */
export interface DeviceQuestion {
  readonly latencyMs?: number
  readonly put?: readonly Item[]
  readonly take?: readonly Item[]
}

export interface DeviceGreeting {
  readonly ports: { readonly apiTls: number; readonly rest: number; readonly ssh: number }
  readonly fingerprint: string
  readonly hostKey: string
  readonly password: string
}

/** Folder of the backing files. */
export const BASE_PATH = '/storage-pool/volumes'

/** The simulated appliance, encrypted on every way as in production. */
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

  get pid(): number {
    return this.#servant.pid
  }

  /** How long each command takes from now on. */
  async setLatency(latencyMs: number): Promise<void> {
    await this.#servant.ask({ latencyMs })
  }

  async put(items: readonly Item[]): Promise<void> {
    await this.#servant.ask({ put: items })
  }

  async take(items: readonly Item[]): Promise<void> {
    await this.#servant.ask({ take: items })
  }

  /** The commands since the last question, but those that the link sends for itself. */
  async commands(): Promise<readonly Arrival[]> {
    const { arrivals } = await this.#servant.ask<DeviceAnswer>({})
    return arrivals.filter(({ path }) => path !== HEARTBEAT && path !== '/login')
  }

  /** Milliseconds that all commands so far have taken it together, its own delays included. */
  async worked(): Promise<number> {
    return (await this.#servant.ask<DeviceAnswer>({})).worked
  }

  /** Waits until nobody has asked anything for a while: what a controller reads once it is ready has been read. */
  async quiet(): Promise<void> {
    for (let still = 0; still < QUIET_LOOKS; still += 1) {
      await pause(BETWEEN_LOOKS)
      if ((await this.commands()).length > 0) still = 0
    }
  }

  stop(): Promise<void> {
    return this.#servant.stop()
  }
}

/** Asked by the link while the device is silent; belongs to no call. */
const HEARTBEAT = '/system/identity/print'
/** How often it has to have been quiet, and how long each time. */
const [QUIET_LOOKS, BETWEEN_LOOKS] = [4, 100]

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
