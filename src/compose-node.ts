import { BlockList } from 'node:net'
import { Container, type ContainerModule } from 'inversify'
import { csiModule } from './adapters/csi/csi.module.ts'
import { logModule } from './adapters/log/log.module.ts'
import { parseListenAddress, prometheusModule, ReadyCheck } from './adapters/prometheus/prometheus.module.ts'
import { systemModule } from './adapters/system/system.module.ts'
import { commonModule } from './app/common.module.ts'
import { nodeModule } from './app/node.module.ts'
import { Readiness } from './app/readiness.ts'
import { ConfigurationError, type NodeConfig } from './config.ts'
import type { Network } from './config/flag-values.ts'
import { version } from './version.ts'

/** What a node may run on, by the name that `--host` gives. Each binds NvmeInitiator and Filesystem. */
export type Hosts = Readonly<Partial<Record<NodeConfig['host'], () => ContainerModule>>>

/** The node's parts, chosen and wired; nothing is started. Throws a ConfigurationError for a host that is not there. */
export function composeNode(config: NodeConfig, { hosts }: { readonly hosts: Hosts }): Container {
  const driverName = config['driver-name']
  const host = hosts[config.host]
  if (host === undefined) throw new ConfigurationError([`--host=${config.host} is not part of this bundle`])
  const container = new Container()
  container.load(
    systemModule(),
    logModule({ level: config['log-level'], format: config['log-format'] }),
    prometheusModule({ role: 'node', driverName, listen: parseListenAddress(config['metrics-address']) }),
    commonModule(),
    nodeModule(),
    host(),
    csiModule({
      role: 'node',
      driverName,
      version,
      onlineExpansion: config['online-expansion'],
      groupSnapshots: config['group-snapshots'],
      nodeId: config['node-id'],
      mayConnect: within(config['nvme-allowed-networks']),
    }),
  )
  container
    .bind<ReadyCheck>(ReadyCheck)
    .toResolvedValue((readiness: Readiness) => () => readiness.why, [Readiness])
    .inSingletonScope()
  return container
}

/** True for every address where no networks are given. */
function within(networks: readonly Network[] | undefined): (address: string) => boolean {
  if (networks === undefined) return () => true
  const allowed = new BlockList()
  for (const { address, prefix } of networks) allowed.addSubnet(address, prefix, familyOf(address))
  return address => allowed.check(address, familyOf(address))
}

const familyOf = (address: string) => (address.includes(':') ? 'ipv6' : 'ipv4')
