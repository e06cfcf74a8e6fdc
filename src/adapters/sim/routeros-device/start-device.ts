import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockPorts } from '../blocks/block-ports.ts'
import { fingerprintOf, keptCertificate } from './certificate.ts'
import { DeviceCore } from './device-core.ts'
import { type DeviceOptions, type SettledOptions, settleOptions } from './device-options.ts'
import { announceServices, type DeviceProofs, makeServices } from './device-services.ts'
import { addRaidMembers } from './disk/raid-members.ts'
import { StateFile } from './memory/state-file.ts'
import { type DeviceServers, RunningDevice } from './running-device.ts'
import { keptHostKey } from './ssh-host-key.ts'

export type { DeviceOptions } from './device-options.ts'

/**
 * Starts a device in this process, with what its data folder holds of an earlier one. Rejects, with nothing left behind,
 * when it can't listen.
 */
export async function startDevice(given: DeviceOptions = {}): Promise<RunningDevice> {
  const options = settleOptions(given)
  const folder = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'routeros-device-')))
  const cleanUp = async (): Promise<void> => {
    if (options.dataDir === undefined) await rm(folder, { recursive: true, force: true })
  }
  try {
    return await start(options, folder, cleanUp)
  } catch (error) {
    await cleanUp()
    throw error
  }
}

async function start(options: SettledOptions, folder: string, onStop: () => Promise<void>): Promise<RunningDevice> {
  const core = makeCore(options, folder)
  const file = options.dataDir === undefined ? undefined : new StateFile(folder, core.state)
  await file?.load()
  for (const name of options.directories) core.state.files.makeDirectories(name.replaceAll(/^\/|\/$/g, ''))
  const proofs = await makeProofs(options, folder)
  const servers = await makeServers(core, options, proofs)
  await listen(servers, options)
  announceServices(core, servers.commands, options.maxSessions)
  const { certificate, hostKey } = proofs
  return new RunningDevice(core, {
    servers,
    file,
    certificate: certificate && { cert: certificate.cert, fingerprint: fingerprintOf(certificate.cert) },
    hostKey: hostKey && { fingerprint: hostKey.fingerprint, publicKey: hostKey.publicKey },
    onStop,
  })
}

function makeCore(options: SettledOptions, folder: string): DeviceCore {
  const { user, password, policies, keys, users, switches, now, concurrency } = options
  const admin = { name: user, password, ...(policies && { policies }), ...(keys && { keys }) }
  const core = new DeviceCore({
    folder,
    pool: { ...options.pool, name: options.poolName, size: options.size },
    switches,
    users: [admin, ...users],
    now,
    latency: { fixedMs: options.latencyMs ?? 0, ...options.latency },
    ...(concurrency !== undefined && { concurrency }),
  })
  Object.assign(core.state.system, options.system)
  Object.assign(core.state.copies, options.copy)
  addRaidMembers(core.state, options.raidMembers)
  return core
}

async function makeProofs(options: SettledOptions, folder: string): Promise<DeviceProofs> {
  const usesTls = options.apiTls !== undefined || options.rest !== undefined
  return {
    certificate: usesTls ? (options.certificate ?? (await keptCertificate(folder))) : undefined,
    hostKey: options.ssh === undefined ? undefined : await keptHostKey(folder, options.hostKeyType),
  }
}

async function makeServers(core: DeviceCore, options: SettledOptions, proofs: DeviceProofs): Promise<DeviceServers> {
  const { blocks, exportPorts } = options
  return {
    commands: await makeServices(core, options, proofs),
    blocks: blocks && new BlockPorts(core.state.disks, { ...blocks, ...(exportPorts && { range: exportPorts }) }),
  }
}

/** Opens all ports, or none. */
async function listen({ commands, blocks }: DeviceServers, options: SettledOptions): Promise<void> {
  const attempts = await Promise.allSettled([
    ...Array.from(commands, async ([name, server]) => {
      const at = options[name]
      if (at !== undefined) await server.listen(at.host, at.port)
    }),
    blocks?.listen(),
  ])
  const failed = attempts.find(attempt => attempt.status === 'rejected')
  if (failed === undefined) return
  await Promise.all([...Array.from(commands.values(), server => server.die()), blocks?.die()])
  throw failed.reason
}
