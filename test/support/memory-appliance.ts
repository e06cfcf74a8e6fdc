import { StorageError } from '../../src/domain/errors.ts'
import {
  type Bytes,
  type ClusterId,
  instant,
  type NodeId,
  type SnapshotId,
  type VolumeId,
} from '../../src/domain/ids.ts'
import type { Snapshot } from '../../src/domain/snapshot.ts'
import type { Volume, VolumeSpec } from '../../src/domain/volume.ts'
import { volumeNqn } from '../../src/domain/volume-id.ts'
import type { BackendHealth, Hardware } from '../../src/ports/backend-health.ts'
import type { Admitted, HostAccess } from '../../src/ports/host-access.ts'
import type { NetworkFence } from '../../src/ports/network-fence.ts'
import type { SnapshotAbility, SnapshotBackend } from '../../src/ports/snapshot-backend.ts'
import type { VolumeBackend } from '../../src/ports/volume-backend.ts'
import { EMPTY, type MemoryContent } from './memory-content.ts'
import { MemoryCopies } from './memory-copies.ts'
import { MemoryHostAccess } from './memory-host-access.ts'
import { MemoryLink } from './memory-link.ts'
import { MemoryNetworkFence } from './memory-network-fence.ts'
import { MemoryScript } from './memory-script.ts'
import { MemorySnapshotBackend } from './memory-snapshot-backend.ts'
import { MemoryVolumeBackend } from './memory-volume-backend.ts'

export interface Disk {
  volume: Volume
  admitted: Admitted
  /** Counts how often its export went off: sessions do not outlive that. */
  cuts: number
  /** Whose tag it carries. The older driver left none; `unknown` is a disk that only looks like a volume. */
  owner: ClusterId | 'older' | 'unknown'
  content: MemoryContent
}

export interface KeptSnapshot {
  snapshot: Snapshot
  readonly owner: ClusterId
  readonly content: MemoryContent
}

/** A volume from before; one that began empty where nothing is said of a source. */
type SeedSpec = Omit<VolumeSpec, 'source'> & Partial<Pick<VolumeSpec, 'source'>>

/** What one process is given. */
export interface MemoryPorts {
  readonly backend: VolumeBackend
  readonly hosts: HostAccess
  readonly snapshots: SnapshotBackend
  readonly network: NetworkFence
}

const NOTHING_KNOWN: Hardware = {
  cpuTemperature: undefined,
  boardTemperature: undefined,
  fanSpeeds: [undefined, undefined],
  psuPowers: [undefined, undefined],
  psuTemperatures: [undefined, undefined],
  poolSize: undefined,
  poolUsed: undefined,
}

export const NOBODY: Admitted = { to: 'nobody' }
const OURS = '6ba7b810-9dad-41d1-80b4-00c04fd430c8' as ClusterId

/**
 * An appliance that keeps its volumes in memory, seen through the ports that it serves. They pass the contracts of
 * VolumeBackend, SnapshotBackend and HostAccess (memory-appliance.spec.ts). Unlike the real ones they look at the appliance itself and at
 * no table of their own: they are never stale.
 */
export class MemoryAppliance {
  readonly script = new MemoryScript()
  readonly link = new MemoryLink()
  readonly disks = new Map<VolumeId, Disk>()
  readonly kept = new Map<SnapshotId, KeptSnapshot>()
  readonly copies = new MemoryCopies()
  /** What its pool can do about snapshots. */
  ability: SnapshotAbility = { way: 'instant' }
  /** The time by its clock. */
  time = instant(1_700_000_000_000)
  /** Volumes may lie there and below. */
  readonly basePath = '/pool/volumes'
  total: Bytes = 100 * 1024 ** 4
  /** Bytes that others have taken. */
  foreign: Bytes = 0
  /** False while it has no power: it lets no host in. */
  powered = true
  /** Whose addresses are let through to each volume; undefined where its firewall is not used. */
  firewall: Map<VolumeId, Map<string, NodeId>> | undefined
  /** Whether the firewall drops what it does not let through. */
  isWalled = false
  /** Volumes that were exported before each had a port of its own. */
  readonly onCommonPort = new Set<VolumeId>()
  readonly owner: ClusterId
  readonly backend: VolumeBackend
  readonly hosts: HostAccess
  readonly snapshots: SnapshotBackend
  readonly network: NetworkFence

  constructor(owner: ClusterId = OURS) {
    this.owner = owner
    const { backend, hosts, snapshots, network } = this.open(owner)
    this.backend = backend
    this.hosts = hosts
    this.snapshots = snapshots
    this.network = network
  }

  /** The ports as another process has them; none is started. */
  open(owner: ClusterId): MemoryPorts {
    const process = new MemoryProcess(this, owner)
    return {
      backend: new MemoryVolumeBackend(process),
      hosts: new MemoryHostAccess(process),
      snapshots: new MemorySnapshotBackend(process),
      network: new MemoryNetworkFence(this),
    }
  }

  /** What was done to it, looking left aside. */
  get changes(): readonly string[] {
    return this.script.calls.filter(call =>
      /^(create|resize|annotate|remove|allow|adjust|revoke|snapshot|forget|restore|clone)\b/.test(call),
    )
  }

  get free(): Bytes {
    const volumes = Array.from(this.disks.values(), ({ volume }) => volume.bytes)
    const copied = this.ability.way === 'copy' ? Array.from(this.kept.values(), ({ snapshot }) => snapshot.bytes) : []
    return [...volumes, ...copied, this.copies.bytes].reduce((left, bytes) => left - bytes, this.total - this.foreign)
  }

  admittedTo(id: VolumeId): Admitted {
    return this.disks.get(id)?.admitted ?? NOBODY
  }

  /** The link to it; the rest of its health is in nobody's way. */
  get health(): BackendHealth {
    const { link } = this
    return {
      link: () => ({ address: '10.0.0.1', connected: link.isUp, made: link.made }),
      read: async () => ({ disk: undefined, hardware: NOTHING_KNOWN }),
    }
  }

  /** The TCP port on which a volume is exported. */
  portOf(id: VolumeId): number {
    return this.firewall === undefined || this.onCommonPort.has(id) ? 4420 : 4500
  }

  /** A volume that is there from before. */
  seed(spec: SeedSpec, admitted: Admitted = NOBODY, owner: Disk['owner'] = this.owner): Volume {
    const volume = { source: undefined, ...spec, nqn: volumeNqn(spec.id), createdAt: instant(0), note: undefined }
    this.disks.set(spec.id, { volume, admitted, cuts: 0, owner, content: EMPTY })
    return volume
  }

  /** A volume as the older driver made it: exported to any host and without a tag, so that no list shows it. */
  seedOlder(id: VolumeId, bytes: Bytes, admitted: Admitted = { to: 'any' }): Volume {
    const unknown = { name: undefined, createdAt: undefined, source: undefined, note: undefined }
    const volume = { id, bytes, folder: this.basePath, nqn: volumeNqn(id), ...unknown }
    this.disks.set(id, { volume, admitted, cuts: 0, owner: 'older', content: EMPTY })
    return volume
  }

  /** Every session ends; its volumes and whom they let in stay. */
  powerOff(): void {
    this.powered = false
    for (const disk of this.disks.values()) disk.cuts += 1
  }

  powerOn(): void {
    this.powered = true
  }
}

/** One process of one owner before an appliance: what it may see, and what it does not know for certain. */
export class MemoryProcess {
  readonly appliance: MemoryAppliance
  readonly owner: ClusterId
  isStarted = false
  readonly #doubts = new Set<string>()

  constructor(appliance: MemoryAppliance, owner: ClusterId) {
    this.appliance = appliance
    this.owner = owner
  }

  /** Each call of a port begins with this. */
  async enter(method: string, about: string, signal: AbortSignal): Promise<void> {
    await this.appliance.script.enter(method, about, signal)
    if (this.isStarted || method === 'start') return
    throw new StorageError('unavailable', 'the appliance has not been listed yet')
  }

  /** A disk that this process may treat as its volume: its own, or one of the older driver. */
  disk(id: VolumeId): Disk | undefined {
    const disk = this.appliance.disks.get(id)
    return disk?.owner === this.owner || disk?.owner === 'older' ? disk : undefined
  }

  /** The same, asked of the appliance where an earlier command may have changed it unseen. */
  async certain(id: VolumeId, signal: AbortSignal): Promise<Disk | undefined> {
    return this.#doubts.has(id) ? this.asked(id, signal) : this.disk(id)
  }

  /** The same, asked of the appliance in any case. */
  async asked(id: VolumeId, signal: AbortSignal): Promise<Disk | undefined> {
    const disk = await this.appliance.link.send(() => this.disk(id), signal)
    this.#doubts.delete(id)
    return disk
  }

  /** One command that changes the volume or snapshot. One that fails on its way leaves a doubt. */
  async change<T>(id: VolumeId | SnapshotId, effect: () => T, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    if (this.appliance.link.isUp) this.#doubts.add(id)
    const result = await this.appliance.link.send(effect, signal)
    this.#doubts.delete(id)
    return result
  }
}
