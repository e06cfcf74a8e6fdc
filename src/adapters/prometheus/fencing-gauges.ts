import type { Registry } from 'prom-client'
import type { FencingCensus } from '../../ports/fencing-census.ts'
import type { Logger } from '../../ports/logger.ts'
import { gauge } from './metric.ts'

/** How volumes are closed to others, and where they are not; both are there once it is known who holds what. */
export function fencingGauges(registry: Registry, census: FencingCensus, logger: Logger): void {
  gauge(
    registry,
    { name: 'rds_csi_fencing_mode', help: 'How volumes are closed to others: 1 for the mode in use', labels: ['mode'] },
    () => ({ labels: { mode: census.mode }, value: census.unfenced() === undefined ? undefined : 1 }),
    logger,
  )
  gauge(
    registry,
    { name: 'rds_csi_unfenced_volumes', help: 'Volumes that a lost node may still reach, as another node holds them' },
    () => ({ value: census.unfenced() }),
    logger,
  )
}
