import { describe, expect, it } from 'vitest'
import type { Role } from '../../../src/adapters/prometheus/role-tables.ts'
import type { Fact, Operation } from '../../../src/domain/facts.ts'
import { nodeId } from '../../../src/domain/ids.ts'
import type { Observation } from '../../../src/ports/telemetry.ts'
import { aboutFact, SAMPLE_FACTS } from '../../contracts/fact-sink.contract.ts'
import { SAMPLE_OBSERVATIONS } from '../../contracts/telemetry.contract.ts'
import { openMetrics, samples } from './exposition.ts'

const OPERATION_BUCKETS = '0.1,0.25,0.5,1,2.5,5,10,30,60'
const ATTACHMENT_BUCKETS = '0.01,0.025,0.05,0.1,0.25,0.5,1,2.5,5'
const RPC_BUCKETS = '0.1,0.25,0.5,1,2.5,5,10,15,25,50,120,300,600'

/** Every family of each role: its type, and the buckets that a histogram has beside +Inf. */
const FAMILIES: Readonly<Record<Role, Readonly<Record<string, string>>>> = {
  controller: {
    csi_plugin_operations_seconds: `histogram ${RPC_BUCKETS}`,
    rds_csi_attachment_attach_total: 'counter',
    rds_csi_attachment_conflicts_total: 'counter',
    rds_csi_attachment_detach_total: 'counter',
    rds_csi_attachment_grace_period_used_total: 'counter',
    rds_csi_attachment_operation_duration_seconds: `histogram ${ATTACHMENT_BUCKETS}`,
    rds_csi_attachment_reconcile_total: 'counter',
    rds_csi_attachment_stale_cleared_total: 'counter',
    rds_csi_events_posted_total: 'counter',
    rds_csi_fencing_mode: 'gauge',
    rds_csi_migration_active_migrations: 'gauge',
    rds_csi_migration_duration_seconds: 'histogram 15,30,60,90,120,180,300,600',
    rds_csi_migration_migrations_total: 'counter',
    rds_csi_nvme_connections_active: 'gauge',
    rds_csi_orphans: 'gauge',
    rds_csi_orphans_cleaned_total: 'counter',
    rds_csi_rds_command_duration_seconds: 'histogram 0.005,0.01,0.025,0.05,0.1,0.25,0.5,1,2.5,5,10,30',
    rds_csi_rds_connection_state: 'gauge',
    rds_csi_rds_reconnect_duration_seconds: 'histogram 0.1,0.5,1,2,5,10,30,60',
    rds_csi_rds_reconnect_total: 'counter',
    rds_csi_unfenced_volumes: 'gauge',
    rds_csi_volume_operation_duration_seconds: `histogram ${OPERATION_BUCKETS}`,
    rds_csi_volume_operations_total: 'counter',
    rds_disk_active_time_milliseconds: 'gauge',
    rds_disk_in_flight_operations: 'gauge',
    rds_disk_read_bytes_per_second: 'gauge',
    rds_disk_read_latency_milliseconds: 'gauge',
    rds_disk_read_ops_per_second: 'gauge',
    rds_disk_wait_latency_milliseconds: 'gauge',
    rds_disk_write_bytes_per_second: 'gauge',
    rds_disk_write_latency_milliseconds: 'gauge',
    rds_disk_write_ops_per_second: 'gauge',
    rds_hardware_board_temperature_celsius: 'gauge',
    rds_hardware_cpu_temperature_celsius: 'gauge',
    rds_hardware_disk_pool_size_bytes: 'gauge',
    rds_hardware_disk_pool_used_bytes: 'gauge',
    rds_hardware_fan1_speed_rpm: 'gauge',
    rds_hardware_fan2_speed_rpm: 'gauge',
    rds_hardware_psu1_power_watts: 'gauge',
    rds_hardware_psu1_temperature_celsius: 'gauge',
    rds_hardware_psu2_power_watts: 'gauge',
    rds_hardware_psu2_temperature_celsius: 'gauge',
  },
  node: {
    csi_plugin_operations_seconds: `histogram ${RPC_BUCKETS}`,
    rds_csi_mount_operations_total: 'counter',
    rds_csi_nvme_connect_duration_seconds: `histogram ${OPERATION_BUCKETS}`,
    rds_csi_nvme_connections_active: 'gauge',
    rds_csi_nvme_connects_total: 'counter',
    rds_csi_volume_operation_duration_seconds: `histogram ${OPERATION_BUCKETS}`,
    rds_csi_volume_operations_total: 'counter',
  },
}
const ROLES = Object.keys(FAMILIES) as Role[]

/** What an exposition holds, in the form of the table above. */
function familiesOf(text: string): Record<string, string> {
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => {
    const bounds = [...text.matchAll(new RegExp(`^${name}_bucket{le="([^"]+)"`, 'gm'))].map(([, bound]) => bound)
    const buckets = [...new Set(bounds)].filter(bound => bound !== '+Inf').join(',')
    return [name, type === 'histogram' ? `${type} ${buckets}` : type]
  })
  return Object.fromEntries(types) as Record<string, string>
}

const OPERATIONS: readonly Operation[] = [
  'create',
  'delete',
  'expand',
  'modify',
  'snapshot',
  'delete_snapshot',
  'stage',
  'unstage',
  'publish',
  'unpublish',
]
const OUTCOMES = ['success', 'failure'] as const
const nodeB = nodeId('node-b')

/** Everything that can happen, in every variant that a label tells apart. */
const HAPPENINGS: readonly Fact[] = [
  ...Object.values(SAMPLE_FACTS),
  { type: 'attached', node: nodeB, beside: [nodeId('node-a')] },
  { type: 'detached', node: nodeB, held: 1, partial: true, quiet: true },
  ...OPERATIONS.map(operation => ({ type: 'operation-succeeded', operation }) as const),
  ...OPERATIONS.map(operation => ({ type: 'operation-failed', operation, why: 'no' }) as const),
]
const MOUNT_OPERATIONS = ['mount', 'unmount', 'format', 'check', 'grow'] as const
const REASONS = [
  'MigrationStarted',
  'MigrationCompleted',
  'MigrationFailed',
  'VolumeAttached',
  'VolumeDetached',
  'AttachmentConflict',
  'StaleAttachmentCleared',
]
const SIGHTS: readonly Observation[] = [
  SAMPLE_OBSERVATIONS.rpc,
  SAMPLE_OBSERVATIONS['orphan-cleaned'],
  ...(['clear_stale', 'node_watcher_trigger', 'sync_annotation'] as const).map(
    action => ({ type: 'reconcile', action, took: 1 }) as const,
  ),
  ...REASONS.map(reason => ({ type: 'event-posted', reason }) as const),
  ...OUTCOMES.flatMap(outcome => [
    { ...SAMPLE_OBSERVATIONS['device-command'], outcome },
    { ...SAMPLE_OBSERVATIONS['device-reconnect'], outcome },
    { ...SAMPLE_OBSERVATIONS['nvme-connect'], outcome },
  ]),
  ...OUTCOMES.flatMap(outcome => MOUNT_OPERATIONS.map(operation => ({ type: 'mount', operation, outcome }) as const)),
]

describe.each(ROLES)('the metrics of a %s', role => {
  it('are these, of these types, with these buckets', async () => {
    const metrics = openMetrics(role)
    for (const sight of SIGHTS) metrics.telemetry.observe(sight)
    expect(familiesOf(await metrics.text())).toEqual(FAMILIES[role])
  })

  it('start at 0, every one', async () => {
    const started = await openMetrics(role).samples()
    expect(started.size).toBeGreaterThan(50)
    expect([...started].filter(([, value]) => value !== 0)).toEqual([])
  })

  it('can all change, in every series', async () => {
    const metrics = openMetrics(role)
    const before = await metrics.samples()
    Object.assign(metrics.state, { running: 1, held: 2, connected: true, sessions: 3, unfenced: 4 })
    for (const fact of HAPPENINGS) metrics.sink.publish(fact, aboutFact())
    for (const sight of SIGHTS) metrics.telemetry.observe(sight)
    const after = await metrics.samples()
    // A bucket below the observed value stays; its series is alive all the same.
    const still = [...before].filter(([name, value]) => !name.includes('_bucket{') && after.get(name) === value)
    expect(still).toEqual([])
    expect(metrics.log.lines).toEqual([])
  })

  it('show in each scrape what the state is then', async () => {
    const metrics = openMetrics(role)
    const active = 'rds_csi_nvme_connections_active'
    for (const count of [2, 5, 0]) {
      Object.assign(metrics.state, { held: count, sessions: count })
      expect((await metrics.samples()).get(active)).toBe(count)
    }
  })
})

describe('two registries', () => {
  it('share nothing', async () => {
    const [one, other] = [openMetrics('controller'), openMetrics('controller')]
    one.sink.publish(SAMPLE_FACTS.attached, aboutFact())
    expect((await one.samples()).get('rds_csi_attachment_attach_total{status="success"}')).toBe(1)
    expect((await other.samples()).get('rds_csi_attachment_attach_total{status="success"}')).toBe(0)
  })
})

describe("the gauges of the appliance's hardware and of orphans", () => {
  const hardware = {
    cpuTemperature: 46,
    boardTemperature: undefined,
    fanSpeeds: [5640, 0],
    psuPowers: [74, undefined],
    psuTemperatures: [undefined, 34],
    poolSize: 1000,
    poolUsed: 0,
  } as const
  const disk = {
    slot: 'pool',
    readOpsPerSecond: 3,
    writeOpsPerSecond: 0,
    readBytesPerSecond: 12.5,
    writeBytesPerSecond: undefined,
    readLatency: 0.5,
    writeLatency: undefined,
    waitLatency: 2,
    inFlight: 0,
    active: 40,
  }
  const named = (values: ReadonlyMap<string, number>, prefix: string) =>
    Object.fromEntries([...values].filter(([name]) => name.startsWith(prefix)))

  it('are absent where nothing is known, and not 0', async () => {
    const values = await openMetrics('controller').samples()
    for (const prefix of ['rds_disk_', 'rds_hardware_', 'rds_csi_orphans{']) expect(named(values, prefix)).toEqual({})
  })

  it('tell what the device tells, each figure by itself, a 0 too', async () => {
    const metrics = openMetrics('controller')
    Object.assign(metrics.state, { hardware, disk })
    const values = await metrics.samples()
    expect(named(values, 'rds_hardware_')).toEqual({
      rds_hardware_cpu_temperature_celsius: 46,
      rds_hardware_fan1_speed_rpm: 5640,
      rds_hardware_fan2_speed_rpm: 0,
      rds_hardware_psu1_power_watts: 74,
      rds_hardware_psu2_temperature_celsius: 34,
      rds_hardware_disk_pool_size_bytes: 1000,
      rds_hardware_disk_pool_used_bytes: 0,
    })
    expect(named(values, 'rds_disk_')).toEqual({
      'rds_disk_read_ops_per_second{slot="pool"}': 3,
      'rds_disk_write_ops_per_second{slot="pool"}': 0,
      'rds_disk_read_bytes_per_second{slot="pool"}': 12.5,
      'rds_disk_read_latency_milliseconds{slot="pool"}': 0.5,
      'rds_disk_wait_latency_milliseconds{slot="pool"}': 2,
      'rds_disk_in_flight_operations{slot="pool"}': 0,
      'rds_disk_active_time_milliseconds{slot="pool"}': 40,
    })
    Object.assign(metrics.state, { hardware: undefined, disk: undefined })
    expect(named(await metrics.samples(), 'rds_disk_')).toEqual({})
  })

  it('count orphans by kind and state', async () => {
    const metrics = openMetrics('controller')
    metrics.state.orphans = [
      { kind: 'volume', standing: 'due', count: 2 },
      { kind: 'file', standing: 'unproven', count: 0 },
    ]
    expect(named(await metrics.samples(), 'rds_csi_orphans{')).toEqual({
      'rds_csi_orphans{kind="volume",state="due"}': 2,
      'rds_csi_orphans{kind="file",state="unproven"}': 0,
    })
  })
})

describe('a gauge that cannot be read', () => {
  it('is absent, and all the others are there', async () => {
    const metrics = openMetrics('controller')
    const before = await metrics.samples()
    Object.defineProperty(metrics.state, 'held', { get: () => expect.fail('no state') })
    const after = samples(await metrics.text())
    expect([...before.keys()].filter(name => !after.has(name))).toEqual(['rds_csi_nvme_connections_active'])
    expect(metrics.log.lines.map(line => line.level)).toEqual(['warn'])
  })
})
