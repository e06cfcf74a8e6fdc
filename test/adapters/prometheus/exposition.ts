import { Registry } from 'prom-client'
import { FactMetrics } from '../../../src/adapters/prometheus/fact-metrics.ts'
import { type Role, roleTables } from '../../../src/adapters/prometheus/role-tables.ts'
import { controllerGauges, nodeGauges } from '../../../src/adapters/prometheus/state-gauges.ts'
import { PrometheusTelemetry } from '../../../src/adapters/prometheus/telemetry.ts'
import type { VolumeNqn } from '../../../src/domain/ids.ts'
import type { Hardware } from '../../../src/ports/backend-health.ts'
import type { DiskPace } from '../../../src/ports/hardware-census.ts'
import type { OrphanCount } from '../../../src/ports/orphan-census.ts'
import { RecordedLog } from '../../support/recorded-log.ts'

/** The samples of an exposition, `name{labels}` → value. */
export function samples(text: string): Map<string, number> {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

/** What gauges read; what is absent is unknown. */
interface MetricsState {
  running: number
  held: number
  connected: boolean
  sessions: number
  unfenced: number
  orphans?: readonly OrphanCount[]
  disk?: DiskPace
  hardware?: Hardware
}

const unread = () => Promise.reject(new Error('gauges ask nobody'))

/** The metrics of one role, with a state that can be set and no server. */
export function openMetrics(role: Role) {
  const registry = new Registry()
  const log = new RecordedLog()
  const state: MetricsState = { running: 0, held: 0, connected: false, sessions: 0, unfenced: 0 }
  const tables = roleTables(registry, role, 'rds.csi.srvlab.io')
  if (role === 'controller') {
    const census = { running: () => state.running, held: () => state.held }
    const health = { link: () => ({ address: '192.0.2.1', connected: state.connected, made: 1 }), read: unread }
    const orphans = { orphans: () => state.orphans }
    const hardware = { disk: () => state.disk, hardware: () => state.hardware }
    const fencing = { mode: 'export', unfenced: () => state.unfenced } as const
    controllerGauges(registry, { census, health, orphans, hardware, fencing, logger: log })
  } else {
    const nqns = Array.from({ length: 9 }, (_, index) => `nqn.2000-02.com.mikrotik:pvc-${index}` as VolumeNqn)
    nodeGauges(registry, { initiator: { sessions: () => nqns.slice(0, state.sessions) }, logger: log })
  }
  return {
    registry,
    log,
    state,
    sink: new FactMetrics(tables.facts, log),
    telemetry: new PrometheusTelemetry(tables.observations, log),
    text: () => registry.metrics(),
    /** But for the mode of fencing: one is in use all the time. */
    samples: async () => samples((await registry.metrics()).replaceAll(/^rds_csi_fencing_mode\{.*\n/gm, '')),
  }
}
