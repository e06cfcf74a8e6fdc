import type { Attacher } from './attacher.ts'
import type { ClaimEvent } from './claim-events.ts'
import type { Exposition } from './exposition.ts'
import type { Kubelet } from './kubelet.ts'
import type { Ledger } from './ledger.ts'
import type { Provisioner } from './provisioner.ts'
import type { Report } from './report.ts'
import type { Snapshotter } from './snapshotter.ts'
import type { Volume } from './volume.ts'
import { Workload } from './workload.ts'

export const NODE_A = 'node-a'
export const NODE_B = 'node-b'
export const NODES = [NODE_A, NODE_B] as const
export type NodeName = (typeof NODES)[number]

export const GIB = 1024 ** 3

/** The reality that the steps act upon: real programs behind real sockets. */
export interface Surroundings {
  readonly provisioner: Provisioner
  readonly snapshotter: Snapshotter
  readonly attacher: Attacher
  readonly kubelets: Readonly<Record<NodeName, Kubelet>>
  /** Scrapes the controller that runs now, or a node. */
  readonly metrics: (program: 'controller' | NodeName) => Promise<Exposition>
  readonly events: (volume: Volume) => Promise<readonly ClaimEvent[]>
  /** Ends the controller by SIGKILL, without a chance to finish anything. */
  readonly killController: () => Promise<void>
  /** Starts it again, as Kubernetes would; resolves when it says that it is ready. */
  readonly startController: () => Promise<void>
  /** Names of the files that the appliance holds. */
  readonly filesOnAppliance: () => Promise<readonly string[]>
  /** Ids of the volumes that the driver finds on the appliance. */
  readonly volumesListed: () => Promise<readonly string[]>
  readonly signal: AbortSignal
}

/** What every step has at hand. */
export interface Scene extends Surroundings {
  readonly report: Report
  readonly ledger: Ledger
}

/** The volume is attached to the node as the attacher does it; nothing is staged yet. */
export async function attachTo(scene: Scene, volume: Volume, node: NodeName): Promise<Workload> {
  const context = await scene.attacher.attach(volume, node)
  return new Workload(volume, context, scene.kubelets[node])
}

/** Throws, with what was found, unless it is what it has to be. */
export function same<T>(what: string, found: T, wanted: T): void {
  if (found !== wanted) throw new Error(`${what}: found ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`)
}
