import { ContainerModule } from 'inversify'
import { StorageError } from '../../domain/errors.ts'
import { folderProblem } from '../../domain/folder.ts'
import { BackendHealth } from '../../ports/backend-health.ts'
import { Clock } from '../../ports/clock.ts'
import { Cluster } from '../../ports/cluster.ts'
import { HostAccess } from '../../ports/host-access.ts'
import { Logger } from '../../ports/logger.ts'
import { Telemetry } from '../../ports/telemetry.ts'
import { VolumeBackend } from '../../ports/volume-backend.ts'
import { type ApiTiming, ApiTransport, DEFAULT_TIMING } from './api-transport.ts'
import { Appliance } from './appliance.ts'
import { Holdings } from './holdings.ts'
import { RouterOsHostAccess } from './host-access.ts'
import { RouterOsLink } from './link.ts'
import { TlsTrust, type TlsTrustOptions } from './tls-trust.ts'
import type { Transport } from './transport.ts'
import { RouterOsVolumeBackend } from './volume-backend.ts'

export type { ApiTiming } from './api-transport.ts'
export type { TlsTrustOptions } from './tls-trust.ts'

export interface RouterOsOptions {
  /** Management address of the appliance. */
  readonly address: string
  /** 8729 for `api`, 8728 for `api-plain`. */
  readonly port?: number
  /** The binary API, over TLS or plain. */
  readonly transport: 'api' | 'api-plain'
  readonly user: string
  /** Asked at each login. */
  readonly password: () => Promise<string>
  /** What proves the appliance; nothing else than `api` needs it. */
  readonly tls?: TlsTrustOptions
  /** Folder of the backing files, as `/pool/folder`; nothing outside it is ever touched. */
  readonly basePath: string
  readonly nvmePort: number
  readonly timing?: Partial<ApiTiming>
}

const RouterOsTransport = Symbol('RouterOsTransport')
const RouterOsHoldings = Symbol('RouterOsHoldings')

/**
 * `VolumeBackend`, `HostAccess` and `BackendHealth` on a RouterOS appliance. Throws `invalid` at once for options that can
 * not work; connects with the first command, and closes when the container is unbound.
 */
export function routerosModule(options: RouterOsOptions): ContainerModule {
  const access = accessOf(options)
  const timing = { ...DEFAULT_TIMING, ...options.timing }
  return new ContainerModule(({ bind }) => {
    bind(RouterOsTransport)
      .toResolvedValue(
        (clock: Clock, log: Logger, telemetry: Telemetry) =>
          new ApiTransport(access, timing, { clock, log, telemetry }),
        [Clock, Logger, Telemetry],
      )
      .inSingletonScope()
      .onDeactivation((transport: unknown) => (transport as Transport).close())
    bind(RouterOsHoldings)
      .toResolvedValue(
        (transport: Transport, cluster: Cluster) =>
          new Holdings(new Appliance(transport, options.basePath), () => ({
            owner: cluster.identity(),
            basePath: options.basePath,
            nvmePort: options.nvmePort,
          })),
        [RouterOsTransport, Cluster],
      )
      .inSingletonScope()
    bind(VolumeBackend)
      .toResolvedValue(
        (holdings: Holdings, clock: Clock, log: Logger) => new RouterOsVolumeBackend(holdings, clock, log),
        [RouterOsHoldings, Clock, Logger],
      )
      .inSingletonScope()
    bind(HostAccess)
      .toResolvedValue((holdings: Holdings) => new RouterOsHostAccess(holdings), [RouterOsHoldings])
      .inSingletonScope()
    bind(BackendHealth)
      .toResolvedValue((transport: Transport) => new RouterOsLink(transport, options.address), [RouterOsTransport])
      .inSingletonScope()
  })
}

function accessOf({ address, port, transport, user, password, tls, basePath }: RouterOsOptions) {
  const problem = folderProblem(basePath)
  if (problem !== undefined) throw new StorageError('invalid', `base path "${basePath}" ${problem}`)
  if (transport === 'api-plain') return { address, port: port ?? 8728, user, password }
  return { address, port: port ?? 8729, user, password, trust: new TlsTrust(tls ?? {}) }
}
