import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Controller } from '../adapters/csi/gen/csi/v1/csi_pb.ts'
import { type Appliance, BASE_PATH } from './appliance.ts'
import { Attacher } from './attacher.ts'
import { eventsOn } from './claim-events.ts'
import type { CsiClient } from './csi-client.ts'
import { scrape } from './exposition.ts'
import { KubeClient } from './kube-client.ts'
import { Kubelet } from './kubelet.ts'
import { Provisioner } from './provisioner.ts'
import { NODE_A, NODE_B, NODES, type NodeName, type Surroundings } from './scene.ts'
import { Snapshotter } from './snapshotter.ts'
import type { Served, Stack } from './stack.ts'
import type { OpenPodVolume } from './volume.ts'

/** Name of the driver unless told otherwise. */
export const DRIVER = 'rds.csi.srvlab.io'

const LATENCY = '10ms'

export interface InstallationOptions {
  readonly stack: Stack
  /** Kubelet's folders go here. */
  readonly folder: string
  readonly open: OpenPodVolume
  readonly signal: AbortSignal
}

/** Everything that runs, and the way to it. */
export class Installation {
  readonly appliance: Appliance
  readonly kubeconfig: string
  readonly cluster: KubeClient
  readonly #options: InstallationOptions
  readonly #nodes: Readonly<Record<NodeName, Served>>
  #controller: Served

  private constructor(
    options: InstallationOptions,
    base: { readonly appliance: Appliance; readonly kubeconfig: string },
    served: { readonly controller: Served; readonly nodes: Readonly<Record<NodeName, Served>> },
  ) {
    this.appliance = base.appliance
    this.kubeconfig = base.kubeconfig
    this.cluster = new KubeClient(base.kubeconfig)
    this.#options = options
    this.#controller = served.controller
    this.#nodes = served.nodes
  }

  /** Resolves when every Probe says ready. */
  static async start(options: InstallationOptions): Promise<Installation> {
    const { stack } = options
    const [appliance, kubeconfig] = await Promise.all([stack.startAppliance(LATENCY), stack.startCluster(NODES)])
    const [controller, a, b] = await Promise.all([
      stack.startController(kubeconfig, appliance),
      stack.startNode(NODE_A),
      stack.startNode(NODE_B),
    ])
    return new Installation(options, { appliance, kubeconfig }, { controller, nodes: { [NODE_A]: a, [NODE_B]: b } })
  }

  get controller(): Served {
    return this.#controller
  }

  get nodes(): Readonly<Record<NodeName, Served>> {
    return this.#nodes
  }

  /** Where the program that runs now serves its metrics. */
  metricsUrl(name: 'controller' | NodeName): Promise<string> {
    return this.#options.stack.metricsUrl(name === 'controller' ? this.#controller : this.#nodes[name])
  }

  surroundings(): Surroundings {
    const { signal, stack } = this.#options
    const { csi } = this.#controller
    return {
      provisioner: new Provisioner(this.cluster, csi, DRIVER),
      snapshotter: new Snapshotter(csi),
      attacher: new Attacher(this.cluster, csi, DRIVER),
      kubelets: { [NODE_A]: this.#kubelet(NODE_A), [NODE_B]: this.#kubelet(NODE_B) },
      metrics: async name => scrape(await this.metricsUrl(name), signal),
      events: ({ claim }) => eventsOn(this.cluster, claim),
      killController: () => this.#controller.program.kill(),
      startController: async () => {
        this.#controller = await stack.startController(this.kubeconfig, this.appliance)
      },
      filesOnAppliance: () => readdir(join(stack.applianceFolder, BASE_PATH)),
      volumesListed: () => listed(csi),
      signal,
    }
  }

  #kubelet(node: NodeName): Kubelet {
    const { folder, open } = this.#options
    return new Kubelet({ node: this.#nodes[node].csi, root: join(folder, 'kubelet', node), driver: DRIVER, open })
  }
}

async function listed(csi: CsiClient): Promise<readonly string[]> {
  const { entries } = await csi.call(Controller.method.listVolumes, {})
  return entries.map(({ volume }) => volume?.volumeId ?? '')
}
