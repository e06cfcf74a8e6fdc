import { beforeEach, describe, expect, it } from 'vitest'
import { HealthReader } from '../../../../src/adapters/routeros/operations/health-reader.ts'
import { Reader } from '../../../../src/adapters/routeros/operations/reader.ts'
import { BASE_PATH, openTransport, probeRig, type ProbeRig } from './probe-rig.ts'

const live = (): AbortSignal => AbortSignal.timeout(10_000)

let rig: ProbeRig
const read = (user = 'admin') => new HealthReader(new Reader(openTransport(rig.device, user), BASE_PATH)).read(live())

beforeEach(async () => {
  rig = await probeRig({ users: [{ name: 'plain', password: 'pw', policies: ['api', 'read'] }] })
})

describe('the health of a device', () => {
  it('is read with three commands', async () => {
    rig.device.clearCommands()
    const { hardware, disk } = await read()
    expect(hardware).toEqual({
      cpuTemperature: 46,
      boardTemperature: 38,
      fanSpeeds: [5640, 5580],
      psuPowers: [74, 71],
      psuTemperatures: [33, 34],
      poolSize: 7_681_574_174_720,
      poolUsed: 0,
    })
    expect(disk?.slot).toBe('storage-pool')
    const commands = rig.device.commands.filter(({ path }) => path !== '/login')
    expect(commands.map(({ path }) => path).toSorted()).toEqual([
      '/disk/monitor-traffic',
      '/disk/print',
      '/system/health/print',
    ])
  })

  it('has no figure that the device has not, in the newer style and in the older one', async () => {
    rig.device.setHealth({ 'fan2-speed': undefined, 'psu2-power': undefined, 'board-temperature1': undefined })
    const rows = await read()
    rig.device.system.healthStyle = 'properties'
    const properties = await read()
    for (const { hardware } of [rows, properties]) {
      expect(hardware).toMatchObject({ cpuTemperature: 46, fanSpeeds: [5640, undefined], psuPowers: [74, undefined] })
      expect(hardware.boardTemperature).toBeUndefined()
    }
  })

  it('takes the power of a supply from voltage and current where the device tells no power', async () => {
    const readings = { 'psu1-voltage': { value: '12.5', type: 'V' }, 'psu1-current': { value: '4', type: 'A' } }
    rig.device.setHealth({ 'psu1-power': undefined, ...readings })
    expect((await read()).hardware.psuPowers[0]).toBe(50)
  })

  it("has the pool's traffic, counted and per second", async () => {
    rig.device.setTraffic({
      'read-ops': '243401',
      'write-ops': '17667231',
      'read-ops-per-second': '3',
      'write-ops-per-second': '76',
      'read-rate': '0bps',
      'write-rate': '12.8Mbps',
      'read-time': '48s149ms',
      'write-time': '1m',
      'wait-time': '0ms',
      'in-flight-ops': '2',
      'active-time': '5s',
    })
    expect((await read()).disk).toEqual({
      slot: 'storage-pool',
      readOpsPerSecond: 3,
      writeOpsPerSecond: 76,
      readBytesPerSecond: 0,
      writeBytesPerSecond: 1_600_000,
      reads: { count: 243_401, took: 48_149 },
      writes: { count: 17_667_231, took: 60_000 },
      waited: 0,
      inFlight: 2,
      active: 5000,
    })
  })

  it.each([
    ['read', 'storage-pool'],
    ['test', undefined],
  ] as const)('has traffic for a user without `test` only where `%s` is what it asks for', async (policy, slot) => {
    rig.device.setSwitches({ trafficPolicy: policy })
    const { disk, hardware } = await read('plain')
    expect([disk?.slot, hardware.cpuTemperature]).toEqual([slot, 46])
  })

  it('has neither traffic nor pool while that is not mounted', async () => {
    rig.device.mountPool(false)
    const { disk, hardware } = await read()
    expect([disk, hardware.poolSize, hardware.cpuTemperature]).toEqual([undefined, undefined, 46])
  })

  it('is unavailable, and not empty, where the device does not answer', async () => {
    rig.device.faults.arm({ kind: 'dropBefore' }, { match: '/system/health/print' })
    await expect(read()).rejects.toMatchObject({ kind: 'unavailable' })
  })
})
