import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { DEFAULT_TIMING, type TransportTiming } from '../../src/adapters/routeros/link/session-transport.ts'
import { Appliance } from '../../src/adapters/routeros/appliance.ts'
import { writeComment } from '../../src/adapters/routeros/comment.ts'
import { FirewallMenus } from '../../src/adapters/routeros/firewall/firewall-menus.ts'
import { RouterOsFirewall } from '../../src/adapters/routeros/firewall/network-fence.ts'
import { Holdings } from '../../src/adapters/routeros/holdings.ts'
import { RouterOsHostAccess } from '../../src/adapters/routeros/host-access.ts'
import { NvmePorts } from '../../src/adapters/routeros/nvme-ports.ts'
import { OpenNetwork } from '../../src/adapters/routeros/open-network.ts'
import type { PortRange } from '../../src/adapters/routeros/known-disk.ts'
import { slotOf } from '../../src/adapters/routeros/slot.ts'
import { RouterOsSnapshotBackend } from '../../src/adapters/routeros/snapshot-backend.ts'
import type { Transport } from '../../src/adapters/routeros/transport.ts'
import { RouterOsVolumeBackend } from '../../src/adapters/routeros/volume-backend.ts'
import type { RunningDevice } from '../../src/adapters/sim/routeros-device/running-device.ts'
import { startDevice } from '../../src/adapters/sim/routeros-device/start-device.ts'
import type { DeviceSwitches } from '../../src/adapters/sim/routeros-device/switches.ts'
import { SystemClock } from '../../src/adapters/system/system-clock.ts'
import { GiB } from '../../src/domain/capacity.ts'
import type { ClusterId, HostNqn, VolumeId } from '../../src/domain/ids.ts'
import type { Admitted } from '../../src/ports/host-access.ts'
import type { NetworkFence } from '../../src/ports/network-fence.ts'
import type { PoolReserve } from '../../src/domain/pool-reserve.ts'
import type { SnapshotMode } from '../../src/domain/snapshot-mode.ts'
import { volumeNqn } from '../../src/domain/volume-id.ts'
import type { SnapshotProcess, SnapshotRig } from '../contracts/snapshot-backend.contract.ts'
import { type Costs, type HeldVolume, type LiveSession, OWNER } from '../contracts/volume-backend.contract.ts'
import type { HeldCommand, LateRig } from '../contracts/late-commands.contract.ts'
import { Recorder } from './routeros-recorder.ts'
import { until } from './routeros-transports.ts'
import { servedOver, transportOver, type Wire } from './wires.ts'

export const ROUTEROS_COSTS: Costs = { create: 2, remove: 2, list: 1, find: 0, capacity: 1, allow: 1, revoke: 1 }
/** Where volumes have subvolumes: one command more makes them, and two readings come before one is removed. */
export const SUBVOLUME_COSTS: Costs = { ...ROUTEROS_COSTS, create: 3, remove: 4 }
export const BASE_PATH = '/storage-pool/csi/volumes'
const PASSWORD = 'pässword'
/** What a transport sends for itself, whatever it is asked to. */
const OF_THE_LINK = new Set([
  '/login',
  '/cancel',
  '/system/identity/print',
  '/system/resource/get',
  '/disk/find',
  '/file/find',
])

/** All ports of one process. */
export interface RouterOsProcess extends SnapshotProcess {
  readonly network: NetworkFence
}

export interface RouterOsRig extends LateRig, SnapshotRig {
  /** With options of its own, where this process has others. */
  open(owner?: ClusterId, options?: Pick<RigOptions, 'snapshots' | 'reserve'>): RouterOsProcess
  readonly device: RunningDevice
  readonly recorder: Recorder
  readonly holdings: Holdings
}

export interface RigOptions {
  readonly wire?: Wire
  readonly switches?: Partial<DeviceSwitches>
  /** File system of the pool; volumes have subvolumes on btrfs, and lie flat on XFS, which is the default. */
  readonly pool?: 'btrfs' | 'xfs'
  /** Size of the pool in bytes; as captured. */
  readonly size?: number
  /** Label of the file system; `storage-pool-fs`. */
  readonly label?: string
  readonly snapshots?: SnapshotMode
  /** How long a command may take effect after its answer was given up, in milliseconds; a minute. */
  readonly late?: number
  /** What the pool keeps back; nothing. */
  readonly reserve?: PoolReserve
  /** Each volume has a port of its own among these, behind the firewall. */
  readonly portRange?: PortRange
}

/** The RouterOS backend against the simulated device, over its real wire. */
export async function routerOsRig(options: RigOptions = {}): Promise<RouterOsRig> {
  const { wire = 'plain', switches = {}, pool = 'xfs', label, size } = options
  const device = await startDevice({
    ...(size !== undefined && { size }),
    pool: { fs: pool, ...(label !== undefined && { label }) },
    ...servedOver(wire),
    password: PASSWORD,
    switches,
  })
  return new SimulatedRig(device, options)
}

class SimulatedRig implements RouterOsRig {
  readonly folder = BASE_PATH
  readonly isSerial: boolean
  readonly freshFolder = `${BASE_PATH}/gold/fast`
  readonly recorder = new Recorder()
  readonly device: RunningDevice
  readonly #options: RigOptions
  readonly #transports: Transport[] = []
  #holdings: Holdings | undefined
  #hung = 0
  #isAway = false
  #late = DEFAULT_TIMING.late

  constructor(device: RunningDevice, options: RigOptions) {
    this.device = device
    this.#options = options
    this.isSerial = options.wire === 'rest'
    this.#late = options.late ?? this.#late
  }

  /** Of the process that was opened last. */
  get holdings(): Holdings {
    return this.#holdings!
  }

  open(owner: ClusterId = OWNER, options: Pick<RigOptions, 'snapshots' | 'reserve'> = {}): RouterOsProcess {
    const clock = new SystemClock()
    const parts = { clock, log: this.recorder, telemetry: this.recorder, random: () => 1 }
    const login = { password: async () => PASSWORD }
    const transport = transportOver(this.#options.wire ?? 'plain', this.device, login, [this.#timing(), parts])
    this.#transports.push(transport)
    const ownership = { owner, basePath: BASE_PATH, nvmePort: 4420, portRange: this.#options.portRange }
    const { snapshots = 'auto', reserve = { bytes: 0 } } = { ...this.#options, ...options }
    const holdings = new Holdings(new Appliance(transport, BASE_PATH), () => ownership, { snapshots, reserve })
    this.#holdings = holdings
    const ports = new NvmePorts(holdings)
    return {
      backend: new RouterOsVolumeBackend(holdings, clock, this.recorder),
      access: new RouterOsHostAccess(holdings, ports),
      network: this.#network(transport, holdings, ports),
      snapshots: new RouterOsSnapshotBackend(holdings, clock, this.recorder),
    }
  }

  #network(transport: Transport, holdings: Holdings, ports: NvmePorts): NetworkFence {
    const range = this.#options.portRange
    if (range === undefined) return new OpenNetwork()
    return new RouterOsFirewall({ menus: new FirewallMenus(transport), holdings, ports, range, log: this.recorder })
  }

  /** Nobody waits long for an appliance that is known to be away, nor gives up one that is only slow. */
  #timing(): TransportTiming {
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
    const match = ({ path }: { readonly path: string }): boolean => !OF_THE_LINK.has(path)
    faults.arm(effect === 'done' ? { kind: 'loseReply' } : { kind: 'dropBefore', reset: true }, { skip, match })
    // Whatever comes after it finds nobody.
    faults.arm({ kind: 'dropBefore' }, { skip, match, times: Number.POSITIVE_INFINITY })
  }

  /** A device that does one request after the other is at work until it is let go, and does it then. */
  hang(): () => void {
    this.#hung = 0
    // Over SSH nothing can be called off: only time tells that it is over.
    if (this.#options.wire === 'ssh') this.#late = 500
    const gate = Promise.withResolvers<void>()
    const disarm = this.device.faults.arm(
      this.isSerial ? { kind: 'ignoreCancel', until: gate.promise } : { kind: 'hang' },
      {
        match: ({ path }) => {
          const hangs = path !== '/login' && path !== '/cancel'
          if (hangs) this.#hung += 1
          return hangs
        },
        times: Number.POSITIVE_INFINITY,
      },
    )
    return () => {
      disarm()
      gate.resolve()
    }
  }

  async hanging(): Promise<void> {
    await until(() => this.#hung > 0)
    // Whatever comes behind it waits here, and never reaches the device.
    if (!this.isSerial) this.#hung = 0
  }

  holdNext(): HeldCommand {
    const begun = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    // Long enough for whoever finishes it, and short enough to be waited for.
    this.#late = 1500
    const match = ({ path }: { readonly path: string }): boolean => {
      const changes = /^\/disk\/(add|set|remove)$/.test(path)
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
    return {
      bytes: Number(row['file-size']),
      admitted: admittedBy(row),
      tagged: row['comment']?.includes(`owner=${OWNER} id=${id} `) === true,
    }
  }

  snapshot(): unknown {
    const without = (names: readonly string[]) => (row: Readonly<Record<string, string | undefined>>) => {
      const kept = Object.entries(row).filter(([name]) => !names.includes(name))
      return Object.fromEntries(kept.map(([name, value]) => [name, value?.replace(/ created=\S+/, '')]))
    }
    const living = this.device.subvolumes().filter(({ dead }) => dead !== 'true')
    return {
      subvolumes: living.map(row => [row['fullname'], row['read-only']]),
      disks: this.device.disks().map(without(['.id'])),
      files: this.device.files().map(without(['.id', 'last-modified'])),
    }
  }

  write(id: VolumeId, at: number, bytes: Uint8Array): void {
    const file = openSync(this.#bytesOf(id), 'r+')
    writeSync(file, bytes, 0, bytes.length, at)
    closeSync(file)
  }

  read(id: VolumeId, at: number, length: number): Uint8Array {
    const file = openSync(this.#bytesOf(id), 'r')
    const bytes = new Uint8Array(length)
    readSync(file, bytes, 0, length, at)
    closeSync(file)
    return bytes
  }

  #bytesOf(id: VolumeId): string {
    return this.device.locate(this.device.disk(slotOf(id))!['file-path']!.slice(1))
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
    return this.device.commands.filter(({ path }) => !OF_THE_LINK.has(path)).length
  }

  async close(): Promise<void> {
    await Promise.all(this.#transports.map(transport => transport.close()))
    await this.device.stop()
  }
}

/** What a row says itself: a list is a list, and the mark is in the comment. */
function admittedBy(row: Readonly<Record<string, string | undefined>>): Admitted {
  const mark = row['comment']?.endsWith(' fence=armed') === true ? ({ fenced: true } as const) : {}
  const hosts = (row['nvme-tcp-server-allow-host-name'] ?? '').split(',') as HostNqn[]
  if (row['nvme-tcp-export'] !== 'true') return { to: 'nobody', ...mark }
  if (hosts[0] === '') return { to: 'any' }
  return hosts.length > 1 ? { to: 'hosts', hosts } : { to: 'host', host: hosts[0]!, ...mark }
}
