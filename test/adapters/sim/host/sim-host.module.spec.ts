import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Container } from 'inversify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DeviceTable } from '../../../../src/adapters/sim/host/device-table.ts'
import { type SimHostOptions, simHostModule } from '../../../../src/adapters/sim/host/sim-host.module.ts'
import { Clock } from '../../../../src/ports/clock.ts'
import { Filesystem } from '../../../../src/ports/filesystem.ts'
import { Logger } from '../../../../src/ports/logger.ts'
import { NvmeInitiator } from '../../../../src/ports/nvme-initiator.ts'
import { type Observation, Telemetry } from '../../../../src/ports/telemetry.ts'
import { testNqn, testTarget } from '../../../contracts/nvme-initiator.contract.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'
import { SimulatedClock } from '../../../support/simulated-clock.ts'
import { startAppliance } from './appliance.ts'

const MIB = 1024 ** 2
const signal = AbortSignal.timeout(60_000)
const nqn = testNqn(1)

describe('the module of the simulated host', () => {
  let target: Awaited<ReturnType<typeof startAppliance>>
  let container: Container
  let folder: string
  let seen: Observation[]
  let clock: SimulatedClock
  const composed = (options?: SimHostOptions): Container => {
    const made = new Container()
    made.load(simHostModule(options))
    made.bind(Clock).toConstantValue(clock)
    made.bind(Logger).toConstantValue(new RecordedLog())
    made.bind(Telemetry).toConstantValue({ observe: (one: Observation) => void seen.push(one) })
    return made
  }
  beforeEach(async () => {
    target = await startAppliance()
    folder = await mkdtemp(join(tmpdir(), 'sim-host-'))
    seen = []
    clock = new SimulatedClock()
    container = composed()
    await target.provide(nqn, 8 * MIB)
  })
  afterEach(async () => {
    await container.unbindAllAsync()
    await target.stop()
    await rm(folder, { recursive: true })
  })

  const initiator = () => container.get<NvmeInitiator>(NvmeInitiator)
  const filesystem = () => container.get<Filesystem>(Filesystem)
  const outcomes = () => seen.map(one => Object.values(one).filter(value => typeof value === 'string'))

  it('ties file systems to the devices of the initiator, and observes what is done', async () => {
    const { device } = await initiator().connect(testTarget(nqn, target.portal), signal)
    await initiator().connect(testTarget(nqn, target.portal), signal)
    await filesystem().format(device.path, 'ext4', signal)
    await filesystem().check(device.path, 'ext4', signal)
    const [staging, pod] = [join(folder, 'staging'), join(folder, 'pod')]
    await filesystem().mount(device.path, staging, { type: 'ext4', flags: [], readOnly: false }, signal)
    await filesystem().bind(staging, pod, true, signal)
    await filesystem().grow(device.path, staging, 'ext4', signal)
    expect((await filesystem().usage(pod, signal)).bytes.total).toBe(8 * MIB)
    await filesystem().unmount(pod, signal)
    expect(outcomes()).toEqual([
      ['nvme-connect', 'success'],
      ['mount', 'format', 'success'],
      ['mount', 'check', 'success'],
      ['mount', 'mount', 'success'],
      ['mount', 'mount', 'success'],
      ['mount', 'grow', 'success'],
      ['mount', 'unmount', 'success'],
    ])
    expect(await filesystem().mounts(signal)).toHaveLength(1)
    expect(await filesystem().probe(device.path, signal)).toEqual({ found: 'filesystem', type: 'ext4' })
  })

  it('observes what fails, and lets it fail', async () => {
    await expect(initiator().connect(testTarget(nqn, target.deadPortal), signal)).rejects.toMatchObject({
      kind: 'unavailable',
    })
    await expect(filesystem().bindDevice('/dev/nvme7n1', join(folder, 'b'), false, signal)).rejects.toMatchObject({
      kind: 'unavailable',
    })
    expect(outcomes()).toEqual([
      ['nvme-connect', 'failure'],
      ['mount', 'mount', 'failure'],
    ])
  })

  it('asks the initiator for all else', async () => {
    const { device } = await initiator().connect(testTarget(nqn, target.portal), signal)
    expect(await initiator().device(nqn, signal)).toEqual(device)
    await target.resize(nqn, 9 * MIB)
    expect((await initiator().rescan(nqn, signal)).bytes).toBe(9 * MIB)
    expect(initiator().sessions()).toEqual([nqn])
    await initiator().disconnect(nqn, signal)
    expect(initiator().sessions()).toEqual([])
  })

  it.each([
    [undefined, [nqn]],
    ['retries', [nqn]],
    ['givesUp', []],
  ] as const)('behaves at a missing NQN as %s says', async (onMissingNqn, sessions) => {
    await container.unbindAllAsync()
    container = composed(onMissingNqn && { onMissingNqn })
    await initiator().connect(testTarget(nqn, target.portal), signal)
    await target.withdraw(nqn)
    await expect.poll(() => initiator().sessions()).toEqual([])
    await clock.untilSleeping()
    await clock.advance(1000)
    await expect.poll(() => container.get(DeviceTable).ofNqn(nqn) !== undefined).toBe(sessions.length > 0)
    await target.restore(nqn)
    await clock.advance(5000)
    await expect.poll(() => clock.advance(1000).then(() => initiator().sessions())).toEqual(sessions)
  })

  it('ends sessions and mounts with the container', async () => {
    const { device } = await initiator().connect(testTarget(nqn, target.portal), signal)
    await filesystem().bindDevice(device.path, join(folder, 'b'), false, signal)
    await container.unbindAllAsync()
    await expect.poll(() => target.sessions()).toBe(0)
    expect(await readdir(folder)).toEqual([])
  })
})
