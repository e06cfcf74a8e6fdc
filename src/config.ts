import { hostname } from 'node:os'
import { readFileSync } from 'node:fs'
import { CONTROLLER, NODE, type Values } from './config/flags.ts'
import { type Environment, parseFlags } from './config/parse-flags.ts'
import { isIpAddress } from './domain/ip-address.ts'

/** A configuration that cannot be used; every mistake is one line. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.mistakes = mistakes
  }
}

/** What a flag gives once it is known to be there. */
type Complete<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> }
type Optional<T, K extends keyof T> = Complete<Omit<T, K>> & Pick<T, K>

type ControllerFlags = Values<typeof CONTROLLER>
type NodeFlags = Values<typeof NODE>

export type ControllerConfig = Readonly<
  Optional<ControllerFlags, 'kubeconfig' | 'cluster-id' | 'rds-port' | 'rds-ca-file' | 'rds-fingerprint'>
>
export type NodeConfig = Readonly<Optional<NodeFlags, 'nvme-allowed-networks'>>

const POD_NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

/** Reads the controller's configuration. Throws a ConfigurationError with all mistakes at once. */
export function controllerConfig(args: readonly string[], env: Environment): ControllerConfig {
  const { values, mistakes } = parseFlags(CONTROLLER, args, env)
  const completed = {
    ...values,
    'nvme-address': values['nvme-address'] ?? ipOf(values['rds-address']),
    'leader-election-namespace': values['leader-election-namespace'] ?? podNamespace(env),
    'leader-election-identity': values['leader-election-identity'] ?? env['POD_NAME'] ?? hostname(),
  }
  return settle(completed as ControllerConfig, [...mistakes, ...contradictions(completed, env)])
}

/** Reads a node's configuration. Throws a ConfigurationError with all mistakes at once. */
export function nodeConfig(args: readonly string[], env: Environment): NodeConfig {
  const { values, mistakes } = parseFlags(NODE, args, env)
  return settle(values as NodeConfig, mistakes)
}

function contradictions(flags: ControllerFlags, env: Environment): readonly string[] {
  const insecure = flags['rds-insecure-skip-verify'] === true
  const proof = flags['rds-ca-file'] ?? flags['rds-fingerprint']
  const rules: readonly (readonly [boolean, string])[] = [
    [
      flags['rds-transport'] === 'api' && proof === undefined && !insecure,
      '--rds-ca-file or --rds-fingerprint is missing: nothing proves that the appliance is the right one ' +
        '(--rds-insecure-skip-verify=true does without)',
    ],
    [
      flags['rds-transport'] === 'api-plain' && !insecure,
      '--rds-transport=api-plain sends the password unencrypted and proves nothing: ' +
        'use api, or add --rds-insecure-skip-verify=true',
    ],
    [
      flags['nvme-address'] === undefined && flags['rds-address'] !== undefined,
      '--nvme-address=IP is missing: --rds-address is a name, and nodes need an IP address',
    ],
    [
      flags.kubeconfig === undefined && env['KUBERNETES_SERVICE_HOST'] === undefined,
      '--kubeconfig=FILE is missing: this is not inside a cluster',
    ],
    [
      flags['leader-election'] === true && flags['leader-election-namespace'] === undefined,
      '--leader-election-namespace=NAME is missing: this is not inside a cluster',
    ],
  ]
  return rules.filter(([broken]) => broken).map(([, mistake]) => mistake)
}

function settle<T extends object>(config: T, mistakes: readonly string[]): Readonly<T> {
  if (mistakes.length > 0) throw new ConfigurationError(mistakes)
  return Object.freeze(config)
}

const ipOf = (address: string | undefined) => (address !== undefined && isIpAddress(address) ? address : undefined)

function podNamespace(env: Environment): string | undefined {
  if (env['POD_NAMESPACE'] !== undefined) return env['POD_NAMESPACE']
  try {
    return readFileSync(POD_NAMESPACE_FILE, 'utf8').trim()
  } catch {
    return undefined // not in a pod
  }
}
