import type { Registry } from 'prom-client'
import { counter, histogram, STATUS } from './metric.ts'
import { operationMetrics } from './operation-metrics.ts'

const CONNECT_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** What a node counts. The gauges are in state-gauges.ts. */
export function nodeMetrics(registry: Registry) {
  return {
    ...operationMetrics(registry, ['stage', 'unstage', 'publish', 'unpublish', 'expand']),
    mounts: counter(
      registry,
      { name: 'rds_csi_mount_operations_total', help: 'Work on mounts and file systems' },
      { operation: ['mount', 'unmount', 'format', 'check', 'grow'], ...STATUS },
    ),
    connects: counter(registry, { name: 'rds_csi_nvme_connects_total', help: 'NVMe/TCP connects' }, STATUS),
    connectDuration: histogram(registry, {
      name: 'rds_csi_nvme_connect_duration_seconds',
      help: 'NVMe/TCP connects',
      buckets: CONNECT_BUCKETS,
    }),
  }
}
export type NodeMetrics = ReturnType<typeof nodeMetrics>
