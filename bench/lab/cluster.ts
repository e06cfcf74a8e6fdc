import { writeFileSync } from 'node:fs'
import { Servant } from './servant.ts'

/** The cluster's only node. */
export const NODE = 'node-a'

export interface Cluster {
  /** Path of the kubeconfig. */
  readonly kubeconfig: string
  stop(): Promise<void>
}

/** Starts the simulated cluster and writes its kubeconfig. */
export async function startCluster(kubeconfig: string): Promise<Cluster> {
  const [servant, text] = await Servant.start<never, string>('cluster-process')
  writeFileSync(kubeconfig, text, { mode: 0o600 })
  return { kubeconfig, stop: () => servant.stop() }
}
