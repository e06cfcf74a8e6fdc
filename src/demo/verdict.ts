import { type ClaimEvent, countOf } from './claim-events.ts'
import { type ExpectedEvent, matches } from './expected-events.ts'
import type { Exposition } from './exposition.ts'
import type { ExpectedCounts } from './ledger.ts'

/** Names, types and buckets that are promised to dashboards and alerts. */
const TYPES: Readonly<Record<string, string>> = {
  rds_csi_migration_active_migrations: 'gauge',
  rds_csi_migration_migrations_total: 'counter',
  rds_csi_migration_duration_seconds: 'histogram',
}
const BUCKETS = [15, 30, 60, 90, 120, 180, 300, 600]

/** What is missing among the events on a claim, and what is there although nothing was to be told; a line each. */
export function eventDifferences(expected: readonly ExpectedEvent[], found: readonly ClaimEvent[]): readonly string[] {
  const left = found.flatMap(event => Array.from({ length: countOf(event) }, () => event))
  const missing: string[] = []
  for (const event of expected) {
    const at = left.findIndex(candidate => matches(event, candidate))
    if (at < 0) missing.push(`missing: ${event.type} ${event.reason} ${event.text}`)
    else left.splice(at, 1)
  }
  return [...missing, ...left.map(({ type, reason, message }) => `not promised: ${type} ${reason} ${message}`)]
}

/** How a controller's metrics differ from what it has to have counted, and `running` migrations; a line each. */
export function metricDifferences(page: Exposition, expected: ExpectedCounts, running: number): readonly string[] {
  return [...typeDifferences(page), ...bucketDifferences(page), ...valueDifferences(page, expected, running)]
}

function typeDifferences(page: Exposition): readonly string[] {
  return Object.entries(TYPES)
    .filter(([name, type]) => !page.text.includes(`# TYPE ${name} ${type}\n`))
    .map(([name, type]) => `${name} has to be there as a ${type}`)
}

function bucketDifferences(page: Exposition): readonly string[] {
  const found = page.buckets('rds_csi_migration_duration_seconds')
  if (found.join() === BUCKETS.join()) return []
  return [`rds_csi_migration_duration_seconds has the buckets ${found.join()}, not ${BUCKETS.join()}`]
}

function valueDifferences(page: Exposition, expected: ExpectedCounts, running: number): readonly string[] {
  const { migrations, attached, refused, detached, events } = expected
  const ended = Object.values(migrations).reduce((sum, count) => sum + count, 0)
  const rows: readonly (readonly [name: string, labels: Readonly<Record<string, string>>, value: number])[] = [
    ['rds_csi_migration_active_migrations', {}, running],
    ...Object.entries(migrations).map(([result, n]) => ['rds_csi_migration_migrations_total', { result }, n] as const),
    ['rds_csi_migration_duration_seconds_count', {}, ended],
    ['rds_csi_attachment_attach_total', { status: 'success' }, attached],
    ['rds_csi_attachment_attach_total', { status: 'failure' }, refused],
    ['rds_csi_attachment_conflicts_total', {}, refused],
    ['rds_csi_attachment_detach_total', { status: 'success' }, detached],
  ]
  const wrong = rows.flatMap(([name, labels, value]) => {
    const found = page.value(name, labels)
    return found === value ? [] : [`${name}${JSON.stringify(labels)} is ${found ?? 'absent'}, not ${value}`]
  })
  return [...wrong, ...postedDifferences(page, events)]
}

function postedDifferences(page: Exposition, expected: ExpectedCounts['events']): readonly string[] {
  return Object.entries(expected).flatMap(([reason, { least, most }]) => {
    const found = page.value('rds_csi_events_posted_total', { reason }) ?? 0
    if (found >= least && found <= most) return []
    return [
      `rds_csi_events_posted_total of ${reason} is ${found}, not ${least === most ? most : `${least} to ${most}`}`,
    ]
  })
}
