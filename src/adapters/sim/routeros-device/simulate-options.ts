import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { ServerCertificate } from './api-server.ts'
import type { DeviceAddress } from './running-device.ts'
import type { DeviceOptions } from './start-device.ts'
import { bytes, isFileName } from './value-kinds.ts'

const TEXT = { type: 'string' } as const
const FLAGS = {
  api: TEXT,
  'api-tls': TEXT,
  rest: TEXT,
  ssh: TEXT,
  blocks: TEXT,
  user: TEXT,
  'password-file': TEXT,
  latency: TEXT,
  'data-dir': TEXT,
  size: TEXT,
  directory: { type: 'string', multiple: true },
  'tls-cert-file': TEXT,
  'tls-key-file': TEXT,
  help: { type: 'boolean' },
} as const

/** What the flags ask for, or every mistake in them, one line each. */
export type SimulateOptions =
  | { readonly kind: 'run'; readonly device: DeviceOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly mistakes: readonly string[] }

/** Reads the flags and the files that they name. */
export function readSimulateOptions(argv: readonly string[]): SimulateOptions {
  const flags = new FlagReader(argv)
  if (flags.asksForHelp) return { kind: 'help' }
  const device = readDevice(flags)
  return flags.mistakes.length > 0 ? { kind: 'wrong', mistakes: flags.mistakes } : { kind: 'run', device }
}

function readDevice(flags: FlagReader): DeviceOptions {
  for (const name of ['rest', 'ssh']) flags.read(name, () => 'not served yet; use --api or --api-tls')
  const directories = flags.readAll('directory').map(text => checkDirectory(flags, text))
  return { ...readServers(flags), ...readUser(flags), ...readModel(flags), directories }
}

function readServers(flags: FlagReader): DeviceOptions {
  const address = (name: string): DeviceAddress | undefined =>
    flags.read(name, text => parseAddress(text) ?? `"${text}" is no address; write HOST:PORT, such as 127.0.0.1:8728`)
  const [api, apiTls, blocks] = [address('api'), address('api-tls'), address('blocks')]
  if (!flags.has('api') && !flags.has('api-tls')) flags.mistakes.push('--api: give this or --api-tls an address')
  const certificate = readCertificate(flags)
  return {
    ...(api && { api }),
    ...(apiTls && { apiTls }),
    ...(blocks && { blocks }),
    ...(certificate && { certificate }),
  }
}

function readUser(flags: FlagReader): DeviceOptions {
  const user = flags.read('user', text => (text === '' ? 'is empty' : { text }))
  const password = flags.read('password-file', readText)
  return { ...(user && { user: user.text }), ...(password && { password: password.text.replace(/\r?\n$/, '') }) }
}

function readModel(flags: FlagReader): DeviceOptions {
  const size = flags.read('size', text => parseSize(text) ?? `"${text}" is no size; write bytes, such as 1T`)
  const latencyMs = flags.read('latency', text => parseDuration(text) ?? `"${text}" is no duration, such as 100ms`)
  const dataDir = flags.read('data-dir', text => (text === '' ? 'is empty' : { text }))
  return {
    ...(size !== undefined && { size }),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(dataDir && { dataDir: dataDir.text }),
  }
}

/** The flags as given. `read` notes a mistake when its `convert` answers with a text, which says what is wrong. */
class FlagReader {
  readonly mistakes: string[] = []
  readonly asksForHelp: boolean
  readonly #values = new Map<string, string[]>()

  constructor(argv: readonly string[]) {
    const { tokens } = parseArgs({ args: [...argv], options: FLAGS, strict: false, tokens: true })
    for (const token of tokens) {
      if (token.kind === 'positional') this.mistakes.push(`${token.value}: not understood; flags begin with --`)
      else if (token.kind === 'option') {
        // `--latency --user=x`: the next flag is no value of the one before it.
        const isFlag = token.inlineValue === false && token.value.startsWith('--')
        this.#take(token.name, isFlag ? undefined : token.value)
      }
    }
    this.asksForHelp = this.has('help')
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  readAll(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  read<T extends object | number>(name: string, convert: (text: string) => T | string): T | undefined {
    const text = this.readAll(name).at(-1)
    if (text === undefined) return undefined
    const value = convert(text)
    if (typeof value !== 'string') return value
    this.mistakes.push(`--${name}: ${value}`)
    return undefined
  }

  #take(name: string, value: string | undefined): void {
    if (!(name in FLAGS)) this.mistakes.push(`--${name}: unknown; --help lists the flags`)
    else if (value === undefined && name !== 'help') this.mistakes.push(`--${name}: needs a value: --${name}=…`)
    this.#values.set(name, [...this.readAll(name), ...(value === undefined ? [] : [value])])
  }
}

function parseAddress(text: string): DeviceAddress | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  return host !== undefined && port <= 65_535 ? { host, port } : undefined
}

function parseSize(text: string): number | undefined {
  const value = bytes(text)
  return typeof value === 'string' ? Number(value) : undefined
}

/** Milliseconds of `300ms`, `30s`, `5m` or `1h`. */
function parseDuration(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? []
  const factor = new Map([
    ['ms', 1],
    ['s', 1000],
    ['m', 60_000],
    ['h', 3_600_000],
  ]).get(unit)
  return factor === undefined ? undefined : Number(digits) * factor
}

function checkDirectory(flags: FlagReader, text: string): string {
  const name = text.replaceAll(/^\/|\/$/g, '')
  if (!isFileName(name)) flags.mistakes.push(`--directory: "${text}" is no path; write it like /storage-pool/volumes`)
  return name
}

function readCertificate(flags: FlagReader): ServerCertificate | undefined {
  const cert = flags.read('tls-cert-file', readText)
  const key = flags.read('tls-key-file', readText)
  const [one, other] = ['tls-cert-file', 'tls-key-file'].map(name => flags.has(name))
  if (one !== other) flags.mistakes.push('--tls-cert-file: belongs together with --tls-key-file')
  return cert && key && { key: key.text, cert: cert.text }
}

function readText(file: string): { text: string } | string {
  try {
    return { text: readFileSync(file, 'utf8') }
  } catch (error) {
    return `can't be read: ${error instanceof Error ? error.message : file}`
  }
}
