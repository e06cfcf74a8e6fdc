import { describe, expect, it } from 'vitest'
import type { ClaimEvent } from '../../src/demo/claim-events.ts'
import {
  attached,
  conflict,
  detached,
  type ExpectedEvent,
  migrationCompleted,
  migrationRolledBack,
  migrationStarted,
  migrationTimedOut,
} from '../../src/demo/expected-events.ts'
import { Exposition } from '../../src/demo/exposition.ts'
import { Ledger } from '../../src/demo/ledger.ts'
import { eventDifferences, metricDifferences } from '../../src/demo/verdict.ts'
import { capabilityOf, type Volume, type Wish } from '../../src/demo/volume.ts'

const ID = 'pvc-00000000-0000-4000-8000-000000000001'
const MOVE = { source: 'node-a', target: 'node-b' }

const event = (reason: string, message: string, more: Partial<ClaimEvent> = {}): ClaimEvent => ({
  type: 'Normal',
  reason,
  message,
  eventTime: '2026-01-01T00:00:00.000000Z',
  ...more,
})

function volume(claim = 'disk'): Volume {
  const wish: Wish = { claim, mode: 'Block', access: 'ReadWriteMany', bytes: 1, parameters: {} }
  return {
    id: ID,
    wish,
    claim: { namespace: 'default', name: claim, uid: claim },
    capability: capabilityOf(wish),
    attributes: {},
  }
}

describe('an expected event', () => {
  it.each<[ExpectedEvent, string]>([
    [attached(ID, 'node-a'), `[${ID}]: Attached to node node-a (duration: 12ms)`],
    [detached(ID, 'node-a'), `[${ID}]: Detached from node node-a`],
    [
      conflict(ID, 'node-b', 'node-a'),
      `[${ID}]: Attachment to node node-b rejected - volume already attached to node node-a. Delete the pod on node-a to release the volume.`,
    ],
    [
      migrationStarted(ID, MOVE, '5m0s'),
      `[${ID}]: KubeVirt live migration started - source: node-a, target: node-b, timeout: 5m0s`,
    ],
    [
      migrationCompleted(ID, MOVE, 44.6),
      `[${ID}]: KubeVirt live migration completed - source: node-a -> target: node-b (duration: 45s)`,
    ],
    [
      migrationRolledBack(ID, MOVE, 0.2),
      `[${ID}]: KubeVirt live migration failed - source: node-a, attempted target: node-b, reason: target-left, elapsed: 0s`,
    ],
    [
      migrationTimedOut(ID, MOVE, '5m0s'),
      `[${ID}]: KubeVirt live migration failed - source: node-a, attempted target: node-b, reason: timeout, elapsed: 5m0s`,
    ],
  ])('matches the message that is promised, and no other', (expected, message) => {
    const found = event(expected.reason, message, { type: expected.type })
    expect(eventDifferences([expected], [found])).toEqual([])
    for (const other of [
      ` ${message}`,
      `${message}.`,
      message.replace('node-a', 'node-ab'),
      message.replace(ID, 'pvc'),
    ]) {
      expect(eventDifferences([expected], [{ ...found, message: other }])).toHaveLength(2)
    }
    expect(eventDifferences([expected], [{ ...found, type: 'Other' }])).toHaveLength(2)
    expect(eventDifferences([expected], [{ ...found, reason: 'Other' }])).toHaveLength(2)
  })

  it('of a migration allows a second either way, and no more', () => {
    const expected = migrationCompleted(ID, MOVE, 45)
    const told = (duration: string) =>
      event(
        expected.reason,
        `[${ID}]: KubeVirt live migration completed - source: node-a -> target: node-b (duration: ${duration})`,
      )
    for (const right of ['44s', '45s', '46s']) expect(eventDifferences([expected], [told(right)])).toEqual([])
    for (const wrong of ['43s', '47s', '45', '45.0s', '445s'])
      expect(eventDifferences([expected], [told(wrong)])).not.toEqual([])
  })
})

describe('the verdict on events', () => {
  it('names what is missing and what was not promised', () => {
    expect(
      eventDifferences([detached(ID, 'node-a')], [event('VolumeDetached', `[${ID}]: Detached from node node-b`)]),
    ).toEqual([
      `missing: Normal VolumeDetached [${ID}]: Detached from node node-a`,
      `not promised: Normal VolumeDetached [${ID}]: Detached from node node-b`,
    ])
  })

  it('counts a series as often as it says', () => {
    const expected = detached(ID, 'node-a')
    const series = { count: 2, lastObservedTime: '2026-01-01T00:00:01.000000Z' }
    const found = event('VolumeDetached', `[${ID}]: Detached from node node-a`, { series })
    expect(eventDifferences([expected, expected], [found])).toEqual([])
    expect(eventDifferences([expected], [found])).toHaveLength(1)
    expect(eventDifferences([expected, expected, expected], [found])).toHaveLength(1)
  })
})

function page(lines: readonly string[]): Exposition {
  const bounds = ['15', '30', '60', '90', '120', '180', '300', '600', '+Inf']
  return new Exposition(
    [
      '# TYPE rds_csi_migration_active_migrations gauge',
      '# TYPE rds_csi_migration_migrations_total counter',
      '# TYPE rds_csi_migration_duration_seconds histogram',
      ...bounds.map(bound => `rds_csi_migration_duration_seconds_bucket{le="${bound}"} 0`),
      ...lines,
      '',
    ].join('\n'),
  )
}

const RIGHT = [
  'rds_csi_migration_active_migrations 1',
  'rds_csi_migration_migrations_total{result="success"} 0',
  'rds_csi_migration_migrations_total{result="failed"} 0',
  'rds_csi_migration_migrations_total{result="timeout"} 1',
  'rds_csi_migration_duration_seconds_count 1',
  'rds_csi_attachment_attach_total{status="success"} 3',
  'rds_csi_attachment_attach_total{status="failure"} 2',
  'rds_csi_attachment_conflicts_total 2',
  'rds_csi_attachment_detach_total{status="success"} 0',
  'rds_csi_events_posted_total{reason="VolumeAttached"} 1',
  'rds_csi_events_posted_total{reason="MigrationStarted"} 2',
  'rds_csi_events_posted_total{reason="MigrationFailed"} 1',
  'rds_csi_events_posted_total{reason="AttachmentConflict"} 1',
]

describe('the verdict on metrics', () => {
  function ledger(): Ledger {
    const written = new Ledger()
    const [vm, slow] = [volume('vm'), volume('slow')]
    written.expect(vm, attached(ID, 'node-a'))
    written.expect(slow, migrationStarted(ID, MOVE, '30s'))
    written.expect(slow, migrationTimedOut(ID, MOVE, '30s'))
    written.expect(vm, migrationStarted(ID, MOVE, '30s'))
    written.expect(vm, conflict(ID, 'node-c', 'node-a'))
    written.expect(vm, conflict(ID, 'node-c', 'node-a'))
    return written
  }

  it('finds nothing where all is right', () => {
    expect(ledger().migrating()).toHaveLength(1)
    expect(metricDifferences(page(RIGHT), ledger().counts(1), 1)).toEqual([])
  })

  it.each(RIGHT.map((line, at) => [line, at] as const))('notices a wrong value of %s', (line, at) => {
    const wrong = RIGHT.with(at, line.replace(/\d+$/, '9'))
    expect(metricDifferences(page(wrong), ledger().counts(1), 1)).toHaveLength(1)
    expect(metricDifferences(page(RIGHT.toSpliced(at, 1)), ledger().counts(1), 1).length).toBeLessThanOrEqual(1)
  })

  it('notices a missing type and wrong buckets', () => {
    const { text } = page(RIGHT)
    const retyped = new Exposition(text.replace('active_migrations gauge', 'active_migrations counter'))
    expect(metricDifferences(retyped, ledger().counts(1), 1)).toEqual([
      'rds_csi_migration_active_migrations has to be there as a gauge',
    ])
    const rebucketed = new Exposition(text.replace('le="90"', 'le="91"'))
    expect(metricDifferences(rebucketed, ledger().counts(1), 1)).toHaveLength(1)
  })

  it('begins anew with each controller process', () => {
    const written = ledger()
    written.controllerRestarted()
    expect(written.counts(2)).toEqual({
      migrations: { success: 0, failed: 0, timeout: 0 },
      attached: 0,
      refused: 0,
      detached: 0,
      events: {},
    })
    expect(written.migrating()).toHaveLength(1)
  })
})
