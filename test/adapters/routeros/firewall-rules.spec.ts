import * as fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Command } from '../../../src/adapters/sim/routeros-device/command.ts'
import type { DeviceSwitches } from '../../../src/adapters/sim/routeros-device/switches.ts'
import { parsePurpose, type Purpose, writePurpose } from '../../../src/adapters/routeros/firewall/firewall-names.ts'
import { type ClusterId, type HostNqn, nodeId } from '../../../src/domain/ids.ts'
import { volumeNqn } from '../../../src/domain/volume-id.ts'
import { live, OTHER_OWNER, OWNER, specIn, volumeId } from '../../contracts/volume-backend.contract.ts'
import { routerOsRig } from '../../support/routeros-rig.ts'

const FILTER = '/ip/firewall/filter'
const LISTS = '/ip/firewall/address-list'
const CONNECTIONS = '/ip/firewall/connection'
const HOST = 'nqn.2014-08.org.nvmexpress:uuid:aaaaaaaa-0000-4000-8000-000000000000' as HostNqn
const PORTS = { first: 4500, last: 4502 }
const id = volumeId('a')
const guest = { node: nodeId('node-a'), addresses: ['10.0.0.1', 'fd00::1'] }

const anyPurpose: fc.Arbitrary<Purpose> = fc.oneof(
  fc.constantFrom<Purpose>({ of: 'entrance' }, { of: 'wall' }, { of: 'volume', volume: id }),
  fc.string({ unit: 'binary', minLength: 1 }).map(node => ({ of: 'guest' as const, volume: id, node: nodeId(node) })),
)

describe('the comment of a rule', () => {
  it('says whose it is and what for, in plain ASCII, and only to its owner', () => {
    fc.assert(
      fc.property(anyPurpose, purpose => {
        // A lone surrogate has no UTF-8, and no node such a name.
        fc.pre(purpose.of !== 'guest' || purpose.node.isWellFormed())
        const comment = writePurpose(OWNER, purpose)
        expect(comment).toMatch(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/)
        expect(parsePurpose(comment, OWNER)).toEqual(purpose)
        expect(parsePurpose(comment, OTHER_OWNER)).toBeUndefined()
        expect(parsePurpose(`${comment} `, OWNER)).toBeUndefined()
      }),
    )
  })

  it.each(['', 'rds-csi/1', `rds-csi/2 owner=${OWNER} fence=wall`, `rds-csi/1 owner=${OWNER} fence=door`])(
    'is no other text: %s',
    text => expect(parsePurpose(text, OWNER)).toBeUndefined(),
  )
})

async function walled(switches: Partial<DeviceSwitches> = {}) {
  const rig = await routerOsRig({ portRange: PORTS, switches })
  onTestFinished(() => rig.close())
  const begin = async (of: ClusterId) => {
    const process = rig.open(of)
    await process.backend.start(live())
    await process.network.start(live())
    await process.network.secure(live())
    return process
  }
  const rules = () => rig.device.print(FILTER)
  return { rig, begin, rules, process: await begin(OWNER) }
}

const shape = (rules: readonly Readonly<Record<string, string | undefined>>[]) =>
  rules.map(({ chain, action, comment }) => `${chain} ${action}${comment?.includes(OTHER_OWNER) ? ' of others' : ''}`)

describe('the rules for all ports', () => {
  it('come before the rules of others, and go there again when something was put before them', async () => {
    const { rig, rules, process } = await walled()
    const [first] = rules()
    rig.device.perform(`${FILTER}/add`, { chain: 'input', action: 'accept', 'place-before': first?.['.id'] ?? '' })
    await process.network.start(live())
    await process.network.secure(live())
    expect(shape(rules())).toEqual(['input jump', 'input drop', 'input accept'])
  })

  it.each([
    ['disabled', { disabled: 'yes' }],
    ['for other ports', { 'dst-port': '1-2' }],
    ['no drop any more', { action: 'accept' }],
  ])('are made anew where one is %s', async (_, change) => {
    const { rig, rules, process } = await walled()
    const before = rules().map(({ '.id': _id, ...rule }) => rule)
    rig.device.perform(`${FILTER}/set`, { '.id': rules().at(-1)?.['.id'] ?? '', ...change })
    await process.network.start(live())
    await process.network.secure(live())
    expect(rules().map(({ '.id': _id, ...rule }) => rule)).toEqual(before)
    expect(rig.recorder.lines.some(line => line.message.includes('made anew'))).toBe(true)
  })

  it('of another installation are left where they are', async () => {
    const { begin, rules, process } = await walled()
    await begin(OTHER_OWNER)
    const both = rules()
    await process.network.start(live())
    await process.network.secure(live())
    expect(rules()).toEqual(both)
    expect(shape(both)).toHaveLength(4)
  })
})

describe('the rules of a volume', () => {
  it('let IPv4 addresses through to its own port', async () => {
    const { rig, rules, process } = await walled()
    await process.backend.create(specIn(rig), live())
    await process.network.admit(id, [guest], live())
    await process.access.allow(id, { to: 'any' }, live())
    const port = process.access.known(id)?.port
    expect(port).toBeGreaterThanOrEqual(PORTS.first)
    expect(rules().at(-1)).toMatchObject({ action: 'accept', protocol: 'tcp', 'dst-port': String(port) })
    expect(rig.device.print('/ip/firewall/address-list')).toMatchObject([{ address: '10.0.0.1' }])
    expect(rig.device.print('/ip/firewall/address-list')).toHaveLength(1)
  })

  it('go, and what others put into its list or say of its port stays', async () => {
    const { rig, rules, process } = await walled()
    await process.backend.create(specIn(rig), live())
    await process.network.admit(id, [guest], live())
    const { list = '' } = rig.device.print(LISTS)[0] ?? {}
    rig.device.perform(`${LISTS}/add`, { list, address: '10.0.0.7', comment: 'theirs' })
    rig.device.perform(`${FILTER}/add`, { chain: 'input', action: 'accept', comment: 'theirs' })
    await process.network.admit(id, [{ node: nodeId('node-b'), addresses: ['10.0.0.2'] }], live())
    await process.network.close(id, live())
    expect(rig.device.print(LISTS)).toMatchObject([{ address: '10.0.0.7', comment: 'theirs' }])
    expect(shape(rules())).toEqual(['input jump', 'input drop', 'input accept'])
  })

  it('let a host go on with another volume when it is shut out from one', async () => {
    const { rig, process } = await walled({ firewallEstablished: 'newOnly' })
    const other = volumeId('b')
    for (const volume of [id, other]) {
      await process.backend.create(specIn(rig, { id: volume }), live())
      await process.network.admit(volume, [guest], live())
      await process.access.allow(volume, { to: 'any' }, live())
      const port = process.access.known(volume)?.port ?? 0
      rig.device.exportTo(HOST, volumeNqn(volume), port, '10.0.0.1')
    }
    const before = rig.device.print(CONNECTIONS)
    expect(before).toHaveLength(2)
    const ended: unknown[] = []
    const watch = (command: Command): void => void ended.push(command.args.get('.id'))
    rig.device.faults.arm({ kind: 'watch', before: watch }, { match: `${CONNECTIONS}/remove`, times: 9 })
    await process.network.admit(id, [{ node: nodeId('node-b'), addresses: ['10.0.0.2'] }], live())
    expect(ended).toEqual([before[0]?.['.id']])
    expect(rig.device.print(CONNECTIONS)).toEqual([before[1]])
  })

  it('that somebody disabled or doubled are set right, and the guest stays let through', async () => {
    const { rig, rules, process } = await walled()
    await process.backend.create(specIn(rig), live())
    await process.network.admit(id, [guest], live())
    const good = rules().length
    const { '.id': ruleId = '', comment = '' } = rules().at(-1) ?? {}
    rig.device.perform(`${FILTER}/add`, { chain: 'input', action: 'drop', comment })
    rig.device.perform(`${FILTER}/disable`, { numbers: ruleId })
    await process.network.start(live())
    await process.network.admit(id, [guest], live())
    expect(rules()).toHaveLength(good)
    expect(rules().at(-1)).toMatchObject({ action: 'accept', disabled: 'false' })
  })
})

describe('the ports of volumes', () => {
  const volumes = ['a', 'b', 'c', 'd'].map(volumeId)

  it('are different ones, stay with their volumes while these are exported, and run out', async () => {
    const { rig, begin, process } = await walled()
    for (const volume of volumes) await process.backend.create(specIn(rig, { id: volume }), live())
    const [one, two, three, four] = volumes as [typeof id, typeof id, typeof id, typeof id]
    await Promise.all([one, two, three].map(volume => process.access.allow(volume, { to: 'any' }, live())))
    const ports = [one, two, three].map(volume => process.access.known(volume)?.port)
    expect(new Set(ports)).toEqual(new Set([4500, 4501, 4502]))
    await expect(process.access.allow(four, { to: 'any' }, live())).rejects.toMatchObject({ kind: 'exhausted' })

    const next = await begin(OWNER)
    expect([one, two, three].map(volume => next.access.known(volume)?.port)).toEqual(ports)
    await next.access.revoke(two, live())
    expect(next.access.known(two)?.port).toBeUndefined()
    await next.access.allow(two, { to: 'any' }, live())
    expect(next.access.known(two)?.port).toBe(ports[1])
    await next.access.revoke(two, live())
    await next.access.allow(four, { to: 'any' }, live())
    expect(next.access.known(four)?.port).toBe(ports[1])
  })

  it('are not given to another one while rules still let former guests through to them', async () => {
    const { rig, process } = await walled()
    for (const volume of volumes) await process.backend.create(specIn(rig, { id: volume }), live())
    const [one, two, three, four] = volumes as [typeof id, typeof id, typeof id, typeof id]
    for (const volume of [one, two, three]) {
      await process.network.admit(volume, [guest], live())
      await process.access.allow(volume, { to: 'any' }, live())
    }
    await process.access.revoke(one, live())
    await expect(process.network.admit(four, [guest], live())).rejects.toMatchObject({ kind: 'exhausted' })
    await process.network.close(one, live())
    await process.network.admit(four, [guest], live())
    await process.access.allow(four, { to: 'any' }, live())
    expect(process.access.known(four)?.port).toBeGreaterThanOrEqual(PORTS.first)
  })

  it('are no matter to an export that was made on the common port, which stays as it is', async () => {
    const { rig, process } = await walled()
    await process.backend.create(specIn(rig), live())
    const slot = rig.device.disks().at(-1)?.['slot'] ?? ''
    rig.device.perform('/disk/set', {
      '.id': slot,
      'nvme-tcp-export': 'yes',
      'nvme-tcp-server-port': '4420',
      'nvme-tcp-server-nqn': `nqn.2000-02.com.mikrotik:${id}`,
    })
    await process.backend.list(live())
    const before = rig.device.print(FILTER)
    await process.network.admit(id, [guest], live())
    expect(rig.device.print(FILTER)).toEqual(before)
    expect(process.network.confined(id)).toBe(false)
  })
})
