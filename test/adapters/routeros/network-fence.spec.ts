import { describe } from 'vitest'
import type { DeviceSwitches } from '../../../src/adapters/sim/routeros-device/switches.ts'
import { volumeNqn } from '../../../src/domain/volume-id.ts'
import { slotOf } from '../../../src/adapters/routeros/slot.ts'
import { type FenceRig, networkFenceContract } from '../../contracts/network-fence.contract.ts'
import { routerOsRig } from '../../support/routeros-rig.ts'
import type { Wire } from '../../support/wires.ts'

const PORTS = { first: 4500, last: 4519 }

async function open(switches: Partial<DeviceSwitches>, wire: Wire = 'plain'): Promise<FenceRig> {
  const rig = await routerOsRig({ switches, wire, portRange: PORTS })
  const { device } = rig
  const theirs = [
    { chain: 'input', protocol: 'tcp', 'connection-state': 'established', action: 'accept', comment: 'theirs' },
    { chain: 'forward', action: 'drop', comment: 'theirs too' },
  ]
  for (const rule of theirs) device.perform('/ip/firewall/filter/add', rule)
  const { filter, addressList } = tables(rig)
  const told = (row: Readonly<Record<string, string | undefined>>) =>
    ['chain', 'action', 'dst-port', 'src-address-list', 'jump-target', 'list', 'address', 'comment', 'disabled']
      .flatMap(name => (row[name] === undefined ? [] : [`${name}=${row[name]}`]))
      .join(' ')
  return Object.assign(rig, {
    sessionFrom: (id, host, address) => {
      const port = Number(device.disk(slotOf(id))?.['nvme-tcp-server-port'])
      const used = device.exportTo(host, volumeNqn(id), port, address)
      return (
        used && {
          get live() {
            return !used.ended.aborted
          },
        }
      )
    },
    rules: () => [...filter(), ...addressList()].map(told),
    wall: () =>
      filter()
        .filter(row => row['comment']?.includes('fence=') === true)
        .map(told),
    flush: () => {
      for (const menu of ['filter', 'address-list']) {
        const rows = device.print(`/ip/firewall/${menu}`)
        for (const row of rows) device.perform(`/ip/firewall/${menu}/remove`, { '.id': row['.id'] ?? '' })
      }
      for (const rule of theirs) device.perform('/ip/firewall/filter/add', rule)
    },
  } satisfies Partial<FenceRig>)
}

function tables({ device }: Awaited<ReturnType<typeof routerOsRig>>) {
  return {
    filter: () => device.print('/ip/firewall/filter'),
    addressList: () => device.print('/ip/firewall/address-list'),
  }
}

describe.each<Partial<DeviceSwitches>>([
  {},
  { firewallEstablished: 'newOnly' },
  { idStability: 'reused' },
  { exportPropsShownWhenOff: true },
  { unknownTexts: 'opaque', noSuchItemText: 'numbered' },
])('the firewall of a device with %o', switches => {
  networkFenceContract(() => open(switches))
})

describe.each(['rest', 'ssh'] as const)('the firewall of a device over %s', wire => {
  networkFenceContract(() => open({}, wire))
})
