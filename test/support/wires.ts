import { type ApiClient, ApiTransport } from '../../src/adapters/routeros/api/api-transport.ts'
import type { TransportParts, TransportTiming } from '../../src/adapters/routeros/link/session-transport.ts'
import { RestTransport } from '../../src/adapters/routeros/rest/rest-transport.ts'
import { HostKey } from '../../src/adapters/routeros/ssh/host-key.ts'
import { SshTransport } from '../../src/adapters/routeros/ssh/ssh-transport.ts'
import { TlsTrust } from '../../src/adapters/routeros/tls-trust.ts'
import type { Transport } from '../../src/adapters/routeros/transport.ts'
import type { RunningDevice, ServiceName } from '../../src/adapters/sim/routeros-device/running-device.ts'
import type { DeviceOptions } from '../../src/adapters/sim/routeros-device/start-device.ts'

/** Every way to a device: what it speaks and, for the binary API, which client speaks it. */
export const WIRES = ['plain', 'plain-own', 'tls', 'tls-own', 'rest', 'ssh'] as const
export type Wire = (typeof WIRES)[number]

const SERVICES: Readonly<Record<Wire, ServiceName>> = {
  plain: 'api',
  'plain-own': 'api',
  tls: 'apiTls',
  'tls-own': 'apiTls',
  rest: 'rest',
  ssh: 'ssh',
}
const LOCALHOST = { host: '127.0.0.1', port: 0 }

/** What a device needs to be reached over this wire. */
export const servedOver = (wire: Wire): DeviceOptions => ({ [SERVICES[wire]]: LOCALHOST })

export interface Login {
  readonly user?: string
  readonly password: () => Promise<string>
  /** For SSH, instead of the password. */
  readonly key?: () => Promise<string>
}

/** A transport to a device that serves this wire. */
export function transportOver(
  wire: Wire,
  device: RunningDevice,
  login: Login,
  [timing, parts]: readonly [TransportTiming, TransportParts],
): Transport {
  const { port } = device.addresses[SERVICES[wire]]!
  const { user = 'admin', password, key } = login
  const access = { address: '127.0.0.1', port, user, password }
  if (wire === 'ssh') {
    const hostKey = new HostKey({ hostKey: device.hostKey!.fingerprint })
    return new SshTransport({ ...access, hostKey, ...(key && { key }) }, timing, parts)
  }
  const trust = device.certificate && new TlsTrust({ fingerprint: device.certificate.fingerprint })
  if (wire === 'rest') return new RestTransport({ ...access, trust: trust! }, timing, parts)
  const client: ApiClient = wire.endsWith('own') ? 'own' : 'node-routeros'
  return new ApiTransport({ ...access, client, ...(trust && { trust }) }, timing, parts)
}
