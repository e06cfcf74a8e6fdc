import { StorageError } from '../../domain/errors.ts'
import { type ApiClient, ApiTransport } from './api/api-transport.ts'
import { FallbackTransport, type NamedTransport } from './fallback-transport.ts'
import type { TransportParts, TransportTiming } from './link/session-transport.ts'
import { RestTransport } from './rest/rest-transport.ts'
import { HostKey, type HostKeyTrust } from './ssh/host-key.ts'
import { SshTransport } from './ssh/ssh-transport.ts'
import { TlsTrust, type TlsTrustOptions } from './tls-trust.ts'
import type { Transport } from './transport.ts'

/** The binary API over TLS or plain, REST over TLS, or the console over SSH. */
export type TransportName = 'api' | 'api-plain' | 'rest' | 'ssh'

export interface Way {
  readonly transport: TransportName
  /** The transport's own where it is absent. */
  readonly port?: number
}

export interface WaysOptions extends Way {
  /** Management address of the appliance. */
  readonly address: string
  /** Taken in this order while the first cannot be had. */
  readonly fallback?: readonly Way[]
  readonly user: string
  /** Asked at each login. Nothing but `ssh` with a key can do without. */
  readonly password?: () => Promise<string>
  /** A private key in OpenSSH's or PEM form, for `ssh`; asked at each login. */
  readonly key?: () => Promise<string>
  /** What opens the connections of `api` and `api-plain`; the library where it is absent. */
  readonly client?: ApiClient
  /** What proves the appliance to `api` and `rest`. */
  readonly tls?: TlsTrustOptions
  /** What proves it to `ssh`. */
  readonly ssh?: HostKeyTrust
}

export type MakeTransport = (timing: TransportTiming, parts: TransportParts) => Transport

/** The transports' own ports (manual, "Services"). */
const PORTS: Readonly<Record<TransportName, number>> = { api: 8729, 'api-plain': 8728, rest: 443, ssh: 22 }

/** What makes the transport that these options ask for. Throws `invalid` at once for options that cannot work. */
export function transportOf(options: WaysOptions): MakeTransport {
  const first = wayOf(options, options)
  const others = (options.fallback ?? []).map(way => wayOf(way, options))
  if (others.length === 0) return first.make
  return (timing, parts) => {
    const named = ({ name, make }: typeof first): NamedTransport => ({ name, transport: make(timing, parts) })
    return new FallbackTransport([named(first), ...others.map(named)], parts.log)
  }
}

function wayOf({ transport, port = PORTS[transport] }: Way, options: WaysOptions) {
  return { name: `${transport}:${port}`, make: MAKERS[transport]({ ...options, transport, port }) }
}

type Access = WaysOptions & { readonly port: number }

const MAKERS: Readonly<Record<TransportName, (access: Access) => MakeTransport>> = {
  api(access) {
    const login = { ...apiLoginOf(access), trust: new TlsTrust(access.tls ?? {}) }
    return (timing, parts) => new ApiTransport(login, timing, parts)
  },
  'api-plain'(access) {
    const login = apiLoginOf(access)
    return (timing, parts) => new ApiTransport(login, timing, parts)
  },
  rest(access) {
    const login = { ...placeOf(access), password: passwordOf(access), trust: new TlsTrust(access.tls ?? {}) }
    return (timing, parts) => new RestTransport(login, timing, parts)
  },
  ssh(access) {
    const hostKey = new HostKey(access.ssh ?? {})
    const { key } = access
    const secret = key === undefined ? { password: passwordOf(access) } : { key }
    return (timing, parts) => new SshTransport({ ...placeOf(access), hostKey, ...secret }, timing, parts)
  },
}

const placeOf = ({ address, port, user }: Access) => ({ address, port, user })

const apiLoginOf = (access: Access) => ({
  ...placeOf(access),
  password: passwordOf(access),
  ...(access.client && { client: access.client }),
})

function passwordOf({ password, transport }: Access): () => Promise<string> {
  if (password === undefined) throw new StorageError('invalid', `${transport} needs a password to log in`)
  return password
}
