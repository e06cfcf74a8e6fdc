import { readFile } from 'node:fs/promises'
import type { ContainerModule } from 'inversify'
import { type RouterOsOptions, routerosModule } from './adapters/routeros/routeros.module.ts'
import type { ApplianceConfig } from './config.ts'

/** What only some programs know of the appliance. */
type More = Pick<RouterOsOptions, 'portRange' | 'nvmeAddress'>

/** The appliance that the flags name; nothing is asked of it before its first command. */
export function applianceModule(config: ApplianceConfig, more: More = {}): ContainerModule {
  const port = config['rds-port']
  const hostKey = config['rds-host-key']
  return routerosModule({
    address: config['rds-address'],
    ...(port === undefined ? {} : { port }),
    transport: config['rds-transport'],
    client: config['rds-api-client'],
    fallback: config['rds-transport-fallback'] ?? [],
    user: config['rds-user'],
    ...secretsOf(config),
    tls: trustOf(config),
    ssh: { ...(hostKey === undefined ? {} : { hostKey }), insecureSkipVerify: config['rds-insecure-skip-verify'] },
    basePath: config['rds-volume-base-path'],
    nvmePort: config['nvme-port'],
    snapshots: config['snapshot-mode'],
    reserve: config['pool-reserve'],
    ...more,
  })
}

/** Read again at each login, so that a file may change at any time. */
function secretsOf(config: ApplianceConfig) {
  const passwordFile = config['rds-password-file']
  const keyFile = config['rds-key-file']
  return {
    ...(passwordFile === undefined
      ? {}
      : { password: async () => (await readFile(passwordFile, 'utf8')).replace(/\r?\n$/, '') }),
    ...(keyFile === undefined ? {} : { key: () => readFile(keyFile, 'utf8') }),
  }
}

function trustOf(config: ApplianceConfig) {
  const caFile = config['rds-ca-file']
  const fingerprint = config['rds-fingerprint']
  return {
    ...(caFile === undefined ? {} : { ca: () => readFile(caFile, 'utf8') }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    insecureSkipVerify: config['rds-insecure-skip-verify'],
  }
}
