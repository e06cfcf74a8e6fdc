import { describe, expect, it } from 'vitest'
import type { Observation } from '../../../src/ports/telemetry.ts'
import { SAMPLE_OBSERVATIONS, telemetryContract } from '../../contracts/telemetry.contract.ts'
import { openMetrics } from './exposition.ts'

telemetryContract('metrics of a controller', async () => {
  const { telemetry, text } = openMetrics('controller')
  return { telemetry, seen: text, silent: ['nvme-connect', 'mount'], close: async () => undefined }
})

telemetryContract('metrics of a node', async () => {
  const { telemetry, text } = openMetrics('node')
  const silent = ['device-command', 'device-reconnect', 'reconcile', 'orphan-cleaned', 'event-posted'] as const
  return { telemetry, seen: text, silent, close: async () => undefined }
})

async function after(role: 'controller' | 'node', observation: Observation): Promise<Map<string, number>> {
  const { telemetry, samples } = openMetrics(role)
  telemetry.observe(observation)
  return samples()
}

describe('a CSI call', () => {
  it.each([
    ['OK', 'OK'],
    ['NOT_FOUND', 'NotFound'],
    ['FAILED_PRECONDITION', 'FailedPrecondition'],
    ['CANCELLED', 'Canceled'],
    ['UNIMPLEMENTED', 'Unimplemented'],
    ['DEADLINE_EXCEEDED', 'DeadlineExceeded'],
  ])('that ends with %s is labelled as the field does: %s', async (code, label) => {
    const seen = await after('node', { ...SAMPLE_OBSERVATIONS.rpc, code })
    const labels = `{driver_name="rds.csi.srvlab.io",method_name="/csi.v1.Controller/CreateVolume",grpc_status_code="${label}"}`
    expect(seen.get(`csi_plugin_operations_seconds_count${labels}`)).toBe(1)
    expect(seen.get(`csi_plugin_operations_seconds_sum${labels}`)).toBe(0.24)
  })
})

describe('the other observations', () => {
  it.each([
    [
      'controller',
      'device-command',
      'rds_csi_rds_command_duration_seconds_sum{command="/disk/add",status="success"}',
      0.021,
    ],
    ['controller', 'device-reconnect', 'rds_csi_rds_reconnect_total{status="failure"}', 1],
    ['controller', 'device-reconnect', 'rds_csi_rds_reconnect_duration_seconds_sum', 3],
    ['controller', 'reconcile', 'rds_csi_attachment_reconcile_total{action="clear_stale"}', 1],
    ['controller', 'reconcile', 'rds_csi_attachment_operation_duration_seconds_sum{operation="reconcile"}', 0.012],
    ['controller', 'event-posted', 'rds_csi_events_posted_total{reason="MigrationStarted"}', 1],
    ['node', 'nvme-connect', 'rds_csi_nvme_connects_total{status="success"}', 1],
    ['node', 'nvme-connect', 'rds_csi_nvme_connect_duration_seconds_sum', 0.18],
    ['node', 'mount', 'rds_csi_mount_operations_total{operation="format",status="success"}', 1],
  ] as const)('on a %s: %s makes %s', async (role, type, series, value) => {
    expect((await after(role, SAMPLE_OBSERVATIONS[type])).get(series)).toBe(value)
  })
})
