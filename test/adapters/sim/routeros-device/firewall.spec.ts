import { describe, expect, it, onTestFinished } from 'vitest'
import { BlockSession } from '../../../../src/adapters/sim/blocks/block-client.ts'
import type { RunningDevice } from '../../../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import { exported, ModelDevice } from './model-device.ts'

const FILTER = '/ip/firewall/filter'
const LIST = '/ip/firewall/address-list'
const CONNECTION = '/ip/firewall/connection'
/** An address of this machine's loopback network that no other suite listens on. */
const DEVICE = '127.87.14.5'
const NODE = '127.87.14.11'
const OTHER = '127.87.14.12'
const PORT = 4501
const signal = AbortSignal.timeout(60_000)

type Args = Readonly<Record<string, string>>

async function start(options: DeviceOptions = {}): Promise<RunningDevice> {
  const blocks = { host: DEVICE, port: 0 }
  const device = await startDevice({ blocks, exportPorts: { first: 4500, last: 4510 }, ...options })
  onTestFinished(() => device.stop())
  const disk = { type: 'file', slot: 'a', 'file-path': 'storage-pool/a.img', 'file-size': '1M' }
  device.perform('/disk/add', { ...disk, ...exported('nqn.a', PORT) })
  return device
}

/** Rules as a careful administrator has them: one list of hosts for the port, nobody else. */
function guard(device: RunningDevice, addresses: readonly string[], action: Args = { action: 'drop' }): void {
  for (const address of addresses) device.perform(`${LIST}/add`, { list: 'vol-a', address })
  const input = { chain: 'input', protocol: 'tcp', 'dst-port': '4500-4510' }
  device.perform(`${FILTER}/add`, { ...input, action: 'accept', 'src-address-list': 'vol-a' })
  device.perform(`${FILTER}/add`, { ...input, ...action })
}

const RESET = { action: 'reject', 'reject-with': 'tcp-reset' }

async function connect(from: string, limit: AbortSignal = signal): Promise<BlockSession> {
  let session: BlockSession | undefined
  const target = { address: DEVICE, port: PORT, nqn: 'nqn.a', hostNqn: 'host', from }
  // The port begins to listen with the export, a moment after it was made.
  await expect
    .poll(async () => {
      session = await BlockSession.connect(target, limit).catch((error: { code?: string }) => {
        if (error.code !== 'refused') throw error
        return undefined
      })
      return session !== undefined
    })
    .toBe(true)
  const found = session!
  onTestFinished(() => found.close())
  return found
}

const ids = (device: RunningDevice, menu: string): string[] => device.print(menu).map(row => row['.id']!)

describe('the firewall before exported disks', () => {
  it('lets everybody in without rules, on a port that listens while something is exported on it', async () => {
    const device = await start()
    const session = await connect(NODE)
    expect(device.print(CONNECTION)).toMatchObject([{ 'src-address': expect.stringContaining(NODE), protocol: 'tcp' }])
    device.perform('/disk/set', { '.id': 'a', 'nvme-tcp-export': 'no' })
    await session.closed
    await expect
      .poll(() =>
        BlockSession.connect({ address: DEVICE, port: PORT, nqn: 'nqn.a', hostNqn: 'h' }, signal).catch(
          (error: { message: string }) => error.message,
        ),
      )
      .toContain('ECONNREFUSED')
  })

  it('resets the connections that a rule rejects, and passes those of listed addresses', async () => {
    const device = await start()
    guard(device, [NODE], RESET)
    const session = await connect(NODE)
    await session.write(0, Buffer.from('mine'), signal)
    const target = { address: DEVICE, port: PORT, nqn: 'nqn.a', hostNqn: 'host', from: OTHER }
    await expect(BlockSession.connect(target, signal)).rejects.toMatchObject({
      code: expect.stringMatching(/cut|refused/),
    })
    expect(device.exportTo('host', 'nqn.a', PORT, NODE)?.ended.aborted).toBe(false)
    expect(device.exportTo('host', 'nqn.a', PORT, OTHER)).toBeUndefined()
  })

  it('never answers what a rule drops, and lets it through once the rules do', async () => {
    const device = await start()
    guard(device, [])
    const soon = AbortSignal.timeout(200)
    await expect(connect(NODE, soon)).rejects.toMatchObject({ code: 'timeout' })
    const waiting = connect(NODE)
    device.perform(`${LIST}/add`, { list: 'vol-a', address: '127.87.14.0/28' })
    expect((await waiting).size).toBe(1024 ** 2)
  })

  it('freezes a live session whose address is taken off the list, and goes on when it is back', async () => {
    const device = await start()
    guard(device, [NODE, OTHER])
    const [one, other] = [await connect(NODE), await connect(OTHER)]
    device.perform(`${LIST}/remove`, { '.id': ids(device, LIST)[0]! })
    await other.write(0, Buffer.from('other'), signal)
    await expect(one.read(0, 5, AbortSignal.timeout(200))).rejects.toMatchObject({ code: 'timeout' })
    const read = one.read(0, 5, signal)
    device.perform(`${LIST}/add`, { list: 'vol-a', address: NODE })
    expect((await read).toString()).toBe('other')
  })

  it('passes packets of a connection that it let in before, where a fast path skips it, until that is forgotten', async () => {
    const device = await start({ switches: { firewallEstablished: 'newOnly' } })
    guard(device, [NODE], RESET)
    const seen = device.exportTo('host', 'nqn.a', PORT, NODE)
    const session = await connect(NODE)
    device.perform(`${LIST}/remove`, { '.id': ids(device, LIST)[0]! })
    await session.write(0, Buffer.from('late'), signal)
    expect(seen?.ended.aborted).toBe(false)
    device.perform(`${CONNECTION}/remove`, { '.id': ids(device, CONNECTION).join(',') })
    await expect(session.write(0, Buffer.from('no'), signal)).rejects.toMatchObject({ code: 'cut' })
    await expect.poll(() => seen?.ended.aborted).toBe(true)
  })
})

/** What becomes of a new connection from an address to a port. */
function verdict(device: ModelDevice, address: string, port = PORT): string {
  return device.state.firewall.judge({ address, port, state: 'new' })
}

const add = (device: ModelDevice, args: Args): string => device.do(`${FILTER}/add`, { chain: 'input', ...args })!

describe('the rules of the firewall', () => {
  it.each([
    [{ 'src-address': NODE }, 'drop', 'pass'],
    [{ 'src-address': `!${NODE}` }, 'pass', 'drop'],
    [{ 'src-address': '127.87.14.8-127.87.14.11' }, 'drop', 'pass'],
    [{ 'src-address': '127.87.0.0/16' }, 'drop', 'drop'],
    [{ 'dst-port': '1,4400-4600' }, 'drop', 'drop'],
    [{ 'dst-port': '4502' }, 'pass', 'pass'],
    [{ protocol: 'udp' }, 'pass', 'pass'],
    [{ 'connection-state': 'new' }, 'drop', 'drop'],
    [{ 'connection-state': 'established,related' }, 'pass', 'pass'],
    [{ disabled: 'yes' }, 'pass', 'pass'],
    [{ chain: 'forward' }, 'pass', 'pass'],
    [{ 'src-address-list': 'none' }, 'pass', 'pass'],
  ])('match by %o', (match, node, other) => {
    const device = new ModelDevice()
    add(device, { action: 'drop', protocol: 'tcp', ...match })
    expect([verdict(device, NODE), verdict(device, OTHER)]).toEqual([node, other])
  })

  it('are tried in their order, which can be changed', () => {
    const device = new ModelDevice()
    const drop = add(device, { action: 'drop' })
    const accept = add(device, { action: 'accept', 'src-address': NODE })
    expect(verdict(device, NODE)).toBe('drop')
    device.do(`${FILTER}/move`, { numbers: accept, destination: drop })
    expect([verdict(device, NODE), verdict(device, OTHER)]).toEqual(['pass', 'drop'])
    add(device, { action: 'reject', 'place-before': accept })
    expect(verdict(device, NODE)).toBe('reject')
    expect(device.print(`${FILTER}/print`, { '.proplist': 'action' })).toEqual([
      { action: 'reject' },
      { action: 'accept' },
      { action: 'drop' },
    ])
    expect(device.refusal(`${FILTER}/move`, { numbers: accept, destination: '*99' })).toBe('0 no such item')
  })

  it('jump to other chains and come back', () => {
    const device = new ModelDevice()
    add(device, { action: 'jump', 'jump-target': 'csi', 'dst-port': '4500-4999' })
    add(device, { action: 'reject' })
    add(device, { chain: 'csi', action: 'accept', 'src-address': NODE })
    add(device, { chain: 'csi', action: 'return', 'src-address': OTHER })
    add(device, { chain: 'csi', action: 'drop' })
    expect([NODE, OTHER, '10.0.0.1'].map(address => verdict(device, address))).toEqual(['pass', 'reject', 'drop'])
    expect(verdict(device, NODE, 22)).toBe('reject')
  })

  it('are changed, switched and removed by id, and read back as they were told', () => {
    const device = new ModelDevice()
    const id = add(device, { action: 'drop', comment: 'mine', 'src-address-list': 'x' })
    device.do(`${FILTER}/set`, { '.id': id, 'src-address-list': '', 'dst-port': '4501' })
    expect(device.print(`${FILTER}/print`)).toEqual([
      {
        '.id': id,
        comment: 'mine',
        chain: 'input',
        action: 'drop',
        'dst-port': '4501',
        bytes: '0',
        packets: '0',
        invalid: 'false',
        dynamic: 'false',
        disabled: 'false',
      },
    ])
    device.do(`${FILTER}/disable`, { numbers: id })
    expect(verdict(device, NODE)).toBe('pass')
    device.do(`${FILTER}/enable`, { numbers: id })
    expect(verdict(device, NODE)).toBe('drop')
    device.do(`${FILTER}/remove`, { numbers: id })
    expect(verdict(device, NODE)).toBe('pass')
  })

  it('are refused when they could be misunderstood', () => {
    const device = new ModelDevice()
    const refused = (args: Args): string => device.refusal(`${FILTER}/add`, { chain: 'input', ...args })
    expect(device.refusal(`${FILTER}/add`, { action: 'drop' })).toBe('missing =chain=')
    expect(refused({ action: 'explode' })).toContain('value of action')
    expect(refused({ 'src-address': '10.0.0.1/33' })).toContain('invalid value')
    expect(refused({ 'dst-port': 'many' })).toContain('invalid value')
    expect(refused({ layer7: 'x' })).toBe('unknown parameter layer7')
  })
})

describe('an address list', () => {
  it('has each address once, single ones without a mask', () => {
    const device = new ModelDevice()
    const id = device.do(`${LIST}/add`, { list: 'l', address: '10.0.0.5/32', comment: 'c' })!
    expect(device.print(`${LIST}/print`)).toEqual([
      {
        '.id': id,
        comment: 'c',
        list: 'l',
        address: '10.0.0.5',
        'creation-time': '2026-10-02 03:04:05',
        dynamic: 'false',
        disabled: 'false',
      },
    ])
    expect(device.refusal(`${LIST}/add`, { list: 'l', address: '10.0.0.5' })).toBe('failure: already have such entry')
    device.do(`${LIST}/add`, { list: 'other', address: '10.0.0.5' })
    expect(device.refusal(`${LIST}/add`, { list: 'l' })).toBe('missing =address=')
    expect(device.refusal(`${LIST}/add`, { list: 'l', address: 'nobody' })).toContain('invalid value')
    device.do(`${LIST}/remove`, { numbers: id })
    expect(device.state.firewall.isListed('l', '10.0.0.5')).toBe(false)
  })
})

describe('chains that jump to each other', () => {
  it('are passed over the second time', () => {
    const device = new ModelDevice()
    add(device, { action: 'jump', 'jump-target': 'a' })
    for (const [chain, target] of [
      ['a', 'b'],
      ['b', 'a'],
      ['b', 'b'],
    ] as const) {
      add(device, { chain, action: 'jump', 'jump-target': target })
    }
    expect(verdict(device, NODE)).toBe('pass')
    add(device, { chain: 'b', action: 'drop', 'src-address': OTHER })
    expect([verdict(device, NODE), verdict(device, OTHER)]).toEqual(['pass', 'drop'])
  })
})
