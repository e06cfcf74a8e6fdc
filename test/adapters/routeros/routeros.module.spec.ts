import { Container } from 'inversify'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type RouterOsOptions, routerosModule } from '../../../src/adapters/routeros/routeros.module.ts'
import type { RunningDevice } from '../../../src/adapters/sim/routeros-device/running-device.ts'
import { startDevice } from '../../../src/adapters/sim/routeros-device/start-device.ts'
import { SystemClock } from '../../../src/adapters/system/system-clock.ts'
import { BackendHealth } from '../../../src/ports/backend-health.ts'
import { Clock } from '../../../src/ports/clock.ts'
import { Cluster } from '../../../src/ports/cluster.ts'
import { HostAccess } from '../../../src/ports/host-access.ts'
import { Logger } from '../../../src/ports/logger.ts'
import { Telemetry } from '../../../src/ports/telemetry.ts'
import { VolumeBackend } from '../../../src/ports/volume-backend.ts'
import { GiB } from '../../../src/domain/capacity.ts'
import { live, OWNER, volumeId } from '../../contracts/volume-backend.contract.ts'
import { Recorder } from '../../support/routeros-recorder.ts'
import { until } from '../../support/routeros-transports.ts'

const id = volumeId('a')
let device: RunningDevice
let options: RouterOsOptions

beforeEach(async () => {
  device = await startDevice({ apiTls: { host: '127.0.0.1', port: 0 }, password: 'hunter2' })
  onTestFinished(() => device.stop())
  options = {
    address: '127.0.0.1',
    port: device.addresses.apiTls!.port,
    transport: 'api',
    user: 'admin',
    password: async () => 'hunter2',
    tls: { fingerprint: device.certificate!.fingerprint },
    basePath: '/storage-pool/csi',
    nvmePort: 4420,
  }
})

/** A container with what the module needs; the cluster is known once it was started. */
function composed(): { container: Container; recorder: Recorder; startCluster: () => void } {
  const container = new Container({ defaultScope: 'Singleton' })
  const recorder = new Recorder()
  let known = false
  const identity = (): string => {
    if (!known) throw new Error('the cluster has not been started')
    return OWNER
  }
  container.bind(Clock).toConstantValue(new SystemClock())
  container.bind(Logger).toConstantValue(recorder)
  container.bind(Telemetry).toConstantValue(recorder)
  container.bind(Cluster).toConstantValue({ identity })
  container.load(routerosModule(options))
  return { container, recorder, startCluster: () => (known = true) }
}

describe('the module', () => {
  it('gives all ports, of which the owner is asked only when it is needed', async () => {
    const { container, recorder, startCluster } = composed()
    const backend = container.get<VolumeBackend>(VolumeBackend)
    const access = container.get<HostAccess>(HostAccess)
    const health = container.get<BackendHealth>(BackendHealth)
    expect(health.link()).toMatchObject({ address: '127.0.0.1', connected: false })
    expect(device.apiSessions).toBe(0)
    startCluster()
    await backend.start(live())
    await backend.create({ id, name: id, bytes: GiB, source: undefined, folder: options.basePath }, live())
    await access.allow(id, { to: 'any' }, live())
    expect(device.disks()).toMatchObject([{ comment: expect.stringContaining(`owner=${OWNER}`) }])
    expect(health.link()).toMatchObject({ address: '127.0.0.1', connected: true })
    expect(recorder.text).not.toContain('hunter2')
    await container.unbindAllAsync()
    await until(() => device.apiSessions === 0)
  })

  it('knows of the link from memory, also while the appliance is away', async () => {
    const { container, startCluster } = composed()
    startCluster()
    await container.get<VolumeBackend>(VolumeBackend).start(live())
    const health = container.get<BackendHealth>(BackendHealth)
    await device.refuseConnections(true)
    device.dropConnections()
    await until(() => !health.link().connected)
    await device.refuseConnections(false)
    await until(() => health.link().connected)
    await container.unbindAllAsync()
  })

  it.each([
    ['TLS without any proof', { tls: {} }, 'nothing proves who the appliance is'],
    ['a base path without a pool', { basePath: 'csi' }, 'base path "csi" must start with /'],
    ['a base path that climbs', { basePath: '/pool/../x' }, 'base path'],
    ['a fingerprint that is none', { tls: { fingerprint: 'abc' } }, 'no SHA-256 fingerprint'],
  ])('refuses %s at once', (_, change, message) => {
    expect(() => routerosModule({ ...options, ...change })).toThrow(message)
  })

  it('needs no proof for a plain connection', () => {
    const { tls: _, ...plain } = options
    expect(() => routerosModule({ ...plain, transport: 'api-plain' })).not.toThrow()
  })
})
