import type { DeviceOptions } from './device-options.ts'
import type { ServerCertificate } from './device-server.ts'
import { FlagReader, type KnownFlags } from './flag-reader.ts'
import { CAPTURED_LATENCY } from './latency.ts'
import { POOL_FS } from './pool.ts'
import type { ServiceName } from './running-device.ts'
import { parseAddress, parseDuration, parsePorts, parseSize } from './simulate-values.ts'
import { POLICIES, type Policy } from './users.ts'
import { isFileName } from './value-kinds.ts'

const SERVICES = ['api', 'api-tls', 'rest', 'rest-plain', 'ssh', 'blocks'] as const
const FLAGS: KnownFlags = {
  ...Object.fromEntries(SERVICES.map(name => [name, 'text'])),
  'export-ports': 'text',
  user: 'text',
  'password-file': 'text',
  'authorized-keys-file': 'text',
  policies: 'text',
  'max-sessions': 'text',
  latency: 'text',
  'data-dir': 'text',
  size: 'text',
  'pool-fs': 'text',
  directory: 'text',
  'tls-cert-file': 'text',
  'tls-key-file': 'text',
  help: 'switch',
}
const OPTIONS: Readonly<Record<(typeof SERVICES)[number], ServiceName | 'blocks'>> = {
  api: 'api',
  'api-tls': 'apiTls',
  rest: 'rest',
  'rest-plain': 'restPlain',
  ssh: 'ssh',
  blocks: 'blocks',
}

/** What the flags ask for, or every mistake in them, one line each. */
export type SimulateOptions =
  | { readonly kind: 'run'; readonly device: DeviceOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly mistakes: readonly string[] }

/** Reads the flags and the files that they name. */
export function readSimulateOptions(argv: readonly string[]): SimulateOptions {
  const flags = new FlagReader(argv, FLAGS)
  if (flags.has('help')) return { kind: 'help' }
  const directories = flags.readAll('directory').map(text => checkDirectory(flags, text))
  const device = { ...readServers(flags), ...readUser(flags), ...readModel(flags), directories }
  return flags.mistakes.length > 0 ? { kind: 'wrong', mistakes: flags.mistakes } : { kind: 'run', device }
}

function readServers(flags: FlagReader): DeviceOptions {
  const addresses = SERVICES.map(name => [OPTIONS[name], flags.read(name, parseAddress)] as const)
  if (SERVICES.every(name => name === 'blocks' || !flags.has(name))) {
    flags.mistakes.push('--api: give this, --api-tls, --rest, --rest-plain or --ssh an address')
  }
  if (flags.has('export-ports') && !flags.has('blocks')) flags.mistakes.push('--export-ports: belongs to --blocks')
  return defined({
    ...Object.fromEntries(addresses.filter(([, address]) => address !== undefined)),
    exportPorts: flags.read('export-ports', parsePorts),
    maxSessions: flags.read('max-sessions', text => (/^[1-9]\d{0,3}$/.test(text) ? Number(text) : NO_SESSIONS)),
    certificate: readCertificate(flags),
  })
}

const NO_SESSIONS = 'is no number of sessions; write 1 to 9999'

/** The same options without those that are not there. */
function defined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as { [K in keyof T]: Exclude<T[K], undefined> }
}

function readUser(flags: FlagReader): DeviceOptions {
  const keys = flags.readFile('authorized-keys-file')?.split(/\r?\n/)
  return defined({
    user: flags.readText('user'),
    password: flags.readFile('password-file')?.replace(/\r?\n$/, ''),
    keys: keys?.map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#')),
    policies: flags.read('policies', parsePolicies),
  })
}

function readModel(flags: FlagReader): DeviceOptions {
  const fs = flags.read('pool-fs', text => {
    const found = POOL_FS.find(known => known === text)
    return found === undefined ? `"${text}" is none of ${POOL_FS.join(', ')}` : { fs: found }
  })
  const captured = flags.readAll('latency').at(-1) === 'captured'
  return defined({
    size: flags.read('size', parseSize),
    ...(captured ? { latency: CAPTURED_LATENCY } : { latencyMs: flags.read('latency', parseDuration) }),
    dataDir: flags.readText('data-dir'),
    pool: fs,
  })
}

function parsePolicies(text: string): Policy[] | string {
  const names = text.split(',')
  const unknown = names.filter(name => !POLICIES.some(policy => policy === name))
  if (unknown.length > 0) return `"${unknown.join(',')}" is no right of a user; there are ${POLICIES.join(', ')}`
  return POLICIES.filter(policy => names.includes(policy))
}

function checkDirectory(flags: FlagReader, text: string): string {
  const name = text.replaceAll(/^\/|\/$/g, '')
  if (!isFileName(name)) flags.mistakes.push(`--directory: "${text}" is no path; write it like /storage-pool/volumes`)
  return name
}

function readCertificate(flags: FlagReader): ServerCertificate | undefined {
  const cert = flags.readFile('tls-cert-file')
  const key = flags.readFile('tls-key-file')
  const [one, other] = ['tls-cert-file', 'tls-key-file'].map(name => flags.has(name))
  if (one !== other) flags.mistakes.push('--tls-cert-file: belongs together with --tls-key-file')
  return cert === undefined || key === undefined ? undefined : { key, cert }
}
