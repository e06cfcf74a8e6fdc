import { Registry } from 'prom-client'
import { FactMetrics } from '../../../src/adapters/prometheus/fact-metrics.ts'
import { type Role, roleTables } from '../../../src/adapters/prometheus/role-tables.ts'
import { controllerGauges, nodeGauges } from '../../../src/adapters/prometheus/state-gauges.ts'
import { PrometheusTelemetry } from '../../../src/adapters/prometheus/telemetry.ts'
import type { VolumeNqn } from '../../../src/domain/ids.ts'
import { RecordedLog } from '../../support/recorded-log.ts'

/** The samples of an exposition, `name{labels}` → value. */
export function samples(text: string): Map<string, number> {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

/** The metrics of one role, with a state that can be set and no server. */
export function openMetrics(role: Role) {
  const registry = new Registry()
  const log = new RecordedLog()
  const state = { running: 0, held: 0, connected: false, sessions: 0 }
  const tables = roleTables(registry, role, 'rds.csi.srvlab.io')
  if (role === 'controller') {
    const census = { running: () => state.running, held: () => state.held }
    const health = { link: () => ({ address: '192.0.2.1', connected: state.connected }) }
    controllerGauges(registry, { census, health, logger: log })
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
    samples: async () => samples(await registry.metrics()),
  }
}
