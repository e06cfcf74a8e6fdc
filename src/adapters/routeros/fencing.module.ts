import type { Bind, ServiceIdentifier } from 'inversify'
import { HostAccess } from '../../ports/host-access.ts'
import { Logger } from '../../ports/logger.ts'
import { NetworkFence } from '../../ports/network-fence.ts'
import { FirewallMenus } from './firewall/firewall-menus.ts'
import { RouterOsFirewall } from './firewall/network-fence.ts'
import type { Holdings } from './holdings.ts'
import { RouterOsHostAccess } from './host-access.ts'
import type { PortRange } from './known-disk.ts'
import { NvmePorts } from './nvme-ports.ts'
import { OpenNetwork } from './open-network.ts'
import type { Transport } from './transport.ts'

interface Parts {
  readonly transport: ServiceIdentifier<Transport>
  readonly holdings: ServiceIdentifier<Holdings>
}

const RouterOsPorts = Symbol('RouterOsPorts')

/** `HostAccess` and `NetworkFence`; with a range of ports the firewall keeps everybody but holders away from volumes. */
export function bindFencing(bind: Bind, { transport, holdings }: Parts, range: PortRange | undefined): void {
  bind(RouterOsPorts)
    .toResolvedValue((known: Holdings) => new NvmePorts(known), [holdings])
    .inSingletonScope()
  bind(HostAccess)
    .toResolvedValue(
      (known: Holdings, ports: NvmePorts) => new RouterOsHostAccess(known, ports),
      [holdings, RouterOsPorts],
    )
    .inSingletonScope()
  if (range === undefined) {
    bind(NetworkFence).to(OpenNetwork).inSingletonScope()
    return
  }
  bind(NetworkFence)
    .toResolvedValue(
      (way: Transport, known: Holdings, ports: NvmePorts, log: Logger) =>
        new RouterOsFirewall({ menus: new FirewallMenus(way), holdings: known, ports, range, log }),
      [transport, holdings, RouterOsPorts, Logger],
    )
    .inSingletonScope()
}
