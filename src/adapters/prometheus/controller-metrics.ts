import type { Registry } from 'prom-client'
import { counter, histogram, STATUS } from './metric.ts'
import { operationMetrics } from './operation-metrics.ts'

const ATTACHMENT_OPERATIONS = ['attach', 'attach_secondary', 'detach', 'detach_partial', 'reconcile']
const ATTACHMENT_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const MIGRATION_BUCKETS = [15, 30, 60, 90, 120, 180, 300, 600]
const RECONNECT_BUCKETS = [0.1, 0.5, 1, 2, 5, 10, 30, 60]
const COMMAND_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const EVENT_REASONS = [
  'MigrationStarted',
  'MigrationCompleted',
  'MigrationFailed',
  'VolumeAttached',
  'VolumeDetached',
  'AttachmentConflict',
  'StaleAttachmentCleared',
]

/** What a controller counts. The gauges are in state-gauges.ts. */
export function controllerMetrics(registry: Registry) {
  return {
    ...migrationMetrics(registry),
    ...attachmentMetrics(registry),
    ...applianceMetrics(registry),
    ...operationMetrics(registry, ['create', 'delete', 'expand', 'modify', 'snapshot', 'delete_snapshot']),
    orphansCleaned: counter(registry, {
      name: 'rds_csi_orphans_cleaned_total',
      help: 'Volumes, snapshots and files deleted because nothing in the cluster named them any more',
    }),
    events: counter(
      registry,
      { name: 'rds_csi_events_posted_total', help: 'Kubernetes events that the API accepted' },
      { reason: EVENT_REASONS },
    ),
  }
}
export type ControllerMetrics = ReturnType<typeof controllerMetrics>

function migrationMetrics(registry: Registry) {
  return {
    migrations: counter(
      registry,
      { name: 'rds_csi_migration_migrations_total', help: 'Live migrations whose outcome is known' },
      { result: ['success', 'failed', 'timeout'] },
    ),
    migrationDuration: histogram(registry, {
      name: 'rds_csi_migration_duration_seconds',
      help: 'Live migrations, from the second attachment to the outcome',
      buckets: MIGRATION_BUCKETS,
    }),
  }
}

function attachmentMetrics(registry: Registry) {
  const named = (name: string, help: string) => ({ name: `rds_csi_attachment_${name}`, help })
  return {
    attaches: counter(registry, named('attach_total', 'Nodes that asked for a volume'), STATUS),
    detaches: counter(registry, named('detach_total', 'Nodes that left a volume'), STATUS),
    conflicts: counter(registry, named('conflicts_total', 'Attachments refused because of who holds the volume')),
    graceUsed: counter(registry, named('grace_period_used_total', 'Grace periods that lost nodes were given')),
    staleCleared: counter(registry, named('stale_cleared_total', 'Attachments of lost nodes that were cleared')),
    reconciles: counter(registry, named('reconcile_total', 'What reconciling the attachments did'), {
      action: ['clear_stale', 'node_watcher_trigger', 'sync_annotation'],
    }),
    attachmentDuration: histogram(
      registry,
      { ...named('operation_duration_seconds', 'Work on attachments'), buckets: ATTACHMENT_BUCKETS },
      { operation: ATTACHMENT_OPERATIONS },
    ),
  }
}

function applianceMetrics(registry: Registry) {
  const named = (name: string, help: string) => ({ name: `rds_csi_rds_${name}`, help })
  return {
    reconnects: counter(registry, named('reconnect_total', 'Attempts to reach the appliance again'), STATUS),
    reconnectDuration: histogram(registry, {
      ...named('reconnect_duration_seconds', 'Attempts to reach the appliance again'),
      buckets: RECONNECT_BUCKETS,
    }),
    commandDuration: histogram(
      registry,
      { ...named('command_duration_seconds', 'Commands to the appliance'), buckets: COMMAND_BUCKETS },
      { command: [], ...STATUS },
    ),
  }
}
