import type { Finding } from '../../../ports/backend-inspection.ts'
import { isTrue } from '../disk-row.ts'
import type { ReplyRow } from '../transport.ts'
import { failure, ok, skipped, warning } from './findings.ts'

/** Names of exports and subvolumes as this driver needs them came with it. */
const OLDEST = [7, 21] as const
const STORAGE = new Set(['rose-storage', 'storage'])

/** The release, by the packages that the device reports. */
export function releaseFinding(packages: readonly ReplyRow[]): Finding {
  const system = packages.find(row => ['routeros', 'system'].includes(row.get('name') ?? ''))
  return versionFinding(system?.get('version'))
}

/** The release, as the device writes it: `7.24.4`, `7.24.4 (stable)`, `7.25beta3`. */
export function versionFinding(text: string | undefined): Finding {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(text ?? '') ?? []
  if (major === undefined || minor === undefined) {
    return warning('version', `the device tells no release (${text ?? 'nothing'})`, `make sure that it is ${needed}`)
  }
  const old = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1])
  return old
    ? failure('version', `RouterOS ${text} is too old`, `upgrade the appliance to ${needed}`)
    : ok('version', `RouterOS ${text}`)
}

const needed = `RouterOS ${OLDEST.join('.')} or newer: before it exports have no name of their own`

/**
 * Whether the storage package is there. A device that has NVMe/TCP on its disks has what the package brings, whatever the
 * list says: `pool` is a row of `/disk`.
 */
export function packageFinding(packages: readonly ReplyRow[], pool: ReplyRow | undefined): Finding {
  if (packages.length === 0) return skipped('package', 'the device reports no packages')
  const storage = packages.find(row => STORAGE.has(row.get('name') ?? ''))
  if (storage !== undefined) return listedPackage(storage)
  if (pool?.has('nvme-tcp-export') === true) {
    return warning(
      'package',
      'no package rose-storage is listed, yet disks can be exported',
      'nothing, if this edition has it built in',
    )
  }
  return failure(
    'package',
    'the package rose-storage is missing',
    'install rose-storage of the same release and reboot',
  )
}

function listedPackage(row: ReplyRow): Finding {
  const name = row.get('name') ?? ''
  if (isTrue(row.get('disabled') ?? '')) {
    return failure(
      'package',
      `the package ${name} is disabled`,
      `enable it (/system/package/enable ${name}) and reboot`,
    )
  }
  return ok('package', `${name} ${row.get('version') ?? ''}`.trim())
}
