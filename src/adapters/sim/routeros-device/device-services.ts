import { ApiServer } from './api/api-server.ts'
import type { DeviceCore } from './device-core.ts'
import type { SettledOptions } from './device-options.ts'
import type { DeviceServer, ServerCertificate } from './device-server.ts'
import type { ServiceName } from './running-device.ts'
import type { DeviceHostKey } from './ssh-host-key.ts'

/** What proves a device to its clients; absent where no service needs it. */
export interface DeviceProofs {
  readonly certificate: ServerCertificate | undefined
  readonly hostKey: DeviceHostKey | undefined
}

/** Names of `/ip/service`. */
const NAMES: Readonly<Record<ServiceName, string>> = {
  api: 'api',
  apiTls: 'api-ssl',
  rest: 'www-ssl',
  restPlain: 'www',
  ssh: 'ssh',
}

/** Makes the services that are asked for; none of them listens yet. REST and SSH are loaded only then. */
export async function makeServices(
  core: DeviceCore,
  options: SettledOptions,
  { certificate, hostKey }: DeviceProofs,
): Promise<ReadonlyMap<ServiceName, DeviceServer>> {
  const { maxSessions } = options
  const tls = certificate === undefined ? {} : { certificate }
  const makers: Readonly<Record<ServiceName, () => DeviceServer | Promise<DeviceServer>>> = {
    api: () => new ApiServer(core, { maxSessions }),
    apiTls: () => new ApiServer(core, { maxSessions, ...tls }),
    rest: () => makeRest(core, options, tls),
    restPlain: () => makeRest(core, options, {}),
    ssh: async () => {
      const { SshServer } = await import('./ssh/ssh-server.ts')
      return new SshServer(core, { maxSessions, hostKeys: hostKey === undefined ? [] : [hostKey.privateKey] })
    },
  }
  const services = new Map<ServiceName, DeviceServer>()
  for (const name of Object.keys(makers) as ServiceName[]) {
    if (options[name] !== undefined) services.set(name, await makers[name]())
  }
  return services
}

/** Tells the model which services it has, for `/ip/service`. */
export function announceServices(
  core: DeviceCore,
  services: ReadonlyMap<ServiceName, DeviceServer>,
  maxSessions: number,
): void {
  for (const [name, { port }] of services) {
    core.state.services.set(NAMES[name], { port, maxSessions, tls: name === 'apiTls' || name === 'rest' })
  }
}

async function makeRest(
  core: DeviceCore,
  { maxSessions, restLimitMs, restLoginCacheMs }: SettledOptions,
  tls: { readonly certificate?: ServerCertificate },
): Promise<DeviceServer> {
  const { RestServer } = await import('./rest/rest-server.ts')
  return new RestServer(core, {
    maxSessions,
    ...tls,
    ...(restLimitMs !== undefined && { limitMs: restLimitMs }),
    ...(restLoginCacheMs !== undefined && { loginCacheMs: restLoginCacheMs }),
  })
}
