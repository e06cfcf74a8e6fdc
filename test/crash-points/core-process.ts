import { Container, ContainerModule } from 'inversify'
import { routerosModule } from '../../src/adapters/routeros/routeros.module.ts'
import type { RunningDevice } from '../../src/adapters/sim/routeros-device/running-device.ts'
import { sha1, sha256 } from '../../src/adapters/system/digests.ts'
import { AttachmentRegistry } from '../../src/app/attachment-registry.ts'
import { Attachments } from '../../src/app/attachments.ts'
import { commonModule } from '../../src/app/common.module.ts'
import { ControllerLife } from '../../src/app/controller-life.ts'
import { controllerModule } from '../../src/app/controller.module.ts'
import { GroupSnapshots } from '../../src/app/group-snapshots.ts'
import { operationsModule } from '../../src/app/operations.module.ts'
import { Readiness } from '../../src/app/readiness.ts'
import { Snapshots } from '../../src/app/snapshots.ts'
import { VolumeChanges } from '../../src/app/volume-changes.ts'
import { Volumes } from '../../src/app/volumes.ts'
import type { Millis } from '../../src/domain/ids.ts'
import { Clock } from '../../src/ports/clock.ts'
import { Cluster } from '../../src/ports/cluster.ts'
import { ClusterReferences } from '../../src/ports/cluster-references.ts'
import { Digests } from '../../src/ports/digests.ts'
import { Logger } from '../../src/ports/logger.ts'
import { OrphanLedger } from '../../src/ports/orphan-ledger.ts'
import { Telemetry } from '../../src/ports/telemetry.ts'
import type { MemoryCluster } from '../support/memory-cluster.ts'
import { MemoryLedger, type MemoryLedgerStore, type MemoryReferences } from '../support/memory-references.ts'
import { RecordedLog } from '../support/recorded-log.ts'
import { RecordingTelemetry } from '../support/recording-sink.ts'
import type { SimulatedClock } from '../support/simulated-clock.ts'
import { Relay } from './relay.ts'
import { BASE_PATH, NVME_PORT, PASSWORD, type Setting } from './setting.ts'

/** How long a lost node, a vanished record or an unjustified export is waited for. */
export const GRACE: Millis = 5_000
export const RECONCILE_INTERVAL: Millis = 10_000
export const ORPHAN_INTERVAL: Millis = 6_000
export const ORPHAN_GRACE: Millis = 5_000
const NEVER: Millis = 1_000_000_000

/** What all processes have in common, one after the other. */
export interface Surroundings {
  readonly setting: Setting
  readonly device: RunningDevice
  readonly clock: SimulatedClock
  readonly cluster: MemoryCluster
  readonly references: MemoryReferences
  readonly ledger: MemoryLedgerStore
  /** Called for everything that passes between process and appliance. */
  readonly onTraffic: () => void
}

/** One life of the controller: its use cases and its backend as they are wired in earnest, on a link of its own. */
export class CoreProcess {
  readonly log = new RecordedLog()
  readonly #relay: Relay
  readonly #container = new Container()
  readonly #stop = new AbortController()
  readonly #ledger: MemoryLedger
  #life: Promise<void> = Promise.resolve()
  #end: Promise<void> | undefined

  private constructor(surroundings: Surroundings, relay: Relay) {
    this.#relay = relay
    this.#ledger = new MemoryLedger(surroundings.ledger)
    this.#container.load(
      commonModule(),
      controllerModule(settingsOf(surroundings.setting)),
      operationsModule(operationsOf(surroundings.setting)),
      routerosModule(applianceOf(surroundings, relay.port)),
      this.#doubles(surroundings),
    )
  }

  /** Begins to live; it is ready once `why` is undefined. */
  static async start(surroundings: Surroundings): Promise<CoreProcess> {
    const { device, setting, onTraffic } = surroundings
    const relay = await Relay.to(device.addresses[SERVICES[setting.wire]]!.port, onTraffic)
    const process = new CoreProcess(surroundings, relay)
    process.#life = process.#container.get(ControllerLife).run(undefined, process.#stop.signal)
    return process
  }

  /** Aborted as soon as it is dead. */
  get dead(): AbortSignal {
    return this.#stop.signal
  }
  /** Why it is not ready. */
  get why(): string | undefined {
    return this.#container.get(Readiness).why
  }
  get volumes(): Volumes {
    return this.#container.get(Volumes)
  }
  get changes(): VolumeChanges {
    return this.#container.get(VolumeChanges)
  }
  get snapshots(): Snapshots {
    return this.#container.get(Snapshots)
  }
  get groups(): GroupSnapshots {
    return this.#container.get(GroupSnapshots)
  }
  get attachments(): Attachments {
    return this.#container.get(Attachments)
  }
  get registry(): AttachmentRegistry {
    return this.#container.get(AttachmentRegistry)
  }

  /** Dies at once: whatever it still does reaches nobody. */
  kill(): void {
    if (this.dead.aborted) return
    this.#relay.cut()
    const death = new Error('the process is dead')
    for (const method of ['read', 'write']) this.#ledger.script.fail(method, death, Number.POSITIVE_INFINITY)
    this.#stop.abort(death)
    this.#end = this.#bury()
  }

  /** Resolves when nothing of it is left in memory either. */
  async buried(): Promise<void> {
    this.kill()
    await this.#end
  }

  async #bury(): Promise<void> {
    await this.#life
    await this.#container.unbindAllAsync()
  }

  #doubles({ clock, cluster, references }: Surroundings): ContainerModule {
    return new ContainerModule(({ bind }) => {
      bind(Clock).toConstantValue(clock)
      bind(Logger).toConstantValue(this.log)
      bind(Telemetry).toConstantValue(new RecordingTelemetry())
      bind(Digests).toConstantValue({ sha1, sha256 })
      bind(Cluster).toConstantValue(cluster)
      bind(ClusterReferences).toConstantValue(references)
      bind(OrphanLedger).toConstantValue(this.#ledger)
    })
  }
}

const SERVICES = { api: 'api', rest: 'rest', ssh: 'ssh' } as const

const settingsOf = ({ fencing }: Setting) => ({
  installation: { rdsAddress: '10.0.0.254', nvmeAddress: '10.0.1.254', nvmePort: NVME_PORT, basePath: BASE_PATH },
  onlineExpansion: false,
  fencing,
  hostLists: false,
  grace: GRACE,
  reconcileInterval: RECONCILE_INTERVAL,
})

const operationsOf = ({ sweeps }: Setting) => ({
  orphanInterval: sweeps ? ORPHAN_INTERVAL : NEVER,
  orphanGrace: ORPHAN_GRACE,
  orphanDelete: sweeps,
  hardwareInterval: NEVER,
})

const applianceOf = ({ setting, device }: Surroundings, port: number) => ({
  address: '127.0.0.1',
  port,
  transport: setting.wire === 'api' ? ('api-plain' as const) : setting.wire,
  user: 'admin',
  password: async () => PASSWORD,
  ...(device.certificate && { tls: { fingerprint: device.certificate.fingerprint } }),
  ...(device.hostKey && { ssh: { hostKey: device.hostKey.fingerprint } }),
  basePath: BASE_PATH,
  nvmePort: NVME_PORT,
  snapshots: setting.snapshots,
  ...(setting.fencing === 'firewall' && { portRange: { first: 4500, last: 4599 } }),
})
