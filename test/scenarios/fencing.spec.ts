import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { BlockSession } from '../../src/adapters/sim/blocks/block-client.ts'
import type { PublishContext } from '../../src/demo/attacher.ts'
import { DRIVER } from '../../src/demo/installation.ts'
import type { Volume } from '../../src/demo/volume.ts'
import { volumeNqn } from '../../src/domain/volume-id.ts'
import type { VolumeId } from '../../src/domain/ids.ts'
import { Rig, valueOf } from './rig.ts'

const GRACE = '--attachment-grace-period=1s'
const UNFENCED = 'rds_csi_unfenced_volumes'
const SOON = 400
/** Where each node connects from. The node programs themselves come from the first address. */
const SOURCES = { 'node-a': '127.0.0.1', 'node-b': '127.0.0.3' } as const
type NodeName = keyof typeof SOURCES

/** Ports in a row that nobody listens on at present. */
async function freePorts(count: number): Promise<{ first: number; last: number }> {
  for (let first = 21_000; first < 32_000; first += count) {
    const ports = Array.from({ length: count }, (_, at) => first + at)
    const free = await Promise.all(ports.map(isFree))
    if (free.every(Boolean)) return { first, last: first + count - 1 }
  }
  throw new Error('there are no free ports')
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  server.once('error', () => resolve(false))
  server.listen({ host: '127.0.0.1', port }, () => resolve(true))
  const free = await promise
  if (free) await new Promise(done => server.close(done))
  return free
}

async function walledRig(): Promise<Rig> {
  const exportPorts = await freePorts(4)
  const flags = ['--fencing=firewall', `--nvme-port-range=${exportPorts.first}-${exportPorts.last}`, GRACE]
  const rig = await Rig.start({ flags, exportPorts })
  for (const [node, address] of Object.entries(SOURCES)) {
    const annotations = { [`${DRIVER}/source-addresses`]: address }
    await rig.kube.patch(`/api/v1/nodes/${node}`, { metadata: { annotations } })
  }
  return rig
}

/** A session as a node begins it, with what it was told, from its own address. */
function connect(volume: Volume, node: NodeName, context: PublishContext, limit: AbortSignal): Promise<BlockSession> {
  const { hostNqn = '', nvmePort } = context
  const nqn = volumeNqn(volume.id as VolumeId)
  return BlockSession.connect(
    { address: '127.0.0.1', port: Number(nvmePort), nqn, hostNqn, from: SOURCES[node] },
    limit,
  )
}

const passes = (session: BlockSession, signal: AbortSignal): Promise<void> => session.write(0, Buffer.from('x'), signal)
const soon = (rig: Rig): AbortSignal => AbortSignal.any([rig.signal, AbortSignal.timeout(SOON)])

/** The cluster knows the addresses once the watch has told them. */
const attached = (rig: Rig, volume: Volume, node: NodeName): Promise<PublishContext> =>
  rig.until(`${node} to be let in`, () => rig.attacher.attach(volume, node).catch(() => undefined))

describe('a volume behind the firewall', { timeout: 60_000 }, () => {
  it('is reached by its holders alone, and a lost one is cut off without the other', async () => {
    const rig = await walledRig()
    const volume = await rig.provision()
    const first = await attached(rig, volume, 'node-a')
    const source = await connect(volume, 'node-a', first, rig.signal)
    await passes(source, rig.signal)
    await expect(connect(volume, 'node-b', first, soon(rig))).rejects.toMatchObject({ code: 'timeout' })

    const second = await attached(rig, volume, 'node-b')
    expect(second['nvmePort']).toBe(first['nvmePort'])
    const target = await connect(volume, 'node-b', second, rig.signal)
    await passes(source, rig.signal)
    await passes(target, rig.signal)

    await rig.kube.delete('/api/v1/nodes/node-a')
    await rig.eventually(async () => {
      await expect(passes(source, soon(rig))).rejects.toMatchObject({ code: 'timeout' })
    })
    await passes(target, rig.signal)
    const page = await rig.metrics(rig.controller)
    expect(page.value('rds_csi_fencing_mode', { mode: 'firewall' })).toBe(1)
    expect(page.value(UNFENCED)).toBe(0)
    await source.close()

    await rig.controller.program.kill()
    await rig.startController()
    await passes(target, rig.signal)
    await expect(connect(volume, 'node-a', first, soon(rig))).rejects.toMatchObject({ code: 'timeout' })

    await rig.attacher.detach(volume, 'node-b')
    await target.closed
    expect(rig.device.print('/ip/firewall/address-list')).toEqual([])
    const rules = rig.device.print('/ip/firewall/filter')
    expect(rules.map(({ chain, action }) => [chain, action])).toEqual([
      ['input', 'jump'],
      ['input', 'drop'],
    ])
  })

  it('is used by a node on the port that it was told', async () => {
    const rig = await walledRig()
    const volume = await rig.provision({ access: 'ReadWriteOnce', claim: 'single' })
    await attached(rig, volume, 'node-a')
    const workload = await rig.run(volume, 'node-a')
    await workload.write(0, 'behind the wall')
    expect(await workload.read(0, 15)).toBe('behind the wall')
    await workload.end()
  })
})

describe('a lost node beside another holder', { timeout: 60_000 }, () => {
  it('is counted as long as it may reach the volume', async () => {
    const rig = await Rig.start({ flags: [GRACE] })
    const unfenced = async () => valueOf(await rig.metrics(rig.controller), UNFENCED)
    const volume = await rig.provision()
    await rig.attacher.attach(volume, 'node-a')
    await rig.attacher.attach(volume, 'node-b')
    expect(await unfenced()).toBe(0)
    await rig.kube.delete('/api/v1/nodes/node-a')
    await rig.eventually(async () => expect(await unfenced()).toBe(1))
    await rig.until('the seat to be cleared', async () => {
      return valueOf(await rig.metrics(rig.controller), 'rds_csi_attachment_stale_cleared_total') > 0 || undefined
    })
    expect(await unfenced()).toBe(1)
    const page = await rig.metrics(rig.controller)
    expect(page.value('rds_csi_fencing_mode', { mode: 'export' })).toBe(1)
    await rig.attacher.detach(volume, 'node-b')
    expect(await unfenced()).toBe(0)
  })
})
