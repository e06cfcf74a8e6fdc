import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  connectKubernetes,
  type KubernetesAdapter,
  type KubernetesOptions,
} from '../../../src/adapters/kubernetes/kubernetes-adapter.ts'
import {
  type ClusterOptions,
  type RunningCluster,
  startCluster,
} from '../../../src/adapters/sim/cluster/start-cluster.ts'
import { type Instant, instant, type Millis } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type { ClusterChange } from '../../../src/ports/cluster.ts'
import type { Observation, Telemetry } from '../../../src/ports/telemetry.ts'
import { RecordedLog } from '../../support/recorded-log.ts'

export const DRIVER = 'rds.csi.srvlab.io'

/** Real time, in which every pause of less than a minute is short. */
export class HastyClock implements Clock {
  now(): Instant {
    return instant(Date.now())
  }

  monotonic(): Millis {
    return performance.now()
  }

  sleep(span: Millis, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        clearTimeout(timer)
        reject(signal.reason)
      }
      const timer = setTimeout(
        () => {
          signal.removeEventListener('abort', abort)
          resolve()
        },
        span < 60_000 ? Math.min(span, 10) : span,
      )
      signal.addEventListener('abort', abort, { once: true })
    })
  }
}

export class RecordedTelemetry implements Telemetry {
  readonly observations: Observation[] = []

  observe(observation: Observation): void {
    this.observations.push(observation)
  }
}

/** Resolves once it is so; after five seconds the failure says what did not come about. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`never came about: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

export interface Rig extends KubernetesAdapter {
  readonly server: RunningCluster
  readonly log: RecordedLog
  readonly telemetry: RecordedTelemetry
  readonly changes: ClusterChange[]
  readonly kubeconfig: string
  /** Starts the caches and resolves when they are complete. */
  start(): Promise<void>
  /** Another adapter on the same cluster: another replica, or this one after a restart. */
  replica(changes?: Partial<KubernetesOptions>, clock?: Clock): KubernetesAdapter
  close(): Promise<void>
}

/** The adapter on a simulated cluster over real HTTPS. */
export async function openRig(cluster: ClusterOptions = {}, own: Partial<KubernetesOptions> = {}): Promise<Rig> {
  const server = await startCluster({ nodes: ['node-a', 'node-b', 'node-c'], ...cluster })
  server.store.put('namespaces', { metadata: { name: 'vms' }, status: { phase: 'Active' } })
  const folder = mkdtempSync(join(tmpdir(), 'rds-csi-kubernetes-'))
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, server.kubeconfig, { mode: 0o600 })
  const [log, telemetry, stop] = [new RecordedLog(), new RecordedTelemetry(), new AbortController()]
  const opened: KubernetesAdapter[] = []
  const replica = (changes: Partial<KubernetesOptions> = {}, clock: Clock = new HastyClock()): KubernetesAdapter => {
    const options = { ...optionsFor(kubeconfig), ...own, ...changes }
    const adapter = connectKubernetes(options, { clock, log, telemetry })
    opened.push(adapter)
    return adapter
  }
  const adapter = replica()
  const changes: ClusterChange[] = []
  adapter.cluster.onChange(change => changes.push(change))
  const close = async (): Promise<void> => {
    stop.abort(new Error('the test is over'))
    await Promise.all(
      opened.map(async ({ connection }) => {
        await connection.drain(1000)
        await connection.close()
      }),
    )
    await server.close()
    rmSync(folder, { recursive: true })
  }
  const start = (): Promise<void> => adapter.cluster.start(stop.signal)
  return { ...adapter, server, log, telemetry, changes, kubeconfig, start, replica, close }
}

const optionsFor = (kubeconfig: string): KubernetesOptions => ({
  kubeconfig,
  driverName: DRIVER,
  clusterId: undefined,
  namespace: 'rds-csi',
  identity: 'controller-0',
  leaderElection: true,
  leaseDuration: 15_000,
})
