import { Container, ContainerModule } from 'inversify'
import { sha1 } from '../../src/adapters/system/digests.ts'
import { commonModule } from '../../src/app/common.module.ts'
import { nodeModule } from '../../src/app/node.module.ts'
import { NodeVolumes } from '../../src/app/node-volumes.ts'
import { type NodePublishRequest, Publishing } from '../../src/app/publishing.ts'
import { Readiness } from '../../src/app/readiness.ts'
import { type StageRequest, Staging } from '../../src/app/staging.ts'
import type { Capability, FilesystemCapability } from '../../src/domain/capability.ts'
import { GiB } from '../../src/domain/capacity.ts'
import { hostIdentity } from '../../src/domain/host-identity.ts'
import { type ClusterId, nodeId } from '../../src/domain/ids.ts'
import { readContext } from '../../src/domain/volume-context.ts'
import { volumeNqn } from '../../src/domain/volume-id.ts'
import { Clock } from '../../src/ports/clock.ts'
import { FactListener } from '../../src/ports/fact-sink.ts'
import { Filesystem } from '../../src/ports/filesystem.ts'
import { Logger } from '../../src/ports/logger.ts'
import { NvmeInitiator } from '../../src/ports/nvme-initiator.ts'
import { Telemetry } from '../../src/ports/telemetry.ts'
import { FOLDER, VOLUME } from './controller-house.ts'
import { MemoryAppliance } from './memory-appliance.ts'
import { MemoryFilesystem } from './memory-filesystem.ts'
import { MemoryInitiator } from './memory-initiator.ts'
import { RecordedLog } from './recorded-log.ts'
import { RecordingSink, RecordingTelemetry } from './recording-sink.ts'
import { SimulatedClock } from './simulated-clock.ts'

export const NQN = volumeNqn(VOLUME)
export const STAGING = '/var/lib/kubelet/staging/globalmount'
export const TARGET = '/var/lib/kubelet/pods/one/mount'
export const OTHER_TARGET = '/var/lib/kubelet/pods/two/mount'

export const ext4: FilesystemCapability = {
  use: 'filesystem',
  mode: 'SINGLE_NODE_WRITER',
  fsType: 'ext4',
  mountFlags: [],
}
export const block: Capability = { use: 'block', mode: 'SINGLE_NODE_WRITER' }

/** A node's use cases as they are wired in earnest, onto doubles; one volume of 1 GiB is exported to the node. */
export class NodeHouse {
  readonly container = new Container()
  readonly appliance = new MemoryAppliance()
  readonly initiator = new MemoryInitiator(this.appliance)
  readonly filesystem = new MemoryFilesystem()
  readonly sink = new RecordingSink()
  readonly log = new RecordedLog()
  readonly telemetry = new RecordingTelemetry()
  readonly host = hostIdentity('6ba7b810-9dad-41d1-80b4-00c04fd430c8' as ClusterId, nodeId('node-a'), sha1)

  constructor() {
    const admitted = { to: 'host', host: this.host.hostNqn } as const
    this.appliance.seed({ id: VOLUME, name: VOLUME, bytes: GiB, folder: FOLDER }, admitted)
    this.container.load(commonModule(), nodeModule(), this.#doubles())
  }

  get staging(): Staging {
    return this.container.get(Staging)
  }
  get publishing(): Publishing {
    return this.container.get(Publishing)
  }
  get volumes(): NodeVolumes {
    return this.container.get(NodeVolumes)
  }
  get readiness(): Readiness {
    return this.container.get(Readiness)
  }

  stageRequest(capability: Capability = ext4, more: Partial<StageRequest> = {}): StageRequest {
    const reading = readContext({ nvmeAddress: '10.0.1.1' }, NQN)
    if (typeof reading === 'string') throw new Error(reading)
    const { context } = reading
    return { volume: VOLUME, stagingPath: STAGING, capability, context, host: this.host, bytes: GiB, ...more }
  }

  publishRequest(capability: Capability = ext4, more: Partial<NodePublishRequest> = {}): NodePublishRequest {
    return { volume: VOLUME, stagingPath: STAGING, targetPath: TARGET, capability, readOnly: false, ...more }
  }

  #doubles(): ContainerModule {
    return new ContainerModule(({ bind }) => {
      bind(Clock).toConstantValue(new SimulatedClock())
      bind(Logger).toConstantValue(this.log)
      bind(Telemetry).toConstantValue(this.telemetry)
      bind(NvmeInitiator).toConstantValue(this.initiator)
      bind(Filesystem).toConstantValue(this.filesystem)
      bind(FactListener).toConstantValue(this.sink)
    })
  }
}
