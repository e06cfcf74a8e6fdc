/** The simulated cluster as a process of its own, so that its processor time is not counted as the driver's. */
import { startCluster } from '../../src/adapters/sim/cluster/start-cluster.ts'
import { NODE } from './cluster.ts'

const cluster = await startCluster({ nodes: [NODE] })
process.once('disconnect', () => void cluster.close().then(() => process.exit()))
process.send?.(cluster.kubeconfig)
