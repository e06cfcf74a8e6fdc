import type { Registry } from 'prom-client'
import type { FactTable } from '../../domain/facts.ts'
import { controllerMetrics } from './controller-metrics.ts'
import { controllerFacts, nodeFacts } from './fact-tables.ts'
import { nodeMetrics } from './node-metrics.ts'
import {
  controllerObservations,
  nodeObservations,
  type ObservationTable,
  rpcMetric,
  rpcObservations,
} from './telemetry.ts'

/** Each role registers only the metrics that it can change. */
export type Role = 'controller' | 'node'

export interface RoleTables {
  readonly registry: Registry
  readonly facts: FactTable
  readonly observations: ObservationTable
}

/** Registers the counters and histograms of the role, all known series at 0, and ties facts and observations to them. */
export function roleTables(registry: Registry, role: Role, driverName: string): RoleTables {
  const rpc = rpcObservations(rpcMetric(registry), driverName)
  if (role === 'controller') {
    const metrics = controllerMetrics(registry)
    return { registry, facts: controllerFacts(metrics), observations: controllerObservations(metrics, rpc) }
  }
  const metrics = nodeMetrics(registry)
  return { registry, facts: nodeFacts(metrics), observations: nodeObservations(metrics, rpc) }
}
