import { describe, expect, it } from 'vitest'
import type { About, Fact } from '../../../src/domain/facts.ts'
import { nodeId } from '../../../src/domain/ids.ts'
import { aboutFact, factSinkContract, SAMPLE_FACTS } from '../../contracts/fact-sink.contract.ts'
import { openMetrics } from './exposition.ts'

factSinkContract('metrics of a controller', async () => {
  const { sink, text } = openMetrics('controller')
  return { sink, seen: text, silent: [], close: async () => undefined }
})

factSinkContract('metrics of a node', async () => {
  const { sink, text } = openMetrics('node')
  const silent = Object.values(SAMPLE_FACTS).flatMap(({ type }) => (type.startsWith('operation-') ? [] : [type]))
  return { sink, seen: text, silent, close: async () => undefined }
})

/** What these facts change at a controller; buckets left out. */
async function changes(...facts: readonly (Fact | readonly [Fact, Partial<About>])[]): Promise<Record<string, number>> {
  const metrics = openMetrics('controller')
  for (const told of facts) {
    const [fact, about] = 'type' in told ? [told, {}] : told
    metrics.sink.publish(fact, aboutFact(about))
  }
  const changed = [...(await metrics.samples())].filter(([name, value]) => value !== 0 && !name.includes('_bucket'))
  return Object.fromEntries(changed.map(([name, value]) => [name.replace('rds_csi_', ''), value]))
}

const nodeA = nodeId('node-a')
const attachDuration = (operation: string, took = 0.12) => ({
  [`attachment_operation_duration_seconds_sum{operation="${operation}"}`]: took,
  [`attachment_operation_duration_seconds_count{operation="${operation}"}`]: 1,
})
const ended = (result: string, took: number) => ({
  [`migration_migrations_total{result="${result}"}`]: 1,
  migration_duration_seconds_sum: took,
  migration_duration_seconds_count: 1,
})

describe('an attachment', () => {
  it('counts as attach beside nobody, as attach_secondary beside others or as a migration', async () => {
    const success = { 'attachment_attach_total{status="success"}': 1 }
    expect(await changes(SAMPLE_FACTS.attached)).toEqual({ ...success, ...attachDuration('attach') })
    const secondary = { ...success, ...attachDuration('attach_secondary') }
    expect(await changes({ ...SAMPLE_FACTS.attached, beside: [nodeA] })).toEqual(secondary)
    expect(await changes(SAMPLE_FACTS['migration-started'])).toEqual(secondary)
  })

  it('that is refused counts as failure and as conflict, one that failed as failure', async () => {
    const failure = { 'attachment_attach_total{status="failure"}': 1 }
    expect(await changes(SAMPLE_FACTS['attachment-refused'])).toEqual({ ...failure, attachment_conflicts_total: 1 })
    expect(await changes(SAMPLE_FACTS['attach-failed'])).toEqual(failure)
  })

  it('that ends counts as detach or detach_partial', async () => {
    const success = { 'attachment_detach_total{status="success"}': 1 }
    expect(await changes(SAMPLE_FACTS.detached)).toEqual({ ...success, ...attachDuration('detach') })
    expect(await changes({ ...SAMPLE_FACTS.detached, partial: true, quiet: true })).toEqual({
      ...success,
      ...attachDuration('detach_partial'),
    })
    expect(await changes(SAMPLE_FACTS['detach-failed'])).toEqual({ 'attachment_detach_total{status="failure"}': 1 })
  })

  it('of a lost node counts as cleared after its grace period', async () => {
    expect(await changes(SAMPLE_FACTS['stale-attachment-cleared'])).toEqual({
      attachment_stale_cleared_total: 1,
      attachment_grace_period_used_total: 1,
    })
  })
})

describe('a migration', () => {
  it('counts once, when its outcome is known, with its own duration', async () => {
    expect(await changes(SAMPLE_FACTS['migration-completed'])).toEqual(ended('success', 45))
    expect(await changes(SAMPLE_FACTS['migration-failed'])).toEqual(ended('failed', 5))
    expect(await changes(SAMPLE_FACTS['migration-timed-out'])).toEqual(ended('timeout', 300))
  })
})

describe('an operation', () => {
  it('counts by name and status, with how long it took', async () => {
    const took = { took: 2000 }
    expect(
      await changes([SAMPLE_FACTS['operation-succeeded'], took], [SAMPLE_FACTS['operation-failed'], took]),
    ).toEqual({
      'volume_operations_total{operation="create",status="success"}': 1,
      'volume_operation_duration_seconds_sum{operation="create"}': 2,
      'volume_operation_duration_seconds_count{operation="create"}': 1,
      'volume_operations_total{operation="stage",status="failure"}': 1,
      'volume_operation_duration_seconds_sum{operation="stage"}': 2,
      'volume_operation_duration_seconds_count{operation="stage"}': 1,
    })
  })
})

describe('a fact that cannot be counted in full', () => {
  it('is said in the log', () => {
    const { sink, log } = openMetrics('controller')
    sink.publish({ ...SAMPLE_FACTS['migration-completed'], took: Number.NaN }, aboutFact())
    expect(log.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'error: fact migration-completed could not be counted in full',
    ])
  })
})
