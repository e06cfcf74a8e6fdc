import { hostPort, isIpAddress, parseHostPort } from './ip-address.ts'
import type { Millis, VolumeNqn } from './ids.ts'
import { NUMBERS, type NumberKey } from './parameter-limits.ts'

/** One address at which a volume can be reached. */
export interface Portal {
  readonly address: string
  readonly port: number
}

/** How the initiator treats a connection that breaks. */
export interface ConnectionProfile {
  /** Seconds until a lost controller is given up; -1: never. */
  readonly ctrlLossTmo: number
  /** Seconds between attempts. */
  readonly reconnectDelay: number
  /** Seconds; 0: what the kernel takes by itself. */
  readonly keepAliveTmo: number
}

/** What a volume's context tells the nodes and the controller of later calls. */
export interface VolumeContext {
  readonly nqn: VolumeNqn
  readonly portals: readonly Portal[]
  readonly profile: ConnectionProfile
  readonly migrationTimeout: Millis
  /** The StorageClass's spelling; the capability's `fs_type` wins. */
  readonly fsType: string | undefined
}

/** Keys of the context, in the spelling that volumes of the older driver have too. */
export function writeContext(context: VolumeContext, extra: Readonly<Record<string, string>>): Record<string, string> {
  const { nqn, portals, profile, migrationTimeout, fsType } = context
  const [first] = portals
  return {
    ...extra,
    nqn,
    portals: portals.map(portal => hostPort(portal.address, portal.port)).join(','),
    ...(first === undefined ? {} : { nvmeAddress: first.address, nvmePort: String(first.port) }),
    ctrlLossTmo: String(profile.ctrlLossTmo),
    reconnectDelay: String(profile.reconnectDelay),
    keepAliveTmo: String(profile.keepAliveTmo),
    migrationTimeoutSeconds: String(migrationTimeout / 1000),
    ...(fsType === undefined ? {} : { fsType }),
  }
}

export interface ContextReading {
  readonly context: VolumeContext
  /** Out-of-range values of an old context that were clamped: a volume that exists must stay usable. */
  readonly warnings: readonly string[]
}

/**
 * Reads a context that may come from an older version: missing keys take today's defaults, numbers out of range are
 * clamped. A missing or wrong address cannot be mended: the text of the problem is returned.
 */
export function readContext(raw: Readonly<Record<string, string>>, nqn: VolumeNqn): ContextReading | string {
  if (raw['nqn'] !== undefined && raw['nqn'] !== nqn) return `volume_context nqn "${raw['nqn']}" is not ${nqn}`
  const warnings: string[] = []
  const portals = readPortals(raw, warnings)
  if (typeof portals === 'string') return portals
  const number = (key: NumberKey) => clamp(key, raw[key], warnings)
  return {
    context: {
      nqn,
      portals,
      profile: {
        ctrlLossTmo: number('ctrlLossTmo'),
        reconnectDelay: number('reconnectDelay'),
        keepAliveTmo: number('keepAliveTmo'),
      },
      migrationTimeout: number('migrationTimeoutSeconds') * 1000,
      fsType: raw['fsType'],
    },
    warnings,
  }
}

/** The migration time-out that a PersistentVolume's attributes give, clamped as above. */
export const readMigrationTimeout = (raw: Readonly<Record<string, string>>): Millis =>
  clamp('migrationTimeoutSeconds', raw['migrationTimeoutSeconds'], []) * 1000

function readPortals(raw: Readonly<Record<string, string>>, warnings: string[]): readonly Portal[] | string {
  if (raw['portals'] !== undefined) {
    const portals = raw['portals'].split(',').map(parseHostPort)
    const good = portals.filter(portal => portal !== undefined)
    return good.length === portals.length ? good : `volume_context portals "${raw['portals']}" must be address:port, …`
  }
  const address = raw['nvmeAddress'] ?? ''
  if (!isIpAddress(address)) return `volume_context nvmeAddress "${address}" must be an IP address`
  return [{ address, port: clamp('nvmePort', raw['nvmePort'], warnings) }]
}

function clamp(key: NumberKey, text: string | undefined, warnings: string[]): number {
  const { byDefault, min, max } = NUMBERS[key]
  if (text === undefined || text === '') return byDefault
  const value = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  const used = Number.isNaN(value) ? byDefault : Math.min(Math.max(value, min), max)
  if (used !== value) warnings.push(`${key} "${text}" is not ${min} to ${max}; ${used} is used`)
  return used
}
