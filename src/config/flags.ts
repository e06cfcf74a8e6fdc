import { FENCING_MODES } from '../domain/fencing.ts'
import { FILESYSTEM_TYPES } from '../domain/filesystem.ts'
import { SNAPSHOT_MODES } from '../domain/snapshot-mode.ts'
import * as read from './flag-values.ts'

/** One flag: how it is read, what it is by default, and what `--help` says. */
export interface Flag<T> {
  readonly read: read.Reader<T>
  /** As it would be written; undefined: no value unless given. */
  readonly byDefault?: string
  readonly required?: true
  /** What it means where it is given without a value; undefined: it needs one. */
  readonly alone?: string
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

/** Flags of every program that works with an appliance. */
export const APPLIANCE = {
  'cluster-id': flag(read.uuid, 'UUID', "owner tag on the appliance; the kube-system namespace's UID by default"),
  backend: flag(read.oneOf('routeros'), 'NAME', 'where volumes live: routeros', { byDefault: 'routeros' }),
  'rds-address': flag(read.hostName, 'HOST', 'management address of the appliance', { required: true }),
  'rds-port': flag(
    read.port,
    'PORT',
    "management port; the transport's own by default (api 8729, api-plain 8728, rest 443, ssh 22)",
  ),
  'rds-transport': flag(
    read.oneOf(...read.TRANSPORTS),
    'NAME',
    'api (TLS), api-plain (no encryption), rest (https) or ssh',
    { byDefault: 'api' },
  ),
  'rds-transport-fallback': flag(
    read.transports,
    'NAME,…',
    'transports to take, in this order, while it cannot be had',
  ),
  'rds-api-client': flag(
    read.oneOf('node-routeros', 'own'),
    'NAME',
    'what opens connections to the binary API: node-routeros or own',
    { byDefault: 'node-routeros' },
  ),
  'rds-user': flag(read.text, 'NAME', 'user on the appliance', { byDefault: 'admin' }),
  'rds-password-file': flag(read.readableFile, 'FILE', 'file with the password; read again at each login'),
  'rds-key-file': flag(
    read.readableFile,
    'FILE',
    'private key for ssh, instead of a password; read again at each login',
  ),
  'rds-ca-file': flag(read.readableFile, 'FILE', "PEM of the authority that signed the appliance's certificate"),
  'rds-fingerprint': flag(read.fingerprint, 'SHA256', "SHA-256 of the appliance's certificate"),
  'rds-host-key': flag(read.hostKey, 'KEY', "the appliance's SSH host key: SHA256:… or its public key line"),
  'rds-insecure-skip-verify': flag(read.yesNo, 'BOOL', 'talk to an appliance that proves nothing', {
    byDefault: 'false',
  }),
  'rds-volume-base-path': flag(read.folder, '/POOL/FOLDER', 'folder of the backing files; nothing else is touched', {
    required: true,
  }),
  'snapshot-mode': flag(
    read.oneOf(...SNAPSHOT_MODES),
    'MODE',
    'snapshots: auto (where the pool has them), copy (elsewhere byte by byte) or off',
    { byDefault: 'auto' },
  ),
  'pool-reserve': flag(read.poolReserve, 'PERCENT%|SIZE', 'what the pool keeps back, such as 5% or 200GiB', {
    byDefault: '5%',
  }),
  'nvme-address': flag(read.ipAddress, 'IP', 'data address given to nodes; --rds-address by default'),
  'nvme-port': flag(read.port, 'PORT', 'data port given to nodes', { byDefault: '4420' }),
} as const

export const CONTROLLER = {
  ...COMMON,
  kubeconfig: flag(read.readableFile, 'FILE', 'kubeconfig; not needed inside a cluster'),
  ...APPLIANCE,
  fencing: flag(read.oneOf(...FENCING_MODES), 'MODE', 'how volumes are closed to others: export, narrow or firewall', {
    byDefault: 'export',
  }),
  'nvme-host-lists': flag(
    read.yesNo,
    'BOOL',
    'an export takes several hosts, for --fencing=narrow; only where that was proven',
    { byDefault: 'false' },
  ),
  'nvme-port-range': flag(read.portRange, 'PORT-PORT', 'ports for --fencing=firewall, one for each volume', {
    byDefault: '4500-4999',
  }),
  'attachment-grace-period': flag(read.positiveDuration, 'TIME', 'until a lost node loses its seats', {
    byDefault: '30s',
  }),
  'attachment-reconcile-interval': flag(read.positiveDuration, 'TIME', 'between checks of exports', {
    byDefault: '5m',
  }),
  'orphan-check-interval': flag(read.positiveDuration, 'TIME', 'between searches for what the cluster has forgotten', {
    byDefault: '1h',
  }),
  'orphan-grace-period': flag(read.positiveDuration, 'TIME', 'before a forgotten thing counts as an orphan', {
    byDefault: '24h',
  }),
  'orphan-delete': flag(read.yesNo, 'BOOL', 'delete orphans; otherwise they are reported only', { byDefault: 'false' }),
  'hardware-interval': flag(read.positiveDuration, 'TIME', "between readings of the appliance's traffic and health", {
    byDefault: '30s',
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

/** Flags of the programs that work with the appliance and no cluster. */
const LOG = {
  'log-level': flag(read.oneOf('debug', 'info', 'warn', 'error'), 'LEVEL', 'of the log, which goes to standard error', {
    byDefault: 'error',
  }),
} as const

export const DOCTOR = {
  ...APPLIANCE,
  hardware: flag(read.yesNo, 'BOOL', 'also try out on scratch items what nobody knows about the appliance', {
    byDefault: 'false',
    alone: 'true',
  }),
  ...LOG,
} as const

export const ADOPT = {
  ...APPLIANCE,
  'driver-name': COMMON['driver-name'],
  'dry-run': flag(read.yesNo, 'BOOL', 'only look and print; there is no other way', {
    byDefault: 'false',
    alone: 'true',
  }),
  output: flag(read.oneOf('table', 'manifests'), 'FORM', 'table, or manifests: PersistentVolumes for kubectl', {
    byDefault: 'table',
  }),
  owner: flag(read.uuid, 'UUID', 'only what this cluster owned; volumes of the older driver have no owner'),
  'storage-class': flag(read.text, 'NAME', 'storageClassName of the manifests'),
  'volume-mode': flag(read.oneOf('Filesystem', 'Block'), 'MODE', 'volumeMode of the manifests', {
    byDefault: 'Filesystem',
  }),
  'access-mode': flag(
    read.oneOf('ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany'),
    'MODE',
    'access mode of the manifests',
    { byDefault: 'ReadWriteOnce' },
  ),
  'fs-type': flag(read.oneOf(...FILESYSTEM_TYPES), 'TYPE', 'fsType of the manifests'),
  ...LOG,
} as const

export const NODE = {
  ...COMMON,
  'node-id': flag(read.nodeName, 'NAME', 'name of this Kubernetes node', { required: true }),
  host: flag(read.oneOf('simulated'), 'KIND', 'simulated: sessions and mounts without a kernel', { required: true }),
  'online-expansion': flag(read.yesNo, 'BOOL', "the controller's --online-expansion: nodes tell the same", {
    byDefault: 'false',
  }),
  'group-snapshots': flag(read.yesNo, 'BOOL', 'whether the controller takes group snapshots: nodes tell the same', {
    byDefault: 'false',
  }),
  'nvme-allowed-networks': flag(read.networks, 'CIDR,…', 'networks that this node may connect to; any by default'),
} as const

export type FlagTable = Readonly<Record<string, Flag<unknown>>>

/** The values of a table: always there where a default or a duty makes them so. */
export type Values<Table extends FlagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Flag<infer T> ? T | undefined : never
}
