import { folderProblem, isInside } from './folder.ts'
import { isFilesystemType, FILESYSTEM_TYPES } from './filesystem.ts'
import { isIpAddress } from './ip-address.ts'
import type { Millis } from './ids.ts'
import { NUMBERS, type NumberKey } from './parameter-limits.ts'
import type { ConnectionProfile, Portal } from './volume-context.ts'

/** Set by the external-provisioner for our information. */
const AUDIT_PREFIX = 'csi.storage.k8s.io/'
const TEXTS = ['rdsAddress', 'nvmeAddress', 'volumePath', 'fsType'] as const
const KNOWN: readonly string[] = [...TEXTS, ...Object.keys(NUMBERS)]

/** What this installation is configured with. */
export interface Installation {
  readonly rdsAddress: string
  readonly nvmeAddress: string
  readonly nvmePort: number
  /** Folder outside of which nothing is touched. */
  readonly basePath: string
}

/** A StorageClass's parameters, checked and completed. */
export interface VolumeParameters {
  readonly folder: string
  readonly portals: readonly Portal[]
  readonly profile: ConnectionProfile
  readonly migrationTimeout: Millis
  readonly fsType: string | undefined
}

/** The parameters, or every mistake in them, each with the name and what is allowed. */
export function readParameters(
  raw: Readonly<Record<string, string>>,
  installation: Installation,
): VolumeParameters | { readonly problems: readonly string[] } {
  const problems = [
    ...unknownNames(raw),
    ...wrongTexts(raw, installation),
    ...wrongNumbers(raw),
    ...otherPort(raw, installation),
  ]
  if (problems.length > 0) return { problems }
  const number = (key: NumberKey) => (raw[key] === undefined ? NUMBERS[key].byDefault : Number(raw[key]))
  return {
    folder: raw['volumePath'] ?? installation.basePath,
    portals: [{ address: raw['nvmeAddress'] ?? installation.nvmeAddress, port: installation.nvmePort }],
    profile: {
      ctrlLossTmo: number('ctrlLossTmo'),
      reconnectDelay: number('reconnectDelay'),
      keepAliveTmo: number('keepAliveTmo'),
    },
    migrationTimeout: number('migrationTimeoutSeconds') * 1000,
    fsType: raw['fsType'],
  }
}

function unknownNames(raw: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(raw)
    .filter(name => !KNOWN.includes(name) && !name.startsWith(AUDIT_PREFIX))
    .map(name => `parameter ${JSON.stringify(name)} is unknown; known are ${KNOWN.join(', ')}`)
}

function wrongTexts(raw: Readonly<Record<string, string>>, installation: Installation): readonly string[] {
  const checks: Record<(typeof TEXTS)[number], (value: string) => string | undefined> = {
    rdsAddress: value =>
      value === installation.rdsAddress
        ? undefined
        : `must be this installation's --rds-address ${installation.rdsAddress}; several appliances are several installations`,
    nvmeAddress: value => (isIpAddress(value) ? undefined : 'must be an IP address'),
    volumePath: value => {
      const problem = folderProblem(value)
      if (problem !== undefined) return problem
      return isInside(value, installation.basePath) ? undefined : `must lie inside ${installation.basePath}`
    },
    fsType: value => (isFilesystemType(value) ? undefined : `must be one of ${FILESYSTEM_TYPES.join(', ')}`),
  }
  return TEXTS.flatMap(name => {
    const value = raw[name]
    const problem = value === undefined ? undefined : checks[name](value)
    return problem === undefined ? [] : [`parameter ${name} ${JSON.stringify(value)} ${problem}`]
  })
}

function wrongNumbers(raw: Readonly<Record<string, string>>): readonly string[] {
  return (Object.keys(NUMBERS) as NumberKey[]).flatMap(name => {
    const text = raw[name]
    const { min, max } = NUMBERS[name]
    if (text === undefined) return []
    const good = /^-?\d{1,10}$/.test(text) && Number(text) >= min && Number(text) <= max
    return good ? [] : [`parameter ${name} ${JSON.stringify(text)} must be a whole number from ${min} to ${max}`]
  })
}

/** All volumes of an installation are exported on its one port: a class that names another would never be reached. */
function otherPort(raw: Readonly<Record<string, string>>, { nvmePort }: Installation): readonly string[] {
  const text = raw['nvmePort']
  if (text === undefined || wrongNumbers({ nvmePort: text }).length > 0 || Number(text) === nvmePort) return []
  return [`parameter nvmePort ${JSON.stringify(text)} must be this installation's --nvme-port ${nvmePort}`]
}
