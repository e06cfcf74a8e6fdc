import { KubeConfig } from '@kubernetes/client-node'
import { KubeClient } from '../../../src/adapters/kubernetes/kube-client.ts'
import type { LeaseObject } from '../../../src/adapters/kubernetes/lease-object.ts'
import { leaseName } from '../../../src/adapters/kubernetes/lease-object.ts'
import { LeaseStore } from '../../../src/adapters/kubernetes/lease-store.ts'
import { KubernetesLeadership } from '../../../src/adapters/kubernetes/leases.ts'
import { type RunningCluster, startCluster } from '../../../src/adapters/sim/cluster/start-cluster.ts'
import type { Millis } from '../../../src/domain/ids.ts'
import type { Contender, OpenedLeadership } from '../../contracts/leadership.contract.ts'
import { RecordedLog } from '../../support/recorded-log.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { DRIVER } from './rig.ts'

export const DURATION: Millis = 15_000
const NAMESPACE = 'rds-csi'
const NAME = leaseName(DRIVER)

/** How many requests are under way. */
interface Traffic {
  count: number
}

/** The real thing, with a wire that can be cut (then nothing is answered any more), that hangs, or that is slow. */
class CuttableStore extends LeaseStore {
  readonly #clock: SimulatedClock
  readonly #traffic: Traffic
  cut = false
  hung = false
  slow: Millis = 0

  constructor(client: KubeClient, clock: SimulatedClock, traffic: Traffic) {
    super(client, NAMESPACE, NAME)
    this.#clock = clock
    this.#traffic = traffic
  }

  override async read(signal: AbortSignal): Promise<LeaseObject | undefined> {
    if (this.slow > 0) await this.#clock.sleep(this.slow, signal)
    return this.#through(signal, () => super.read(signal))
  }

  override write(lease: LeaseObject, signal: AbortSignal): Promise<LeaseObject> {
    return this.#through(signal, () => super.write(lease, signal))
  }

  async #through<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.hung) return new Promise(() => undefined)
    if (this.cut) return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    this.#traffic.count += 1
    return work().finally(() => void (this.#traffic.count -= 1))
  }
}

export interface LeaseRig extends OpenedLeadership {
  readonly server: RunningCluster
  readonly log: RecordedLog
  readonly clock: SimulatedClock
  contender(identity: string): Contender & { readonly leadership: KubernetesLeadership }
  lease(): LeaseObject | undefined
}

/** Contenders for one Lease of a simulated cluster, over real HTTPS but in simulated time. */
export async function openLeaseRig(): Promise<LeaseRig> {
  const [clock, log, traffic] = [new SimulatedClock(), new RecordedLog(), { count: 0 }]
  const server = await startCluster({ now: () => clock.now() })
  const clients: KubeClient[] = []
  const contender = (identity: string) => {
    const config = new KubeConfig()
    config.loadFromString(server.kubeconfig)
    const client = new KubeClient(config)
    clients.push(client)
    const store = new CuttableStore(client, clock, traffic)
    const claimant = { namespace: NAMESPACE, name: NAME, identity, duration: DURATION }
    const leadership = new KubernetesLeadership(claimant, { store, clock, log })
    return {
      leadership,
      cutOff: () => void (store.cut = true),
      hang: () => void (store.hung = true),
      slow: (by: Millis) => void (store.slow = by),
    }
  }
  return {
    server,
    log,
    clock,
    contender,
    duration: DURATION,
    lease: () => server.store.get('leases', NAME, NAMESPACE),
    now: () => clock.now(),
    advance: async span => {
      await quiet(traffic)
      for (let left = span; left > 0; left -= 250) {
        await clock.advance(Math.min(left, 250))
        await quiet(traffic)
      }
    },
    close: async () => {
      await Promise.all(clients.map(client => client.close()))
      await server.close()
    },
  }
}

/** Resolves once no request is under way and what their answers set going has run. */
async function quiet(traffic: Traffic): Promise<void> {
  const deadline = performance.now() + 5000
  for (let turns = 0; turns < 3; turns = traffic.count === 0 ? turns + 1 : 0) {
    if (performance.now() > deadline) throw new Error('requests never end')
    await new Promise(resolve => setImmediate(resolve))
  }
}
