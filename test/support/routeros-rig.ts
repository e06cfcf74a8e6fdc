import { type ApiTiming, ApiTransport, DEFAULT_TIMING } from '../../src/adapters/routeros/api-transport.ts'
import { Appliance } from '../../src/adapters/routeros/appliance.ts'
import { writeComment } from '../../src/adapters/routeros/comment.ts'
import { Holdings } from '../../src/adapters/routeros/holdings.ts'
import { RouterOsHostAccess } from '../../src/adapters/routeros/host-access.ts'
import { slotOf } from '../../src/adapters/routeros/slot.ts'
import { TlsTrust } from '../../src/adapters/routeros/tls-trust.ts'
import { RouterOsVolumeBackend } from '../../src/adapters/routeros/volume-backend.ts'
import type { RunningDevice } from '../../src/adapters/sim/routeros-device/running-device.ts'
import { startDevice } from '../../src/adapters/sim/routeros-device/start-device.ts'
import type { DeviceSwitches } from '../../src/adapters/sim/routeros-device/switches.ts'
import { SystemClock } from '../../src/adapters/system/system-clock.ts'
import { GiB } from '../../src/domain/capacity.ts'
import type { ClusterId, HostNqn, VolumeId } from '../../src/domain/ids.ts'
import { volumeNqn } from '../../src/domain/volume-id.ts'
import {
  type BackendProcess,
  type Costs,
  type HeldVolume,
  type LiveSession,
  OWNER,
} from '../contracts/volume-backend.contract.ts'
import type { HeldCommand, LateRig } from '../contracts/late-commands.contract.ts'
import { Recorder } from './routeros-recorder.ts'
import { until } from './routeros-transports.ts'

export const ROUTEROS_COSTS: Costs = { create: 2, remove: 2, list: 1, find: 0, capacity: 1, allow: 1, revoke: 1 }
export const BASE_PATH = '/storage-pool/csi/volumes'
const LOCALHOST = { host: '127.0.0.1', port: 0 }
const PASSWORD = 'pässword'

export interface RouterOsRig extends LateRig {
  readonly device: RunningDevice
  readonly recorder: Recorder
  readonly holdings: Holdings
}

export interface RigOptions {
  readonly wire?: 'plain' | 'tls'
  readonly switches?: Partial<DeviceSwitches>
}

/** The RouterOS backend against the simulated device, over its real wire. */
export async function routerOsRig({ wire = 'plain', switches = {} }: RigOptions = {}): Promise<RouterOsRig> {
  const device = await startDevice({
    ...(wire === 'tls' ? { apiTls: LOCALHOST } : { api: LOCALHOST }),
    password: PASSWORD,
    switches,
  })
  return new SimulatedRig(device, wire)
}

class SimulatedRig implements RouterOsRig {
  readonly folder = BASE_PATH
  readonly freshFolder = `${BASE_PATH}/gold/fast`
  readonly recorder = new Recorder()
  readonly device: RunningDevice
  readonly #wire: 'plain' | 'tls'
  readonly #transports: ApiTransport[] = []
  #holdings: Holdings | undefined
  #hung = 0
  #isAway = false
  #late = DEFAULT_TIMING.late

  constructor(device: RunningDevice, wire: 'plain' | 'tls') {
    this.device = device
    this.#wire = wire
  }

  /** Of the process that was opened last. */
  get holdings(): Holdings {
    return this.#holdings!
  }

  open(owner: ClusterId = OWNER): BackendProcess {
    const clock = new SystemClock()
    const trust = this.device.certificate && new TlsTrust({ fingerprint: this.device.certificate.fingerprint })
    const at = this.#wire === 'tls' ? this.device.addresses.apiTls : this.device.addresses.api
    const access = { address: '127.0.0.1', port: at!.port, user: 'admin', password: async () => PASSWORD }
    const transport = new ApiTransport({ ...access, ...(trust && { trust }) }, this.#timing(), {
      clock,
      log: this.recorder,
      telemetry: this.recorder,
      random: () => 1,
    })
    this.#transports.push(transport)
    const ownership = { owner, basePath: BASE_PATH, nvmePort: 4420 }
    const holdings = new Holdings(new Appliance(transport, BASE_PATH), () => ownership)
    this.#holdings = holdings
    return {
      backend: new RouterOsVolumeBackend(holdings, clock, this.recorder),
      access: new RouterOsHostAccess(holdings),
    }
  }

  /** Nobody waits long for an appliance that is known to be away, nor gives up one that is only slow. */
  #timing(): ApiTiming {
    const wait = (): number => (this.#isAway ? 100 : 15_000)
    const late = (): number => this.#late
    return {
      ...DEFAULT_TIMING,
      pauses: { first: 2, longest: 20 },
      get late() {
        return late()
      },
      get wait() {
        return wait()
      },
    }
  }

  async cutLink(): Promise<void> {
    this.#isAway = true
    await this.device.refuseConnections(true)
    this.device.dropConnections()
  }

  async restoreLink(): Promise<void> {
    this.#isAway = false
    this.device.faults.clear()
    await this.device.refuseConnections(false)
  }

  breakAfter(skip: number, effect: 'done' | 'undone'): void {
    const { faults } = this.device
    this.#isAway = true
    // What comes late is held back by `holdNext`; here it is waited for in vain.
    this.#late = 100
    faults.arm(effect === 'done' ? { kind: 'loseReply' } : { kind: 'dropBefore', reset: true }, { skip })
    // Whatever comes after it finds nobody.
    faults.arm({ kind: 'dropBefore' }, { skip, times: Number.POSITIVE_INFINITY })
  }

  hang(): () => void {
    this.#hung = 0
    return this.device.faults.arm(
      { kind: 'hang' },
      {
        match: ({ path }) => {
          const hangs = path !== '/login' && path !== '/cancel'
          if (hangs) this.#hung += 1
          return hangs
        },
        times: Number.POSITIVE_INFINITY,
      },
    )
  }

  async hanging(): Promise<void> {
    await until(() => this.#hung > 0)
    this.#hung = 0
  }

  holdNext(): HeldCommand {
    const begun = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    // Long enough for whoever finishes it, and short enough to be waited for.
    this.#late = 1500
    const match = ({ path }: { readonly path: string }): boolean => {
      const changes = /\/(add|set|remove)$/.test(path)
      if (changes) begun.resolve()
      return changes
    }
    this.device.faults.arm({ kind: 'ignoreCancel', until: gate.promise }, { match })
    const finish = async (): Promise<void> => {
      gate.resolve()
      // Nothing but turns of the loop lies between this and the effect.
      for (let turn = 0; turn < 5; turn += 1) await new Promise(resolve => setImmediate(resolve))
    }
    return { begun: begun.promise, finish }
  }

  dropLink(): void {
    this.device.dropConnections()
  }

  session(id: VolumeId, host: HostNqn): LiveSession | undefined {
    const used = this.device.exportTo(host, volumeNqn(id), 4420)
    return (
      used && {
        get live() {
          return !used.ended.aborted
        },
      }
    )
  }

  fill(free?: number): void {
    this.device.fillPool(free)
  }

  held(id: VolumeId): HeldVolume | undefined {
    const row = this.device.disk(slotOf(id)) ?? this.device.disk(id)
    if (row === undefined) return undefined
    const host = row['nvme-tcp-server-allow-host-name'] ?? ''
    const exported = row['nvme-tcp-export'] === 'true'
    const admitted = host === '' ? ({ to: 'any' } as const) : ({ to: 'host', host: host as HostNqn } as const)
    return {
      bytes: Number(row['file-size']),
      admitted: exported ? admitted : { to: 'nobody' },
      tagged: row['comment']?.includes(`owner=${OWNER} id=${id} `) === true,
    }
  }

  snapshot(): unknown {
    const without = (names: readonly string[]) => (row: Readonly<Record<string, string | undefined>>) => {
      const kept = Object.entries(row).filter(([name]) => !names.includes(name))
      return Object.fromEntries(kept.map(([name, value]) => [name, value?.replace(/ created=\S+$/, '')]))
    }
    return {
      disks: this.device.disks().map(without(['.id'])),
      files: this.device.files().map(without(['.id', 'last-modified'])),
    }
  }

  addStranger(id: VolumeId, owner?: ClusterId): void {
    const comment = owner && writeComment({ owner, id, name: id, createdAt: undefined })
    const file = { type: 'file', 'file-path': `${BASE_PATH}/${id}.img`, 'file-size': String(GiB) }
    this.device.perform('/disk/add', { ...file, slot: slotOf(id), ...(comment && { comment }) })
  }

  addOlder(id: VolumeId, bytes: number): void {
    // The release on which the older driver ran took slots of 40 characters.
    const { slotMaxLength } = this.device.switches
    this.device.setSwitches({ slotMaxLength: 40 })
    const file = { type: 'file', 'file-path': `${BASE_PATH}/${id}.img`, 'file-size': String(bytes) }
    const exported = { 'nvme-tcp-export': 'yes', 'nvme-tcp-server-port': '4420', 'nvme-tcp-server-nqn': volumeNqn(id) }
    this.device.perform('/disk/add', { ...file, ...exported, slot: id })
    this.device.setSwitches({ slotMaxLength })
  }

  commands(): number {
    return this.device.commands.filter(({ path }) => path !== '/login').length
  }

  async close(): Promise<void> {
    await Promise.all(this.#transports.map(transport => transport.close()))
    await this.device.stop()
  }
}
