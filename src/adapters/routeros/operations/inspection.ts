import { isStorageError, type StorageError } from '../../../domain/errors.ts'
import type { BackendInspection, Finding } from '../../../ports/backend-inspection.ts'
import { normalPath } from '../device-path.ts'
import type { DeviceCommand, ReplyRow } from '../transport.ts'
import { type Access, privilegeFinding, serviceFinding } from './access-checks.ts'
import { failure, ok, skipped } from './findings.ts'
import { mountedAt, POOL_PROPERTIES, poolFindings } from './pool-checks.ts'
import type { Reader } from './reader.ts'
import { packageFinding, releaseFinding, versionFinding } from './release-checks.ts'

const PACKAGES: DeviceCommand = { path: '/system/package/print', properties: ['name', 'version', 'disabled'] }
const USERS: DeviceCommand = { path: '/user/print', properties: ['name', 'group'] }
const GROUPS: DeviceCommand = { path: '/user/group/print', properties: ['name', 'policy'] }
const SERVICES: DeviceCommand = {
  path: '/ip/service/print',
  properties: ['name', 'port', 'disabled', 'max-sessions'],
}
const RESOURCE: DeviceCommand = { path: '/system/resource/print', properties: ['version'] }
const LATER = ['version', 'package', 'pool', 'file system', 'raid', 'space', 'base path', 'privileges', 'service']

/** Checks of a RouterOS appliance. */
export class RouterOsInspection implements BackendInspection {
  readonly #reader: Reader
  readonly #access: Access

  constructor(reader: Reader, access: Access) {
    this.#reader = reader
    this.#access = access
  }

  async essentials(signal: AbortSignal): Promise<readonly Finding[]> {
    const { poolPath } = this.#reader
    const [packages, pool] = await Promise.all([
      this.#told('read the packages', PACKAGES, signal),
      this.#reader.pool(POOL_PROPERTIES, signal),
    ])
    const row = mountedAt(poolPath, pool)
    const mounted = row === undefined ? await this.#mountPoints(signal) : []
    return [
      await this.#release(packages, signal),
      packageFinding(packages, row),
      ...poolFindings(poolPath, pool, mounted),
    ]
  }

  async everything(signal: AbortSignal): Promise<readonly Finding[]> {
    try {
      return [ok('connection', 'the appliance answers'), ...(await this.#all(signal))]
    } catch (error) {
      signal.throwIfAborted()
      if (!isStorageError(error)) throw error
      const why = 'the appliance cannot be asked'
      return [failure('connection', error.message, adviceFor(error)), ...LATER.map(check => skipped(check, why))]
    }
  }

  async #all(signal: AbortSignal): Promise<readonly Finding[]> {
    const { poolPath } = this.#reader
    const packages = await this.#told('read the packages', PACKAGES, signal)
    const pool = await this.#reader.pool(POOL_PROPERTIES, signal)
    const row = mountedAt(poolPath, pool)
    const mounted = row === undefined ? await this.#mountPoints(signal) : []
    return [
      await this.#release(packages, signal),
      packageFinding(packages, row),
      ...poolFindings(poolPath, pool, mounted),
      await this.#basePath(row, signal),
      await this.#privileges(signal),
      await this.#service(signal),
    ]
  }

  /** By the packages or, where none are told, by what the device says of itself. */
  async #release(packages: readonly ReplyRow[], signal: AbortSignal): Promise<Finding> {
    if (packages.length > 0) return releaseFinding(packages)
    const [resource] = await this.#told('read the release', RESOURCE, signal)
    return versionFinding(resource?.get('version'))
  }

  async #basePath(pool: ReplyRow | undefined, signal: AbortSignal): Promise<Finding> {
    const { basePath } = this.#reader
    if (pool === undefined) return skipped('base path', 'the pool is not mounted')
    const command: DeviceCommand = {
      path: '/file/print',
      args: { path: this.#reader.poolPath.slice(1), recursive: 'yes' },
      anyOf: [['name', basePath.slice(1)]],
      properties: ['name', 'type'],
    }
    const [row] = await this.#told('look for the base path', command, signal)
    if (row === undefined) return ok('base path', `${basePath} is not there yet; the controller makes it`)
    return row.get('type') === 'file'
      ? failure('base path', `${basePath} is a file`, 'choose another --rds-volume-base-path')
      : ok('base path', `${basePath} is there`)
  }

  async #privileges(signal: AbortSignal): Promise<Finding> {
    const users = await this.#told('read the users', USERS, signal)
    const groups = await this.#told('read the groups', GROUPS, signal)
    return privilegeFinding(this.#access, users, groups)
  }

  async #service(signal: AbortSignal): Promise<Finding> {
    return serviceFinding(this.#access, await this.#told('read the services', SERVICES, signal))
  }

  async #mountPoints(signal: AbortSignal): Promise<readonly string[]> {
    const rows = await this.#told('list the disks', { path: '/disk/print', properties: ['mount-point'] }, signal)
    return rows.flatMap(row => normalPath(row.get('mount-point') ?? '') ?? [])
  }

  /** No rows where the device has no such menu, or does not let us read it; that alone is no failure. */
  async #told(task: string, command: DeviceCommand, signal: AbortSignal): Promise<readonly ReplyRow[]> {
    try {
      return await this.#reader.rows(task, command, signal)
    } catch (error) {
      if (isStorageError(error) && !isStorageError(error, 'unavailable')) return []
      throw error
    }
  }
}

function adviceFor({ kind, message }: StorageError): string {
  if (/user name or password|cannot log in|authenticat/i.test(message))
    return 'check --rds-user and --rds-password-file'
  if (/fingerprint|certificate|host key/i.test(message)) return 'check what proves the appliance, and who answers there'
  if (kind === 'precondition') return "give the user's group the policies api, read and write"
  return 'check address, port, network and firewall'
}
