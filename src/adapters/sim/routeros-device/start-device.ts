import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockServer } from '../blocks/block-server.ts'
import { ApiServer, type ServerCertificate } from './api-server.ts'
import { fingerprintOf, makeCertificate } from './certificate.ts'
import { DeviceCore } from './device-core.ts'
import { type DeviceAddress, type DeviceServers, RunningDevice } from './running-device.ts'
import type { DeviceSwitches } from './switches.ts'
import type { DeviceUser } from './users.ts'

/** What a device is started with; everything may be left out. */
export interface DeviceOptions {
  /** Where the plain API listens; port 0 takes a free one. Absent, as for the other two: it does not. */
  readonly api?: DeviceAddress
  readonly apiTls?: DeviceAddress
  readonly blocks?: DeviceAddress
  /** Name and password of the administrator: `admin` and `''`. */
  readonly user?: string
  readonly password?: string
  /** Further users. */
  readonly users?: readonly DeviceUser[]
  /** Folder for the bytes of `/file`; without it a temporary one that goes with the device. */
  readonly dataDir?: string
  /** Size of the pool in bytes; 7,681,574,174,720, as captured. */
  readonly size?: number
  /** Slot and mount point of the pool; `storage-pool`. */
  readonly poolName?: string
  /** Directories to be there, such as `storage-pool/volumes`; those above them are made as well. */
  readonly directories?: readonly string[]
  /** How long each command takes, in milliseconds; 0. */
  readonly latencyMs?: number
  /** How many commands work at once; any number. */
  readonly concurrency?: number
  /** `max-sessions` of each API service; 20. */
  readonly maxSessions?: number
  /** Certificate of `apiTls`; self-made when absent. */
  readonly certificate?: ServerCertificate
  readonly switches?: Partial<DeviceSwitches>
  /** The device's clock, for `last-modified` and `uptime`. */
  readonly now?: () => Date
}

const DEFAULTS = {
  user: 'admin',
  password: '',
  users: [],
  size: 7_681_574_174_720,
  poolName: 'storage-pool',
  directories: [],
  latencyMs: 0,
  concurrency: Number.POSITIVE_INFINITY,
  maxSessions: 20,
  switches: {},
  now: () => new Date(),
} satisfies DeviceOptions

type Settled = DeviceOptions & Required<Pick<DeviceOptions, keyof typeof DEFAULTS>>

/** Starts a device in this process. Rejects, with nothing left behind, when it can't listen. */
export async function startDevice(given: DeviceOptions = {}): Promise<RunningDevice> {
  const options: Settled = { ...DEFAULTS, ...given }
  const folder = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'routeros-device-')))
  const cleanUp = async (): Promise<void> => {
    if (options.dataDir === undefined) await rm(folder, { recursive: true, force: true })
  }
  try {
    const core = makeCore(options, folder)
    const certificate = options.apiTls && (options.certificate ?? (await makeCertificate()))
    const servers = makeServers(core, options, certificate)
    await listen(servers, options)
    return new RunningDevice(core, servers, {
      certificate: certificate && { cert: certificate.cert, fingerprint: fingerprintOf(certificate.cert) },
      onStop: cleanUp,
    })
  } catch (error) {
    await cleanUp()
    throw error
  }
}

function makeCore(options: Settled, folder: string): DeviceCore {
  const { poolName, size: poolSize, users, user, password, directories, ...rest } = options
  const core = new DeviceCore({ ...rest, folder, poolName, poolSize, users: [{ name: user, password }, ...users] })
  for (const name of directories) core.state.files.makeDirectories(name.replaceAll(/^\/|\/$/g, ''))
  return core
}

function makeServers(core: DeviceCore, options: Settled, certificate?: ServerCertificate): DeviceServers {
  const { api, apiTls, blocks, maxSessions } = options
  return {
    api: api && new ApiServer(core, { maxSessions }),
    apiTls: apiTls && new ApiServer(core, { maxSessions, ...(certificate && { certificate }) }),
    blocks: blocks && { server: new BlockServer(core.state.disks), host: blocks.host },
  }
}

/** Opens all ports, or none. */
async function listen({ api, apiTls, blocks }: DeviceServers, options: DeviceOptions): Promise<void> {
  const parts = [
    { server: api, at: options.api },
    { server: apiTls, at: options.apiTls },
    { server: blocks?.server, at: options.blocks },
  ]
  const attempts = await Promise.allSettled(parts.map(async ({ server, at }) => at && server?.listen(at.host, at.port)))
  const failed = attempts.find(attempt => attempt.status === 'rejected')
  if (failed === undefined) return
  await Promise.all(parts.map(async ({ server }) => server?.die()))
  throw failed.reason
}
