import { ContainerModule } from 'inversify'
import { StorageError } from '../../domain/errors.ts'
import { folderProblem } from '../../domain/folder.ts'
import type { PoolReserve } from '../../domain/pool-reserve.ts'
import type { SnapshotMode } from '../../domain/snapshot-mode.ts'
import { Clock } from '../../ports/clock.ts'
import { Cluster } from '../../ports/cluster.ts'
import { Logger } from '../../ports/logger.ts'
import { Telemetry } from '../../ports/telemetry.ts'
import { Appliance } from './appliance.ts'
import { bindFencing } from './fencing.module.ts'
import { Holdings } from './holdings.ts'
import type { PortRange } from './known-disk.ts'
import { DEFAULT_TIMING, type TransportTiming } from './link/session-transport.ts'
import { bindOperations } from './operations.module.ts'
import { bindStorage } from './storage.module.ts'
import type { Transport } from './transport.ts'
import { transportOf, type WaysOptions } from './ways.ts'

export type { TransportTiming } from './link/session-transport.ts'
export type { TlsTrustOptions } from './tls-trust.ts'
export type { TransportName, Way } from './ways.ts'

export interface RouterOsOptions extends WaysOptions {
  /** Folder of the backing files, as `/pool/folder`; nothing outside it is ever touched. */
  readonly basePath: string
  readonly nvmePort: number
  /** Where volumes are reached; nothing but the probes opens sessions there. */
  readonly nvmeAddress?: string | undefined
  /** Where each volume has a port of its own, closed by the firewall to all but its holders. */
  readonly portRange?: PortRange | undefined
  /** How snapshots are taken; `auto`. */
  readonly snapshots?: SnapshotMode
  /** What the pool keeps back; 5 % of its size. */
  readonly reserve?: PoolReserve
  readonly timing?: Partial<TransportTiming>
}

const RouterOsTransport = Symbol('RouterOsTransport')
const RouterOsHoldings = Symbol('RouterOsHoldings')

/**
 * `VolumeBackend`, `SnapshotBackend`, `HostAccess`, `NetworkFence` and what `bindOperations` binds, on a RouterOS
 * appliance. Throws `invalid` at once for options that can not work; connects with the first command, and closes when the
 * container is unbound.
 */
export function routerosModule(options: RouterOsOptions): ContainerModule {
  const { basePath } = options
  const problem = folderProblem(basePath)
  if (problem !== undefined) throw new StorageError('invalid', `base path "${basePath}" ${problem}`)
  const makeTransport = transportOf(options)
  const timing = { ...DEFAULT_TIMING, ...options.timing }
  return new ContainerModule(({ bind }) => {
    bind(RouterOsTransport)
      .toResolvedValue(
        (clock: Clock, log: Logger, telemetry: Telemetry) => makeTransport(timing, { clock, log, telemetry }),
        [Clock, Logger, Telemetry],
      )
      .inSingletonScope()
      .onDeactivation((transport: unknown) => (transport as Transport).close())
    bind(RouterOsHoldings)
      .toResolvedValue(
        (transport: Transport, cluster: Cluster) =>
          new Holdings(
            new Appliance(transport, options.basePath),
            () => ({
              owner: cluster.identity(),
              basePath: options.basePath,
              nvmePort: options.nvmePort,
              portRange: options.portRange,
            }),
            { snapshots: options.snapshots ?? 'auto', reserve: options.reserve ?? { percent: 5 } },
          ),
        [RouterOsTransport, Cluster],
      )
      .inSingletonScope()
      .onDeactivation((holdings: unknown) => (holdings as Holdings).copies.close())
    bindStorage(bind, RouterOsHoldings)
    bindFencing(bind, { transport: RouterOsTransport, holdings: RouterOsHoldings }, options.portRange)
    bindOperations(bind, RouterOsTransport, options)
  })
}
