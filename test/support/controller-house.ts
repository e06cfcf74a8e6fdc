import { Container, ContainerModule } from 'inversify'
import { onTestFinished } from 'vitest'
import { sha1, sha256 } from '../../src/adapters/system/digests.ts'
import { AttachmentRegistry } from '../../src/app/attachment-registry.ts'
import { Attachments, type PublishGrant } from '../../src/app/attachments.ts'
import { commonModule } from '../../src/app/common.module.ts'
import { ControllerLife } from '../../src/app/controller-life.ts'
import { controllerModule, type ControllerSettings } from '../../src/app/controller.module.ts'
import { GroupSnapshots } from '../../src/app/group-snapshots.ts'
import { HardwareWatch } from '../../src/app/hardware-watch.ts'
import { OrphanCheck } from '../../src/app/orphan-check.ts'
import { Readiness } from '../../src/app/readiness.ts'
import { Snapshots } from '../../src/app/snapshots.ts'
import { VolumeChanges } from '../../src/app/volume-changes.ts'
import { Volumes } from '../../src/app/volumes.ts'
import type { Access } from '../../src/domain/attachment.ts'
import type { Capability } from '../../src/domain/capability.ts'
import { GiB } from '../../src/domain/capacity.ts'
import { hostIdentity } from '../../src/domain/host-identity.ts'
import { type Instant, instant, type NodeId, nodeId, type VolumeId } from '../../src/domain/ids.ts'
import { BackendInspection, type Finding } from '../../src/ports/backend-inspection.ts'
import { BackendHealth } from '../../src/ports/backend-health.ts'
import { Clock } from '../../src/ports/clock.ts'
import { type AttachmentRecord, Cluster } from '../../src/ports/cluster.ts'
import { Digests } from '../../src/ports/digests.ts'
import { FactListener } from '../../src/ports/fact-sink.ts'
import { HostAccess } from '../../src/ports/host-access.ts'
import { Logger } from '../../src/ports/logger.ts'
import { NetworkFence } from '../../src/ports/network-fence.ts'
import { SnapshotBackend } from '../../src/ports/snapshot-backend.ts'
import { Telemetry } from '../../src/ports/telemetry.ts'
import { VolumeBackend } from '../../src/ports/volume-backend.ts'
import { MemoryAppliance } from './memory-appliance.ts'
import { MemoryCluster } from './memory-cluster.ts'
import { RecordedLog } from './recorded-log.ts'
import { RecordingSink, RecordingTelemetry } from './recording-sink.ts'
import { SimulatedClock } from './simulated-clock.ts'

export const NODE_A = nodeId('node-a')
export const NODE_B = nodeId('node-b')
export const NODE_C = nodeId('node-c')
export const VOLUME = 'pvc-11111111-2222-4333-8444-555555555555' as VolumeId
export const FOLDER = '/pool/volumes'
export const INSTALLATION = { rdsAddress: '10.0.0.1', nvmeAddress: '10.0.1.1', nvmePort: 4420, basePath: FOLDER }
export const GRACE = 30_000
export const TIMEOUT = 300_000

export const migratable: Capability = { use: 'block', mode: 'MULTI_NODE_MULTI_WRITER' }
export const exclusive: Capability = { use: 'block', mode: 'SINGLE_NODE_WRITER' }
const DEFAULTS = {
  installation: INSTALLATION,
  onlineExpansion: false,
  fencing: 'export',
  hostLists: false,
  grace: GRACE,
  reconcileInterval: 300_000,
} as const

export const never = new AbortController().signal

export interface HouseOptions {
  readonly settings?: Partial<ControllerSettings>
  /** Kept over from a former process. */
  readonly clock?: SimulatedClock
  readonly appliance?: MemoryAppliance
  readonly cluster?: MemoryCluster
}

/** The controller's use cases as they are wired in earnest, onto doubles. Nothing runs before `start`. */
export class ControllerHouse {
  readonly container = new Container()
  /** What checks of the appliance find. */
  findings: readonly Finding[] = []
  readonly sink = new RecordingSink()
  readonly telemetry = new RecordingTelemetry()
  readonly log = new RecordedLog()
  readonly clock: SimulatedClock
  readonly appliance: MemoryAppliance
  readonly cluster: MemoryCluster
  readonly #settings: Partial<ControllerSettings>
  readonly #stop = new AbortController()
  #life: Promise<void> = Promise.resolve()

  constructor({ settings = {}, clock, appliance, cluster }: HouseOptions = {}) {
    this.#settings = settings
    this.clock = clock ?? new SimulatedClock()
    this.appliance = appliance ?? new MemoryAppliance()
    this.cluster = cluster ?? new MemoryCluster(NODE_A, NODE_B, NODE_C)
    this.container.load(commonModule(), controllerModule({ ...DEFAULTS, ...settings }), this.#doubles())
    onTestFinished(() => this.stop())
  }

  get volumes(): Volumes {
    return this.container.get(Volumes)
  }
  get changes(): VolumeChanges {
    return this.container.get(VolumeChanges)
  }
  get snapshots(): Snapshots {
    return this.container.get(Snapshots)
  }
  get groups(): GroupSnapshots {
    return this.container.get(GroupSnapshots)
  }
  get attachments(): Attachments {
    return this.container.get(Attachments)
  }
  get registry(): AttachmentRegistry {
    return this.container.get(AttachmentRegistry)
  }
  get readiness(): Readiness {
    return this.container.get(Readiness)
  }

  /** Comes to life, as after any restart. */
  async start(toldUntil?: Instant): Promise<this> {
    this.launch(toldUntil)
    while (this.readiness.why !== undefined) await this.clock.advance(0)
    return this
  }

  /** Ends, and another process takes its place: with the same cluster, appliance and clock, and nothing remembered. */
  async restart(settings: Partial<ControllerSettings> = {}): Promise<ControllerHouse> {
    await this.stop()
    const { clock, appliance, cluster } = this
    return new ControllerHouse({ clock, appliance, cluster, settings: { ...this.#settings, ...settings } }).start()
  }

  /** Begins to come to life and does not wait. */
  launch(toldUntil?: Instant): void {
    this.#life = this.container.get(ControllerLife).run(toldUntil, this.#stop.signal)
  }

  /** Ends as a process ends: nothing is said to anybody. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the process ends'))
    await this.#life
  }

  seed(id: VolumeId = VOLUME): void {
    this.appliance.seed({ id, name: id, bytes: GiB, folder: FOLDER })
  }

  publish(node: NodeId, capability: Capability = exclusive): Promise<PublishGrant> {
    const wanted = { volume: VOLUME, node, capability, readOnly: false, migrationTimeout: TIMEOUT }
    return this.attachments.publish(wanted, never)
  }

  unpublish(node: NodeId | 'every-node'): Promise<void> {
    return this.attachments.unpublish(VOLUME, node, never)
  }

  /** The volume's PersistentVolume. */
  describe(access: Access): void {
    this.cluster.describe({ volume: VOLUME, access, migrationTimeout: TIMEOUT })
  }

  /** A VolumeAttachment as the attacher leaves it after a publish. */
  record(node: NodeId, since: Instant = this.clock.now(), more: Partial<AttachmentRecord> = {}): AttachmentRecord {
    const name = `csi-${node}`
    const flags = { attached: true, leaving: undefined, sharing: false, lost: false }
    return { volume: VOLUME, node, name, uid: `uid-${node}-${since}`, since: instant(since), ...flags, ...more }
  }

  hostOf(node: NodeId): string {
    return hostIdentity(this.cluster.identity(), node, sha1).hostNqn
  }

  #doubles(): ContainerModule {
    return new ContainerModule(({ bind }) => {
      bind(Clock).toConstantValue(this.clock)
      bind(Logger).toConstantValue(this.log)
      bind(Telemetry).toConstantValue(this.telemetry)
      bind(Digests).toConstantValue({ sha1, sha256 })
      bind(Cluster).toConstantValue(this.cluster)
      bind(VolumeBackend).toConstantValue(this.appliance.backend)
      bind(HostAccess).toConstantValue(this.appliance.hosts)
      bind(SnapshotBackend).toConstantValue(this.appliance.snapshots)
      bind(NetworkFence).toConstantValue(this.appliance.network)
      bind(BackendHealth).toConstantValue(this.appliance.health)
      bind(FactListener).toConstantValue(this.sink)
      const inspect = async () => this.findings
      bind(BackendInspection).toConstantValue({ essentials: inspect, everything: inspect })
      for (const idle of [OrphanCheck, HardwareWatch]) bind<unknown>(idle).toConstantValue({ tick: async () => {} })
    })
  }
}

/** A controller that lives, with one volume. */
export async function livingHouse(options: HouseOptions = {}): Promise<ControllerHouse> {
  const house = new ControllerHouse(options)
  house.seed()
  return house.start()
}
