import type { Histogram, Registry } from 'prom-client'
import type { Logger } from '../../ports/logger.ts'
import type { Observation, Telemetry } from '../../ports/telemetry.ts'
import type { ControllerMetrics } from './controller-metrics.ts'
import { histogram, seconds } from './metric.ts'
import type { NodeMetrics } from './node-metrics.ts'

/** A table over all observations: a new one does not compile until each role has said what it means. */
export type ObservationTable = {
  readonly [T in Observation['type']]: (observation: Extract<Observation, { type: T }>) => void
}

const RPC_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 25, 50, 120, 300, 600]
const notHere = (): void => undefined

/** The field's own metric of CSI calls, with the names and buckets of kubernetes-csi/csi-lib-utils. */
export function rpcMetric(registry: Registry): Histogram {
  return histogram(
    registry,
    {
      name: 'csi_plugin_operations_seconds',
      help: 'Container Storage Interface operation duration with gRPC error code status total',
      buckets: RPC_BUCKETS,
    },
    { driver_name: [], method_name: [], grpc_status_code: [] },
  )
}

type RpcRow = Pick<ObservationTable, 'rpc'>

/** `driver`: the value of `driver_name`. */
export function rpcObservations(metric: Histogram, driver: string): RpcRow {
  return {
    rpc: ({ method, code, took }) => {
      const labels = { driver_name: driver, method_name: method, grpc_status_code: codeName(code) }
      metric.observe(labels, seconds(took))
    },
  }
}

export function controllerObservations(metrics: ControllerMetrics, rpc: RpcRow): ObservationTable {
  return {
    ...rpc,
    'device-command': ({ command, outcome, took }) =>
      metrics.commandDuration.observe({ command, status: outcome }, seconds(took)),
    'device-reconnect': ({ outcome, took }) => {
      metrics.reconnects.inc({ status: outcome })
      metrics.reconnectDuration.observe(seconds(took))
    },
    'nvme-connect': notHere,
    mount: notHere,
    reconcile: ({ action, took }) => {
      metrics.reconciles.inc({ action })
      metrics.attachmentDuration.observe({ operation: 'reconcile' }, seconds(took))
    },
    'orphan-cleaned': () => metrics.orphansCleaned.inc(),
    'event-posted': ({ reason }) => metrics.events.inc({ reason }),
  }
}

export function nodeObservations(metrics: NodeMetrics, rpc: RpcRow): ObservationTable {
  return {
    ...rpc,
    'device-command': notHere,
    'device-reconnect': notHere,
    'nvme-connect': ({ outcome, took }) => {
      metrics.connects.inc({ status: outcome })
      metrics.connectDuration.observe(seconds(took))
    },
    mount: ({ operation, outcome }) => metrics.mounts.inc({ operation, status: outcome }),
    reconcile: notHere,
    'orphan-cleaned': notHere,
    'event-posted': notHere,
  }
}

/** Observes how the work went, by the table of its role. */
export class PrometheusTelemetry implements Telemetry {
  readonly #table: ObservationTable
  readonly #logger: Logger

  constructor(table: ObservationTable, logger: Logger) {
    this.#table = table
    this.#logger = logger
  }

  observe(observation: Observation): void {
    try {
      const handler = this.#table[observation.type] as (observation: Observation) => void
      handler(observation)
    } catch (err) {
      this.#logger.error(`observation ${observation.type} could not be counted in full`, { err })
    }
  }
}

/** `NOT_FOUND` as dashboards of the field spell it, which is how Go writes it: `NotFound`. */
function codeName(code: string): string {
  if (code === 'OK') return code
  if (code === 'CANCELLED') return 'Canceled'
  return code.replaceAll(/([A-Z])([A-Z]*)_?/g, (_, first: string, rest: string) => first + rest.toLowerCase())
}
