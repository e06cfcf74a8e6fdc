import { isIP } from 'node:net'
import { argumentTable, parseArguments } from '../arguments.ts'
import type { MenuCommand } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import type { Row } from '../query.ts'
import { text, whole } from '../value-kinds.ts'

const ARGUMENTS = argumentTable({
  address: text,
  port: whole(1, 65_535),
  'host-name': text,
  duration: text,
  'as-value': text,
  'freeze-frame-interval': text,
})

/** Port of a discovery controller where none is named. */
const PORT = 4420

/**
 * `/disk/nvme-discover`: what a target tells of itself to a host. There is no other device here, so this one always
 * answers; it tells of the exports on the port that let the host in (published kernel base: others are not told).
 */
export function discoverCommand(device: DeviceState): MenuCommand {
  return {
    policy: 'read',
    args: ARGUMENTS,
    unnamed: ['address'],
    run: ({ args }) => {
      const values = parseArguments(args, ARGUMENTS, device.traps)
      const address = values.get('address')
      if (address === undefined) throw device.traps.missing('address')
      if (isIP(address) === 0) throw device.traps.invalidValue('address')
      const port = Number(values.get('port') ?? PORT)
      return { rows: records(device, values.get('host-name') ?? '', { address, port }) }
    },
  }
}

function records(device: DeviceState, host: string, at: { address: string; port: number }): Row[] {
  const seen = device.disks.list().flatMap(({ export: live }) => {
    const told = live !== undefined && live.admits && live.terms.port === at.port
    return told && live.lets(host, device.switches.allowHostList) ? [live.terms.nqn] : []
  })
  return seen.map(
    nqn =>
      new Map([
        ['trtype', 'tcp'],
        ['adrfam', isIP(at.address) === 6 ? 'ipv6' : 'ipv4'],
        ['subtype', 'nvme subsystem'],
        ['treq', 'not specified, sq flow control disable supported'],
        ['portid', String(at.port)],
        ['trsvcid', String(at.port)],
        ['subnqn', nqn],
        ['traddr', at.address],
        ['sectype', 'none'],
      ]),
  )
}
