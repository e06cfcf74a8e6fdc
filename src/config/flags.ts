import * as read from './flag-values.ts'

/** One flag: how it is read, what it is by default, and what `--help` says. */
export interface Flag<T> {
  readonly read: read.Reader<T>
  /** As it would be written; undefined: no value unless given. */
  readonly byDefault?: string
  readonly required?: true
  readonly value: string
  readonly help: string
}

const flag = <T>(reader: read.Reader<T>, value: string, help: string, rest: Partial<Flag<T>> = {}): Flag<T> => ({
  read: reader,
  value,
  help,
  ...rest,
})

/** Flags of every program. */
export const COMMON = {
  'driver-name': flag(read.driverName, 'NAME', 'name of the driver in Kubernetes; prefix of annotations', {
    byDefault: 'rds.csi.srvlab.io',
  }),
  endpoint: flag(read.socketPath, 'unix:///PATH', 'CSI socket', { byDefault: 'unix:///csi/csi.sock' }),
  'metrics-address': flag(read.listenAddress, 'HOST:PORT', 'serves /metrics, /healthz and /readyz; empty: off', {
    byDefault: ':9809',
  }),
  'log-level': flag(read.oneOf('debug', 'info', 'warn', 'error'), 'LEVEL', 'debug, info, warn or error', {
    byDefault: 'info',
  }),
  'log-format': flag(read.oneOf('json', 'text'), 'FORMAT', 'json, or text for people', { byDefault: 'json' }),
} as const

export const CONTROLLER = {
  ...COMMON,
  kubeconfig: flag(read.readableFile, 'FILE', 'kubeconfig; not needed inside a cluster'),
  'cluster-id': flag(read.uuid, 'UUID', "owner tag on the appliance; the kube-system namespace's UID by default"),
  backend: flag(read.oneOf('routeros'), 'NAME', 'where volumes live: routeros', { byDefault: 'routeros' }),
  'rds-address': flag(read.hostName, 'HOST', 'management address of the appliance', { required: true }),
  'rds-port': flag(read.port, 'PORT', "management port; the transport's own by default (api 8729, api-plain 8728)"),
  'rds-transport': flag(read.oneOf('api', 'api-plain'), 'NAME', 'api (TLS) or api-plain (no encryption)', {
    byDefault: 'api',
  }),
  'rds-user': flag(read.text, 'NAME', 'user on the appliance', { byDefault: 'admin' }),
  'rds-password-file': flag(read.readableFile, 'FILE', 'file with the password; read again at each login', {
    required: true,
  }),
  'rds-ca-file': flag(read.readableFile, 'FILE', "PEM of the authority that signed the appliance's certificate"),
  'rds-fingerprint': flag(read.fingerprint, 'SHA256', "SHA-256 of the appliance's certificate"),
  'rds-insecure-skip-verify': flag(read.yesNo, 'BOOL', 'talk to an appliance that proves nothing', {
    byDefault: 'false',
  }),
  'rds-volume-base-path': flag(read.folder, '/POOL/FOLDER', 'folder of the backing files; nothing else is touched', {
    required: true,
  }),
  'nvme-address': flag(read.ipAddress, 'IP', 'data address given to nodes; --rds-address by default'),
  'nvme-port': flag(read.port, 'PORT', 'data port given to nodes', { byDefault: '4420' }),
  'attachment-grace-period': flag(read.positiveDuration, 'TIME', 'until a lost node loses its seats', {
    byDefault: '30s',
  }),
  'attachment-reconcile-interval': flag(read.positiveDuration, 'TIME', 'between checks of exports', {
    byDefault: '5m',
  }),
  'leader-election': flag(read.yesNo, 'BOOL', 'serve only while holding the Lease', { byDefault: 'true' }),
  'leader-election-namespace': flag(read.text, 'NAME', "namespace of the Lease; the pod's by default"),
  'leader-election-lease-duration': flag(read.leaseDuration, 'TIME', 'after which another replica may take over', {
    byDefault: '15s',
  }),
  'leader-election-identity': flag(read.text, 'NAME', "unique per replica; the pod's or host's name by default"),
  'online-expansion': flag(read.yesNo, 'BOOL', 'grow attached volumes too; only where that was proven harmless', {
    byDefault: 'false',
  }),
} as const

export const NODE = {
  ...COMMON,
  'node-id': flag(read.nodeName, 'NAME', 'name of this Kubernetes node', { required: true }),
  host: flag(read.oneOf('simulated'), 'KIND', 'simulated: sessions and mounts without a kernel', { required: true }),
  'nvme-allowed-networks': flag(read.networks, 'CIDR,…', 'networks that this node may connect to; any by default'),
} as const

export type FlagTable = Readonly<Record<string, Flag<unknown>>>

/** The values of a table: always there where a default or a duty makes them so. */
export type Values<Table extends FlagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Flag<infer T> ? T | undefined : never
}
