import { Container, type ContainerModule } from 'inversify'
import { csiModule } from './adapters/csi/csi.module.ts'
import { KubernetesConnection } from './adapters/kubernetes/kubernetes-adapter.ts'
import { kubernetesModule } from './adapters/kubernetes/kubernetes.module.ts'
import { logModule } from './adapters/log/log.module.ts'
import { parseListenAddress, prometheusModule, ReadyCheck } from './adapters/prometheus/prometheus.module.ts'
import { systemModule } from './adapters/system/system.module.ts'
import { commonModule } from './app/common.module.ts'
import { controllerModule } from './app/controller.module.ts'
import { operationsModule } from './app/operations.module.ts'
import { Readiness } from './app/readiness.ts'
import { applianceModule } from './compose-appliance.ts'
import type { ControllerConfig } from './config.ts'
import { clusterId } from './domain/ids.ts'
import { version } from './version.ts'

/** Where volumes may live, by the name that `--backend` gives. Each binds VolumeBackend, HostAccess and BackendHealth. */
const BACKENDS: Readonly<Record<ControllerConfig['backend'], (config: ControllerConfig) => ContainerModule>> = {
  routeros: config =>
    applianceModule(config, config.fencing === 'firewall' ? { portRange: config['nvme-port-range'] } : {}),
}

/** How long events and annotations that wait may take at the end. */
const FAREWELL = 3_000

export interface ControllerParts {
  readonly container: Container
  /** Posts and writes what still waits; to be called while the Lease is held and nothing acts any more. */
  readonly tellTheRest: () => Promise<void>
  /** Ends the connections to the cluster, once the Lease is given back. */
  readonly disconnect: () => Promise<void>
}

/** The controller's parts, chosen and wired; nothing is started. */
export function composeController(config: ControllerConfig): ControllerParts {
  const driverName = config['driver-name']
  const container = new Container()
  container.load(
    systemModule(),
    logModule({ level: config['log-level'], format: config['log-format'] }),
    prometheusModule({ role: 'controller', driverName, listen: parseListenAddress(config['metrics-address']) }),
    commonModule(),
    controllerModule(settingsOf(config)),
    operationsModule({
      orphanInterval: config['orphan-check-interval'],
      orphanGrace: config['orphan-grace-period'],
      orphanDelete: config['orphan-delete'],
      hardwareInterval: config['hardware-interval'],
    }),
    BACKENDS[config.backend](config),
    kubernetes(config),
    csiModule({
      role: 'controller',
      driverName,
      version,
      onlineExpansion: config['online-expansion'],
      rdsAddress: config['rds-address'],
    }),
  )
  container
    .bind<ReadyCheck>(ReadyCheck)
    .toResolvedValue((readiness: Readiness) => () => readiness.why, [Readiness])
    .inSingletonScope()
  const connection = () => container.get<KubernetesConnection>(KubernetesConnection)
  return { container, tellTheRest: () => connection().drain(FAREWELL), disconnect: () => connection().close() }
}

const settingsOf = (config: ControllerConfig) => ({
  installation: {
    rdsAddress: config['rds-address'],
    nvmeAddress: config['nvme-address'],
    nvmePort: config['nvme-port'],
    basePath: config['rds-volume-base-path'],
  },
  onlineExpansion: config['online-expansion'],
  fencing: config.fencing,
  hostLists: config['nvme-host-lists'],
  grace: config['attachment-grace-period'],
  reconcileInterval: config['attachment-reconcile-interval'],
})

function kubernetes(config: ControllerConfig): ContainerModule {
  const owner = config['cluster-id']
  return kubernetesModule({
    kubeconfig: config.kubeconfig,
    driverName: config['driver-name'],
    clusterId: owner === undefined ? undefined : clusterId(owner),
    namespace: config['leader-election-namespace'],
    identity: config['leader-election-identity'],
    leaderElection: config['leader-election'],
    leaseDuration: config['leader-election-lease-duration'],
  })
}
