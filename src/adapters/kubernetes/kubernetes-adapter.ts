import type { ClusterId, Millis } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Telemetry } from '../../ports/telemetry.ts'
import { HolderAnnotations } from './annotations.ts'
import { KubernetesEvents } from './claim-events.ts'
import { KubernetesCluster } from './cluster.ts'
import { ClusterCache } from './cluster-cache.ts'
import { EventRecorder } from './event-recorder.ts'
import { KubeClient } from './kube-client.ts'
import { contextNamespace, loadKubeConfig } from './kube-config.ts'
import { leaseName } from './lease-object.ts'
import { LeaseStore } from './lease-store.ts'
import { KubernetesLeadership, NoLeadership } from './leases.ts'
import { ConfigMapLedger, ledgerName } from './orphan-ledger.ts'
import { KubernetesReferences } from './references.ts'

export interface KubernetesOptions {
  /** Path of a kubeconfig; undefined or empty: the pod's service account. */
  readonly kubeconfig: string | undefined
  readonly driverName: string
  /** Undefined: the uid of the namespace `kube-system`. */
  readonly clusterId: ClusterId | undefined
  /** Of the Lease; undefined: the pod's, or that of the kubeconfig's context. */
  readonly namespace: string | undefined
  /** Unique for each replica; the same after a restart. */
  readonly identity: string
  readonly leaderElection: boolean
  readonly leaseDuration: Millis
}

/** The way to an orderly end. */
export interface KubernetesConnection {
  /** Resolves once nothing waits to be posted or written. */
  idle(): Promise<void>
  /** Posts and writes what still waits, within the limit; nothing afterwards. */
  drain(limit: Millis): Promise<void>
  /**
   * Ends all connections, once the Lease is given back. To be called after the signals of `Cluster.start` and
   * `Leadership.acquire` have aborted.
   */
  close(): Promise<void>
}
export const KubernetesConnection = Symbol.for('KubernetesConnection')

export interface KubernetesPorts {
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
}

/** The adapter's parts by the ports that they serve. */
export interface KubernetesAdapter {
  readonly cluster: KubernetesCluster
  readonly leadership: KubernetesLeadership | NoLeadership
  readonly events: KubernetesEvents
  readonly annotations: HolderAnnotations
  readonly recorder: EventRecorder
  readonly references: KubernetesReferences
  readonly ledger: ConfigMapLedger
  readonly connection: KubernetesConnection
}

/**
 * Makes the whole adapter. Throws StorageError `invalid` where the configuration cannot be used. Nothing is asked of the API
 * server before `Cluster.start` or `Leadership.acquire`.
 */
export function connectKubernetes(options: KubernetesOptions, ports: KubernetesPorts): KubernetesAdapter {
  const { driverName, identity, clusterId } = options
  const config = loadKubeConfig(options.kubeconfig)
  const client = new KubeClient(config)
  const cache = new ClusterCache(ports.log)
  const recorder = new EventRecorder({ ...ports, client, reporter: { driverName, identity } })
  const events = new KubernetesEvents(cache, recorder, ports.log)
  const annotations = new HolderAnnotations({ ...ports, client, directory: cache, driverName })
  const cluster = new KubernetesCluster({ ...ports, client, cache, driverName, clusterId })
  const namespace = options.namespace ?? contextNamespace(config)
  const leadership = options.leaderElection ? elected(options, namespace, { ...ports, client }) : new NoLeadership()
  const references = new KubernetesReferences(client, cache)
  const ledger = new ConfigMapLedger(client, { namespace, name: ledgerName(driverName) }, ports.log)
  const connection: KubernetesConnection = {
    idle: async () => {
      await Promise.all([recorder.idle(), annotations.idle()])
    },
    drain: async limit => {
      await Promise.all([recorder.drain(limit), annotations.drain(limit)])
    },
    close: async () => {
      await leadership.settled()
      await client.close()
    },
  }
  return { cluster, leadership, events, annotations, recorder, references, ledger, connection }
}

function elected(
  { driverName, identity, leaseDuration }: KubernetesOptions,
  namespace: string,
  { client, clock, log }: KubernetesPorts & { readonly client: KubeClient },
): KubernetesLeadership {
  const name = leaseName(driverName)
  const store = new LeaseStore(client, namespace, name)
  return new KubernetesLeadership({ namespace, name, identity, duration: leaseDuration }, { store, clock, log })
}
