import type { Registry } from 'prom-client'
import type { About, Operation, OperationFact } from '../../domain/facts.ts'
import { counter, histogram, seconds, STATUS } from './metric.ts'

const BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** What each role counts of its use cases; `driven` are the ones it has. */
export function operationMetrics(registry: Registry, driven: readonly Operation[]) {
  return {
    operations: counter(
      registry,
      { name: 'rds_csi_volume_operations_total', help: 'Operations on volumes' },
      { operation: driven, ...STATUS },
    ),
    operationDuration: histogram(
      registry,
      { name: 'rds_csi_volume_operation_duration_seconds', help: 'Operations on volumes', buckets: BUCKETS },
      { operation: driven },
    ),
  }
}
type OperationMetrics = ReturnType<typeof operationMetrics>

/** The rows of a fact table that both roles have. */
export function operationFacts(metrics: OperationMetrics) {
  const count = (status: 'success' | 'failure') => (fact: OperationFact, about: About) => {
    metrics.operations.inc({ operation: fact.operation, status })
    metrics.operationDuration.observe({ operation: fact.operation }, seconds(about.took))
  }
  return { 'operation-succeeded': count('success'), 'operation-failed': count('failure') }
}
