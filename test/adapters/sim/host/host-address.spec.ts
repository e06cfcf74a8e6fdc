import { describe, expect, it, onTestFinished } from 'vitest'
import { DeviceTable } from '../../../../src/adapters/sim/host/device-table.ts'
import { SimulatedInitiator } from '../../../../src/adapters/sim/host/initiator.ts'
import { startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import { testNqn, testTarget } from '../../../contracts/nvme-initiator.contract.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'
import { SimulatedClock } from '../../../support/simulated-clock.ts'

const signal = AbortSignal.timeout(60_000)
const nqn = testNqn(1)
const ADDRESSES = { one: '127.62.9.1', other: '127.62.9.2' }

/** An appliance that exports a volume on its block port and lets in the first address alone. */
async function startGuarded() {
  const device = await startDevice({ blocks: { host: '127.0.0.1', port: 0 } })
  onTestFinished(() => device.stop())
  const port = device.addresses.blocks!.port
  const disk = { type: 'file', slot: 'a', 'file-path': 'storage-pool/a.img', 'file-size': '1M' }
  const exported = { 'nvme-tcp-export': 'yes', 'nvme-tcp-server-nqn': nqn, 'nvme-tcp-server-port': String(port) }
  device.perform('/disk/add', { ...disk, ...exported })
  const rule = { chain: 'input', protocol: 'tcp', 'dst-port': String(port) }
  device.perform('/ip/firewall/filter/add', { ...rule, action: 'accept', 'src-address': ADDRESSES.one })
  device.perform('/ip/firewall/filter/add', { ...rule, action: 'reject', 'reject-with': 'tcp-reset' })
  return { device, target: testTarget(nqn, { address: '127.0.0.1', port }) }
}

function hostAt(address: string) {
  const clock = new SimulatedClock()
  const devices = new DeviceTable(clock, new RecordedLog(), { onMissingNqn: 'retries', address })
  onTestFinished(() => devices.close())
  return { devices, initiator: new SimulatedInitiator(devices), clock }
}

describe('a simulated host with an address', () => {
  it('is let in by the firewall of the appliance for its address', async () => {
    const { target } = await startGuarded()
    const { device } = await hostAt(ADDRESSES.one).initiator.connect(target, signal)
    expect(device.bytes).toBe(1024 ** 2)
    await expect(hostAt(ADDRESSES.other).initiator.connect(target, signal)).rejects.toMatchObject({
      kind: 'unavailable',
    })
  })

  it('comes back from the same address after its session was cut', async () => {
    const { device, target } = await startGuarded()
    const host = hostAt(ADDRESSES.one)
    const { path } = (await host.initiator.connect(target, signal)).device
    await device.die()
    await expect.poll(() => host.devices.atPath(path)?.live).toBe(false)
    await device.restart()
    await expect.poll(() => host.clock.advance(1000).then(() => host.devices.atPath(path)?.live)).toBe(true)
    expect(device.print('/ip/firewall/connection')).toMatchObject([
      { 'src-address': expect.stringMatching(/^127\.62\.9\.1:\d+$/) },
    ])
  })
})
