import type { Registry } from 'prom-client'
import type { AttachmentCensus } from '../../ports/attachment-census.ts'
import type { BackendHealth } from '../../ports/backend-health.ts'
import type { Logger } from '../../ports/logger.ts'
import type { NvmeInitiator } from '../../ports/nvme-initiator.ts'
import type { FencingCensus } from '../../ports/fencing-census.ts'
import type { HardwareCensus } from '../../ports/hardware-census.ts'
import type { OrphanCensus } from '../../ports/orphan-census.ts'
import { fencingGauges } from './fencing-gauges.ts'
import { hardwareGauges } from './hardware-gauges.ts'
import { gauge } from './metric.ts'

const connections = (help: string) => ({ name: 'rds_csi_nvme_connections_active', help })

/** What the gauges of a controller read. */
export interface ControllerState {
  readonly census: AttachmentCensus
  readonly health: BackendHealth
  readonly orphans: OrphanCensus
  readonly hardware: HardwareCensus
  readonly fencing: FencingCensus
  readonly logger: Logger
}

/** The state of a controller, read at each scrape: right after a restart too, and never counted up and down. */
export function controllerGauges(
  registry: Registry,
  { census, health, orphans, hardware, fencing, logger }: ControllerState,
): void {
  gauge(
    registry,
    { name: 'rds_csi_migration_active_migrations', help: 'Live migrations running now' },
    () => ({ value: census.running() }),
    logger,
  )
  gauge(registry, connections('Volumes that at least one node holds'), () => ({ value: census.held() }), logger)
  gauge(
    registry,
    { name: 'rds_csi_rds_connection_state', help: 'Link to the appliance: 1 connected, 0 not', labels: ['address'] },
    () => {
      const { address, connected } = health.link()
      return { labels: { address }, value: connected ? 1 : 0 }
    },
    logger,
  )
  orphanGauge(registry, orphans, logger)
  fencingGauges(registry, fencing, logger)
  hardwareGauges(registry, hardware, logger)
}

function orphanGauge(registry: Registry, census: OrphanCensus, logger: Logger): void {
  const text = {
    name: 'rds_csi_orphans',
    help: 'What nothing in the cluster names, by the last check',
    labels: ['kind', 'state'],
  }
  const samples = () =>
    (census.orphans() ?? []).map(({ kind, standing, count }) => ({ labels: { kind, state: standing }, value: count }))
  gauge(registry, text, samples, logger)
}

/** The state of a node, read at each scrape. */
export function nodeGauges(
  registry: Registry,
  { initiator, logger }: { initiator: Pick<NvmeInitiator, 'sessions'>; logger: Logger },
): void {
  gauge(
    registry,
    connections('NVMe/TCP sessions of this node that are live'),
    () => ({ value: initiator.sessions().length }),
    logger,
  )
}
