import type { About, FactTable } from '../../domain/facts.ts'
import type { Millis } from '../../domain/ids.ts'
import type { ControllerMetrics } from './controller-metrics.ts'
import { seconds } from './metric.ts'
import type { NodeMetrics } from './node-metrics.ts'
import { operationFacts } from './operation-metrics.ts'

/** Said where a role does not make such facts. */
const notHere = (): void => undefined

/** What each fact means to the metrics of a controller. */
export function controllerFacts(metrics: ControllerMetrics): FactTable {
  return { ...attachmentFacts(metrics), ...migrationFacts(metrics), ...operationFacts(metrics) }
}

/** What each fact means to the metrics of a node: only its own operations happen there. */
export function nodeFacts(metrics: NodeMetrics): FactTable {
  return {
    attached: notHere,
    'attachment-refused': notHere,
    'attach-failed': notHere,
    detached: notHere,
    'detach-failed': notHere,
    'stale-attachment-cleared': notHere,
    'migration-started': notHere,
    'migration-completed': notHere,
    'migration-failed': notHere,
    'migration-timed-out': notHere,
    ...operationFacts(metrics),
  }
}

type AttachmentRows = 'attached' | 'attachment-refused' | 'attach-failed' | 'detached' | 'detach-failed'

function attachmentFacts(
  metrics: ControllerMetrics,
): Pick<FactTable, AttachmentRows | 'stale-attachment-cleared' | 'migration-started'> {
  const { attaches, detaches, conflicts, graceUsed, staleCleared } = metrics
  const attached = attachedAs(metrics)
  return {
    attached: (fact, about) => attached(fact.beside.length === 0 ? 'attach' : 'attach_secondary', about),
    'migration-started': (_fact, about) => attached('attach_secondary', about),
    'attachment-refused': () => {
      attaches.inc({ status: 'failure' })
      conflicts.inc()
    },
    'attach-failed': () => attaches.inc({ status: 'failure' }),
    detached: (fact, about) => {
      detaches.inc({ status: 'success' })
      const operation = fact.partial ? 'detach_partial' : 'detach'
      metrics.attachmentDuration.observe({ operation }, seconds(about.took))
    },
    'detach-failed': () => detaches.inc({ status: 'failure' }),
    'stale-attachment-cleared': () => {
      staleCleared.inc()
      graceUsed.inc()
    },
  }
}

/** The second holder of a migration is told by `migration-started` alone, and counts as attached like any other. */
function attachedAs({ attaches, attachmentDuration }: ControllerMetrics) {
  return (operation: 'attach' | 'attach_secondary', about: About): void => {
    attaches.inc({ status: 'success' })
    attachmentDuration.observe({ operation }, seconds(about.took))
  }
}

function migrationFacts({
  migrations,
  migrationDuration,
}: ControllerMetrics): Pick<FactTable, 'migration-completed' | 'migration-failed' | 'migration-timed-out'> {
  const ended =
    (result: 'success' | 'failed' | 'timeout') =>
    ({ took }: { readonly took: Millis }): void => {
      migrations.inc({ result })
      migrationDuration.observe(seconds(took))
    }
  return {
    'migration-completed': ended('success'),
    'migration-failed': ended('failed'),
    'migration-timed-out': ended('timeout'),
  }
}
