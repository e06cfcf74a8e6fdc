import { Container } from 'inversify'
import { describe, expect, it } from 'vitest'
import {
  MetricsServer,
  prometheusModule,
  type PrometheusOptions,
  ReadyCheck,
} from '../../../src/adapters/prometheus/prometheus.module.ts'
import { AttachmentCensus } from '../../../src/ports/attachment-census.ts'
import { BackendHealth } from '../../../src/ports/backend-health.ts'
import { Clock } from '../../../src/ports/clock.ts'
import { FactListener, type FactSink } from '../../../src/ports/fact-sink.ts'
import { FencingCensus } from '../../../src/ports/fencing-census.ts'
import { HardwareCensus } from '../../../src/ports/hardware-census.ts'
import { Logger } from '../../../src/ports/logger.ts'
import { NvmeInitiator } from '../../../src/ports/nvme-initiator.ts'
import { OrphanCensus } from '../../../src/ports/orphan-census.ts'
import { Telemetry } from '../../../src/ports/telemetry.ts'
import { aboutFact, SAMPLE_FACTS } from '../../contracts/fact-sink.contract.ts'
import { SAMPLE_OBSERVATIONS } from '../../contracts/telemetry.contract.ts'
import { RecordedLog } from '../../support/recorded-log.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'

function containerOf(role: PrometheusOptions['role']): Container {
  const container = new Container()
  container.load(prometheusModule({ role, driverName: 'test.driver', listen: { host: '127.0.0.1', port: 0 } }))
  container.bind(Clock).toConstantValue(new SimulatedClock())
  container.bind(Logger).toConstantValue(new RecordedLog())
  container.bind(ReadyCheck).toConstantValue(() => undefined)
  if (role === 'controller') {
    container.bind(AttachmentCensus).toConstantValue({ running: () => 1, held: () => 7 })
    container.bind<unknown>(BackendHealth).toConstantValue({ link: () => ({ address: '192.0.2.1', connected: true }) })
    container.bind(FencingCensus).toConstantValue({ mode: 'export', unfenced: () => 0 })
    container.bind(OrphanCensus).toConstantValue({ orphans: () => undefined })
    container.bind(HardwareCensus).toConstantValue({ disk: () => undefined, hardware: () => undefined })
  } else {
    container.bind(NvmeInitiator).toConstantValue({ sessions: () => ['a', 'b'] })
  }
  return container
}

async function scrape(container: Container): Promise<string> {
  const server = container.get(MetricsServer)
  await server.start()
  const response = await fetch(`http://127.0.0.1:${server.address?.port}/metrics`, { headers: { connection: 'close' } })
  return response.text()
}

describe('the prometheus module', () => {
  it.each([
    ['controller', ['rds_csi_nvme_connections_active 7', 'rds_csi_rds_connection_state{address="192.0.2.1"} 1']],
    ['node', ['rds_csi_nvme_connections_active 2']],
  ] as const)('of a %s serves what facts, observations and state say', async (role, gauges) => {
    const container = containerOf(role)
    for (const sink of container.getAll<FactSink>(FactListener)) {
      sink.publish(SAMPLE_FACTS['operation-succeeded'], aboutFact())
    }
    container.get<Telemetry>(Telemetry).observe(SAMPLE_OBSERVATIONS.rpc)
    const text = await scrape(container)
    for (const gauge of gauges) expect(text).toContain(`\n${gauge}\n`)
    expect(text).toContain('\nrds_csi_volume_operations_total{operation="create",status="success"} 1\n')
    expect(text).toContain('csi_plugin_operations_seconds_count{driver_name="test.driver"')
    await container.unbindAllAsync()
  })

  it('closes its server with the container', async () => {
    const container = containerOf('node')
    const server = container.get(MetricsServer)
    await server.start()
    await container.unbindAllAsync()
    expect(server.address).toBeUndefined()
  })
})
