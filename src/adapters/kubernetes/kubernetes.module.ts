import { ContainerModule } from 'inversify'
import { Clock } from '../../ports/clock.ts'
import { Cluster } from '../../ports/cluster.ts'
import { ClusterReferences } from '../../ports/cluster-references.ts'
import { FactListener } from '../../ports/fact-sink.ts'
import { Leadership } from '../../ports/leadership.ts'
import { Logger } from '../../ports/logger.ts'
import { OrphanLedger } from '../../ports/orphan-ledger.ts'
import { Telemetry } from '../../ports/telemetry.ts'
import {
  connectKubernetes,
  type KubernetesAdapter,
  KubernetesConnection,
  type KubernetesOptions,
} from './kubernetes-adapter.ts'

const Adapter = Symbol.for('KubernetesAdapter')

/**
 * Binds `Cluster`, `ClusterReferences`, `OrphanLedger`, `Leadership`, `KubernetesConnection` and two `FactListener`s: events
 * and annotations.
 */
export function kubernetesModule(options: KubernetesOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind<KubernetesAdapter>(Adapter)
      .toResolvedValue(
        (clock: Clock, log: Logger, telemetry: Telemetry) => connectKubernetes(options, { clock, log, telemetry }),
        [Clock, Logger, Telemetry],
      )
      .inSingletonScope()
    bind(Cluster).toResolvedValue((adapter: KubernetesAdapter) => adapter.cluster, [Adapter])
    bind(ClusterReferences).toResolvedValue((adapter: KubernetesAdapter) => adapter.references, [Adapter])
    bind(OrphanLedger).toResolvedValue((adapter: KubernetesAdapter) => adapter.ledger, [Adapter])
    bind(Leadership).toResolvedValue((adapter: KubernetesAdapter) => adapter.leadership, [Adapter])
    bind(KubernetesConnection).toResolvedValue((adapter: KubernetesAdapter) => adapter.connection, [Adapter])
    bind(FactListener).toResolvedValue((adapter: KubernetesAdapter) => adapter.events, [Adapter])
    bind(FactListener).toResolvedValue((adapter: KubernetesAdapter) => adapter.annotations, [Adapter])
  })
}
