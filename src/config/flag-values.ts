import { accessSync, constants } from 'node:fs'
import { folderProblem } from '../domain/folder.ts'
import { isUuid } from '../domain/ids.ts'
import type { PoolReserve } from '../domain/pool-reserve.ts'
import { isIpAddress } from '../domain/ip-address.ts'

/** Reads one flag's text. Throws an Error whose message completes "--flag=value …". */
export type Reader<T> = (text: string) => T

export const text: Reader<string> = value => value

export const oneOf =
  <T extends string>(...values: readonly T[]): Reader<T> =>
  value => {
    const found = values.find(known => known === value)
    if (found === undefined) throw new Error(`must be one of ${values.join(', ')}`)
    return found
  }

export const yesNo: Reader<boolean> = value => oneOf('true', 'false')(value) === 'true'

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

/** `300ms`, `30s`, `5m`, `1h`; in milliseconds. */
export const duration: Reader<number> = value => {
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(value)
  if (match === null) throw new Error('must be a duration such as 300ms, 30s, 5m or 1h')
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]
}

export const positiveDuration: Reader<number> = value => {
  const ms = duration(value)
  if (ms === 0) throw new Error('must be longer than nothing')
  return ms
}

/** Shorter ones leave no time to end before another process may act. */
export const leaseDuration: Reader<number> = value => {
  const ms = duration(value)
  if (ms < 6_000) throw new Error('must be 6s or longer')
  return ms
}

export const port: Reader<number> = value => {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (!(number >= 1 && number <= 65_535)) throw new Error('must be a port from 1 to 65535')
  return number
}

export interface Ports {
  readonly first: number
  readonly last: number
}

/** `4500-4999`, both ends included. */
export const portRange: Reader<Ports> = value => {
  const [first = 0, last = 0, more] = value.split('-').map(port)
  if (more !== undefined || last <= first) throw new Error('must be two ports such as 4500-4999')
  return { first, last }
}

export const ipAddress: Reader<string> = value => {
  if (!isIpAddress(value)) throw new Error('must be an IP address')
  return value
}

const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/

export const hostName: Reader<string> = value => {
  if (!isIpAddress(value) && !HOST.test(value)) throw new Error('must be a host name or an IP address')
  return value
}

/** `host:port`, `:port`, `[::]:port`; empty means off. */
export const listenAddress: Reader<string> = value => {
  if (value !== '' && !/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]*):\d{1,5}$/.test(value)) {
    throw new Error('must be host:port or :port, or empty to turn it off')
  }
  return value
}

/** `unix:///absolute/path`; the path. */
export const socketPath: Reader<string> = value => {
  const path = value.replace(/^unix:(\/\/)?/, '')
  if (!path.startsWith('/')) throw new Error('must be unix:///absolute/path')
  if (Buffer.byteLength(path) > 107) throw new Error('is longer than the 107 bytes that a socket path may have')
  return path
}

export const readableFile: Reader<string> = value => {
  try {
    accessSync(value, constants.R_OK)
  } catch (error) {
    throw new Error(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, { cause: error })
  }
  return value
}

export const folder: Reader<string> = value => {
  const problem = folderProblem(value)
  if (problem !== undefined) throw new Error(problem)
  if (value.split('/').length < 3) throw new Error('must be /pool/folder, with a folder below the pool')
  return value
}

export const uuid: Reader<string> = value => {
  if (!isUuid(value)) throw new Error('must be a lower-case UUID')
  return value
}

const DRIVER_NAME = /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/

/** A CSI plugin name: a DNS name of at most 63 characters. */
export const driverName: Reader<string> = value => {
  if (!DRIVER_NAME.test(value)) throw new Error('must be a lower-case DNS name of at most 63 characters')
  return value
}

const NODE_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/

export const nodeName: Reader<string> = value => {
  if (!NODE_NAME.test(value)) throw new Error('must be the name of a Kubernetes node')
  return value
}

const FINGERPRINT = /^([0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/

/** SHA-256 of a certificate in hex, with or without colons; upper case with colons. */
export const fingerprint: Reader<string> = value => {
  if (!FINGERPRINT.test(value)) throw new Error('must be a SHA-256 fingerprint: 64 hex digits, colons allowed')
  return (value.replaceAll(':', '').toUpperCase().match(/../g) ?? []).join(':')
}

export interface Network {
  readonly address: string
  readonly prefix: number
}

/** CIDR networks, separated by commas. */
export const networks: Reader<readonly Network[]> = value =>
  value.split(',').map(part => {
    const [address = '', length = ''] = part.trim().split('/')
    const prefix = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
    if (!isIpAddress(address) || !(prefix <= (address.includes(':') ? 128 : 32))) {
      throw new Error('must be CIDR networks such as 10.1.0.0/16,2001:db8::/32')
    }
    return { address, prefix }
  })

/** Ways to the appliance, by what they speak. */
export const TRANSPORTS = ['api', 'api-plain', 'rest', 'ssh'] as const
export type TransportName = (typeof TRANSPORTS)[number]

export interface TransportChoice {
  readonly transport: TransportName
  /** Absent: the transport's own. */
  readonly port?: number
}

/** `rest,ssh:2222`: transports in their order, separated by commas; empty for none. */
export const transports: Reader<readonly TransportChoice[]> = value => {
  const choices = value === '' ? [] : value.split(',').map(part => transportChoice(part.trim()))
  const names = new Set(choices.map(({ transport }) => transport))
  if (names.size < choices.length) throw new Error('names a transport twice')
  return choices
}

function transportChoice(value: string): TransportChoice {
  const [name = '', given, ...more] = value.split(':')
  const transport = TRANSPORTS.find(known => known === name)
  if (transport === undefined || more.length > 0) {
    throw new Error(`must be some of ${TRANSPORTS.join(', ')}, with commas between, each with :PORT if it needs one`)
  }
  return given === undefined ? { transport } : { transport, port: port(given) }
}

const HOST_KEY = /^(SHA256:[A-Za-z0-9+/]{43}=?|ssh-(ed25519|rsa) [A-Za-z0-9+/]+={0,2}(\s.*)?)$/

/** An SSH host key, by its fingerprint or as a line of a public key file. */
export const hostKey: Reader<string> = value => {
  if (!HOST_KEY.test(value)) throw new Error('must be SHA256:… or a line such as "ssh-ed25519 AAAA…" (ed25519 or RSA)')
  return value
}

const SIZES = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const

/** `5%` of the pool's size, up to half of it, or a number of bytes such as `200GiB`. */
export const poolReserve: Reader<PoolReserve> = value => {
  const percent = /^(\d{1,2})%$/.exec(value)?.[1]
  if (percent !== undefined && Number(percent) <= 50) return { percent: Number(percent) }
  const [, count, unit] = /^(\d{1,15})(|[KMGT]iB)$/.exec(value) ?? []
  const bytes = Number(count) * SIZES[unit as keyof typeof SIZES]
  if (!Number.isSafeInteger(bytes)) throw new Error('must be 0% to 50%, or a size such as 200GiB')
  return { bytes }
}
