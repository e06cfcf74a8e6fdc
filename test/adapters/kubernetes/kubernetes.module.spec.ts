import { Container } from 'inversify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SystemClock } from '../../../src/adapters/system/system-clock.ts'
import { KubernetesCluster } from '../../../src/adapters/kubernetes/cluster.ts'
import { KubernetesConnection, type KubernetesOptions } from '../../../src/adapters/kubernetes/kubernetes-adapter.ts'
import { kubernetesModule } from '../../../src/adapters/kubernetes/kubernetes.module.ts'
import { KubernetesLeadership, NoLeadership } from '../../../src/adapters/kubernetes/leases.ts'
import { Clock } from '../../../src/ports/clock.ts'
import { Cluster } from '../../../src/ports/cluster.ts'
import { FactListener, type FactSink } from '../../../src/ports/fact-sink.ts'
import { Leadership } from '../../../src/ports/leadership.ts'
import { Logger } from '../../../src/ports/logger.ts'
import { Telemetry } from '../../../src/ports/telemetry.ts'
import { RecordedLog } from '../../support/recorded-log.ts'
import { about, eventsOf, nodeA } from './event-rig.ts'
import { persistentVolume, VOLUME } from './objects.ts'
import { DRIVER, openRig, RecordedTelemetry, type Rig } from './rig.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openRig()
})
afterEach(() => rig.close())

function containerFor(changes: Partial<KubernetesOptions> = {}): Container {
  const options: KubernetesOptions = {
    kubeconfig: rig.kubeconfig,
    driverName: DRIVER,
    clusterId: undefined,
    namespace: undefined,
    identity: 'controller-0',
    leaderElection: true,
    leaseDuration: 15_000,
    ...changes,
  }
  const container = new Container()
  container.bind<Clock>(Clock).toConstantValue(new SystemClock())
  container.bind<Logger>(Logger).toConstantValue(new RecordedLog())
  container.bind<Telemetry>(Telemetry).toConstantValue(new RecordedTelemetry())
  container.load(kubernetesModule(options))
  return container
}

describe('the module', () => {
  it('binds a cluster, leadership and two sinks that belong together, and the way to their end', async () => {
    rig.server.store.put('persistentvolumes', persistentVolume())
    const container = containerFor()
    const stop = new AbortController()
    const cluster = container.get<Cluster>(Cluster)
    const leadership = container.get<Leadership>(Leadership)
    expect(cluster).toBeInstanceOf(KubernetesCluster)
    expect(container.get(Cluster)).toBe(cluster)
    expect(leadership).toBeInstanceOf(KubernetesLeadership)
    await Promise.all([cluster.start(stop.signal), leadership.acquire(stop.signal)])
    const sinks = container.getAll<FactSink>(FactListener)
    for (const sink of sinks) sink.publish({ type: 'attached', node: nodeA, beside: [] }, about())
    const connection = container.get<KubernetesConnection>(KubernetesConnection)
    await connection.drain(60_000)
    expect((await eventsOf(rig)).map(({ reason }) => reason)).toEqual(['VolumeAttached'])
    const annotations = rig.server.store.get('persistentvolumes', VOLUME)?.metadata.annotations
    expect(annotations?.[`${DRIVER}/attached-node`]).toBe('node-a')
    stop.abort(new Error('stopping'))
    await connection.close()
    const [lease] = rig.server.store.list('leases')
    expect(lease).toMatchObject({
      metadata: { name: `rds-csi-${DRIVER}`, namespace: 'default' },
      spec: { holderIdentity: '' },
    })
    expect(rig.server.faults.openWatches()).toBe(0)
  })

  it('needs no lease where leader election is off', async () => {
    const container = containerFor({ leaderElection: false })
    const leadership = container.get<Leadership>(Leadership)
    expect(leadership).toBeInstanceOf(NoLeadership)
    await leadership.acquire(new AbortController().signal)
    await container.get<KubernetesConnection>(KubernetesConnection).close()
    expect(rig.server.faults.requests).toEqual([])
  })

  it('says what is wrong with its configuration as soon as it is used', () => {
    const container = containerFor({ kubeconfig: '/nowhere/kubeconfig' })
    expect(() => container.get(Cluster)).toThrow(expect.objectContaining({ kind: 'invalid' }))
  })
})
