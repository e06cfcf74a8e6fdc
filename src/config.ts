import { hostname } from 'node:os'
import { readFileSync } from 'node:fs'
import { applianceContradictions } from './config/appliance-rules.ts'
import { ADOPT, APPLIANCE, CONTROLLER, DOCTOR, NODE, type Values } from './config/flags.ts'
import { type Environment, type Parsed, parseFlags } from './config/parse-flags.ts'
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

/** Appliance flags that need not be given. */
export type OptionalAppliance =
  | 'rds-port'
  | 'rds-transport-fallback'
  | 'rds-password-file'
  | 'rds-key-file'
  | 'rds-ca-file'
  | 'rds-fingerprint'
  | 'rds-host-key'

export type ControllerConfig = Readonly<Optional<ControllerFlags, 'kubeconfig' | 'cluster-id' | OptionalAppliance>>
/** What programs know that work with the appliance alone. */
export type ApplianceConfig = Readonly<
  Optional<Values<typeof APPLIANCE>, 'cluster-id' | 'nvme-address' | OptionalAppliance>
>
export type DoctorConfig = ApplianceConfig & Readonly<Complete<Omit<Values<typeof DOCTOR>, keyof typeof APPLIANCE>>>
export type AdoptConfig = ApplianceConfig &
  Readonly<Optional<Omit<Values<typeof ADOPT>, keyof typeof APPLIANCE>, 'owner' | 'storage-class' | 'fs-type'>>
export type NodeConfig = Readonly<Optional<NodeFlags, 'nvme-allowed-networks'>>

const POD_NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

/** Reads the controller's configuration. Throws a ConfigurationError with all mistakes at once. */
export function controllerConfig(args: readonly string[], env: Environment): ControllerConfig {
  const parsed = parseFlags(CONTROLLER, args, env)
  const { values } = parsed
  const completed = {
    ...values,
    'nvme-address': values['nvme-address'] ?? ipOf(values['rds-address']),
    'leader-election-namespace': values['leader-election-namespace'] ?? podNamespace(env),
    'leader-election-identity': values['leader-election-identity'] ?? env['POD_NAME'] ?? hostname(),
  }
  return settle(completed as ControllerConfig, allMistakes(parsed, contradictions(completed, env)))
}

/** Reads the doctor's configuration. Throws a ConfigurationError with all mistakes at once. */
export function doctorConfig(args: readonly string[], env: Environment): DoctorConfig {
  const parsed = parseFlags(DOCTOR, args, env)
  const { values } = parsed
  const completed = { ...values, 'nvme-address': values['nvme-address'] ?? ipOf(values['rds-address']) }
  return settle(completed as DoctorConfig, allMistakes(parsed, applianceContradictions(values)))
}

/** Reads what `adopt` is told. Throws a ConfigurationError with all mistakes at once. */
export function adoptConfig(args: readonly string[], env: Environment): AdoptConfig {
  const parsed = parseFlags(ADOPT, args, env)
  const { values } = parsed
  const completed = { ...values, 'nvme-address': values['nvme-address'] ?? ipOf(values['rds-address']) }
  const rules = [...applianceContradictions(values), ...adoptRules(completed)]
  return settle(completed as AdoptConfig, allMistakes(parsed, rules))
}

/** Reads a node's configuration. Throws a ConfigurationError with all mistakes at once. */
export function nodeConfig(args: readonly string[], env: Environment): NodeConfig {
  const { values, mistakes } = parseFlags(NODE, args, env)
  return settle(values as NodeConfig, mistakes)
}

/** A flag that was given and could not be read is not told to be missing as well. */
function allMistakes({ mistakes, refused }: Pick<Parsed<never>, 'mistakes' | 'refused'>, rules: readonly string[]) {
  const isTold = (rule: string): boolean => {
    const [wanted, why] = rule.split(' missing')
    return why !== undefined && refused.some(name => wanted?.includes(`--${name}`))
  }
  return [...mistakes, ...rules.filter(rule => !isTold(rule))]
}

function contradictions(flags: ControllerFlags, env: Environment): readonly string[] {
  const rules: readonly (readonly [boolean, string])[] = [
    ...fencingRules(flags),
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
  return [...applianceContradictions(flags), ...rules.filter(([broken]) => broken).map(([, mistake]) => mistake)]
}

/** A firewall that does not see a packet keeps nobody out. */
function fencingRules(flags: ControllerFlags): readonly (readonly [boolean, string])[] {
  const { first, last } = flags['nvme-port-range'] ?? { first: 0, last: 0 }
  const port = flags['nvme-port'] ?? 0
  const isFirewall = flags.fencing === 'firewall'
  return [
    [
      isFirewall && port >= first && port <= last,
      `--nvme-port-range=${first}-${last} holds --nvme-port ${port}: volumes that are attached already are reached there`,
    ],
    [
      isFirewall && flags['nvme-address']?.includes(':') === true,
      '--fencing=firewall works with IPv4 alone: --nvme-address must be an IPv4 address',
    ],
    [
      flags['nvme-host-lists'] === true && flags.fencing !== 'narrow',
      '--nvme-host-lists=true means something with --fencing=narrow only',
    ],
  ]
}

function adoptRules(flags: Values<typeof ADOPT>): readonly string[] {
  const rules: readonly (readonly [boolean, string])[] = [
    [
      flags['dry-run'] !== true,
      'adopt needs --dry-run: it changes nothing, neither here nor there. To make a new cluster own the volumes of a lost ' +
        'one, start its controller with --cluster-id=<the old owner>, which --dry-run lists',
    ],
    [
      flags.output === 'manifests' && flags['nvme-address'] === undefined && flags['rds-address'] !== undefined,
      '--nvme-address=IP is missing: --rds-address is a name, and nodes need an IP address',
    ],
    [
      flags['access-mode'] === 'ReadWriteMany' && flags['volume-mode'] !== 'Block',
      '--access-mode=ReadWriteMany needs --volume-mode=Block: two nodes on one file system destroy its data',
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
