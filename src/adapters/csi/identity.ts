import type { Readiness } from '../../app/readiness.ts'
import {
  type Identity,
  PluginCapability_Service_Type as SERVICE,
  PluginCapability_VolumeExpansion_Type as EXPANSION,
} from './gen/csi/v1/csi_pb.ts'
import type { UnaryHandlers } from './unary.ts'

export interface IdentitySettings {
  readonly driverName: string
  readonly version: string
  /** Whether attached volumes may grow. */
  readonly onlineExpansion: boolean
}

/** What only the backend can tell; asked at each call. */
export interface BackendState {
  /** Whether groups of snapshots are served. */
  readonly servesGroups: () => boolean
  /** Whether there is a link to the appliance at present; true where none is needed. */
  readonly isReachable: () => boolean
}

const service = (type: SERVICE) => ({ type: { case: 'service' as const, value: { type } } })
const expansion = (type: EXPANSION) => ({ type: { case: 'volumeExpansion' as const, value: { type } } })

/**
 * Who the driver is. Its capabilities are those of the driver as a whole, so controller and nodes answer the same: that is
 * what the specification asks of them. Answers before the driver is ready, and says then that it is not, as it does while the
 * appliance cannot be reached; groups of snapshots are not promised before the pool is known.
 */
export function identityHandlers(
  settings: IdentitySettings,
  readiness: Readiness,
  backend: BackendState,
): UnaryHandlers<typeof Identity> {
  const { driverName, version, onlineExpansion } = settings
  return {
    getPluginInfo: async () => ({ name: driverName, vendorVersion: version }),
    getPluginCapabilities: async () => ({
      capabilities: [
        service(SERVICE.CONTROLLER_SERVICE),
        ...(backend.servesGroups() ? [service(SERVICE.GROUP_CONTROLLER_SERVICE)] : []),
        expansion(onlineExpansion ? EXPANSION.ONLINE : EXPANSION.OFFLINE),
      ],
    }),
    probe: async () => ({ ready: readiness.why === undefined && backend.isReachable() }),
  }
}
