import { describe, expect, it } from 'vitest'
import {
  Node,
  NodeServiceCapability_RPC_Type as RPC,
  VolumeCapability_AccessMode_Mode as MODE,
  VolumeUsage_Unit as UNIT,
} from '../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { GiB } from '../../../src/domain/capacity.ts'
import { never, VOLUME } from '../../support/controller-house.ts'
import { type NodeHouse, NQN, OTHER_TARGET, STAGING, TARGET } from '../../support/node-house.ts'
import { block, FOREIGN, good, mount, nodeRig, range } from './service-rig.ts'

const rpc = Node.method

const publishContext = ({ host }: NodeHouse) => ({ hostNqn: host.hostNqn, hostId: host.hostId, bytes: String(GiB) })

function stageRequest(house: NodeHouse, volumeCapability = mount()) {
  const common = { volumeId: VOLUME, stagingTargetPath: STAGING, volumeContext: good.context, volumeCapability }
  return { ...common, publishContext: publishContext(house) }
}

const publishRequest = (volumeCapability = mount()) => ({
  volumeId: VOLUME,
  stagingTargetPath: STAGING,
  targetPath: TARGET,
  volumeCapability,
})

/** A node on which the volume is staged and published. */
async function usedRig(capability = mount()) {
  const rig = await nodeRig()
  expect((await rig.ask(rpc.nodeStageVolume, stageRequest(rig.house, capability))).code).toBe('OK')
  expect((await rig.ask(rpc.nodePublishVolume, publishRequest(capability))).code).toBe('OK')
  return rig
}

describe('the way of a volume through a node', () => {
  it.each([
    ['a file system', mount('xfs', { mountFlags: ['noatime', 'discard'] })],
    ['a block device', block(MODE.MULTI_NODE_MULTI_WRITER)],
  ])('leads from stage to unstage for %s, each step twice', async (_, capability) => {
    const { ask, house } = await nodeRig()
    const twice = async (step: () => Promise<{ code: string }>) => {
      for (let turn = 0; turn < 2; turn += 1) expect((await step()).code).toBe('OK')
    }
    await twice(() => ask(rpc.nodeStageVolume, stageRequest(house, capability)))
    await twice(() => ask(rpc.nodePublishVolume, publishRequest(capability)))
    expect(house.filesystem.table.filter(({ path }) => path === TARGET)).toHaveLength(1)
    await twice(() => ask(rpc.nodeUnpublishVolume, { volumeId: VOLUME, targetPath: TARGET }))
    await twice(() => ask(rpc.nodeUnstageVolume, { volumeId: VOLUME, stagingTargetPath: STAGING }))
    expect(house.filesystem.table).toEqual([])
    expect(house.initiator.sessions()).toEqual([])
  })

  it('is one of a host that the controller named, over the portals of the context', async () => {
    const { ask, house } = await nodeRig()
    const volumeContext = { nqn: NQN, portals: '10.0.1.1:4420,[2001:db8::1]:4421', ctrlLossTmo: '600' }
    await ask(rpc.nodeStageVolume, { ...stageRequest(house), volumeContext })
    expect(house.initiator.target).toEqual({
      nqn: NQN,
      host: house.host,
      portals: [
        { address: '10.0.1.1', port: 4420 },
        { address: '2001:db8::1', port: 4421 },
      ],
      profile: { ctrlLossTmo: 600, reconnectDelay: 5, keepAliveTmo: 0 },
    })
  })

  it('sees to the form of paths: the mount table knows one only', async () => {
    const { ask, house } = await nodeRig()
    await ask(rpc.nodeStageVolume, { ...stageRequest(house), stagingTargetPath: `/${STAGING}//./` })
    expect(house.filesystem.table).toMatchObject([{ path: STAGING }])
  })

  it('takes no writes where it was published read-only', async () => {
    const { ask, house } = await nodeRig()
    await ask(rpc.nodeStageVolume, stageRequest(house))
    await ask(rpc.nodePublishVolume, { ...publishRequest(), readonly: true })
    expect(house.filesystem.table.at(-1)).toMatchObject({ path: TARGET, readOnly: true })
  })
})

describe('NodeStageVolume', () => {
  it('takes the context of the older driver and warns once of what is odd in it', async () => {
    const { ask, house } = await nodeRig()
    const volumeContext = { ...good.context, nvmePort: '0', ctrlLossTmo: 'for ever' }
    const request = { ...stageRequest(house), volumeContext }
    expect((await ask(rpc.nodeStageVolume, request)).code).toBe('OK')
    expect((await ask(rpc.nodeStageVolume, request)).code).toBe('OK')
    const warnings = house.log.lines.filter(line => line.level === 'warn')
    expect(warnings).toMatchObject([{ fields: { volume: VOLUME, warnings: [expect.any(String), expect.any(String)] } }])
  })

  it('is connected on the port that the controller named, at every address', async () => {
    const { ask, house } = await nodeRig()
    const volumeContext = { nqn: NQN, portals: '10.0.1.1:4420,[2001:db8::1]:4421' }
    const named = { ...publishContext(house), nvmePort: '4507' }
    await ask(rpc.nodeStageVolume, { ...stageRequest(house), volumeContext, publishContext: named })
    expect(house.initiator.target?.portals).toEqual([
      { address: '10.0.1.1', port: 4507 },
      { address: '2001:db8::1', port: 4507 },
    ])
  })

  it('refuses an address outside the allowed networks', async () => {
    const { ask, house } = await nodeRig(address => address.startsWith('10.0.1.'))
    expect((await ask(rpc.nodeStageVolume, stageRequest(house))).code).toBe('OK')
    const volumeContext = { portals: '10.0.1.1:4420,192.0.2.9:4420' }
    expect(await ask(rpc.nodeStageVolume, { ...stageRequest(house), volumeContext })).toMatchObject({
      code: 'FAILED_PRECONDITION',
      details: expect.stringContaining('192.0.2.9'),
    })
    expect(house.initiator.script.count('connect')).toBe(1)
  })

  it.each(['hostNqn', 'hostId'] as const)('asks for a new attachment where %s is missing', async key => {
    const { ask, house } = await nodeRig()
    const { [key]: _, ...context } = publishContext(house)
    const answer = await ask(rpc.nodeStageVolume, { ...stageRequest(house), publishContext: context })
    expect(answer).toMatchObject({
      code: 'FAILED_PRECONDITION',
      details: expect.stringContaining('publish_context has no hostNqn and hostId'),
    })
    expect(house.initiator.script.calls).toEqual([])
  })

  it('answers NOT_FOUND for what can be none of ours', async () => {
    const { ask, house } = await nodeRig()
    expect((await ask(rpc.nodeStageVolume, { ...stageRequest(house), volumeId: FOREIGN })).code).toBe('NOT_FOUND')
  })

  it('answers FAILED_PRECONDITION where data would be overwritten', async () => {
    const { ask, house } = await nodeRig()
    house.filesystem.contents.set('/dev/nvme1n1', { found: 'filesystem', type: 'xfs' })
    expect((await ask(rpc.nodeStageVolume, stageRequest(house))).code).toBe('FAILED_PRECONDITION')
    expect(house.filesystem.changes).toEqual([])
  })
})

describe('NodeUnstageVolume and NodeUnpublishVolume', () => {
  it('succeed for what can be none of ours, and touch nothing', async () => {
    const { ask, house } = await nodeRig()
    expect((await ask(rpc.nodeUnstageVolume, { volumeId: FOREIGN, stagingTargetPath: STAGING })).code).toBe('OK')
    expect((await ask(rpc.nodeUnpublishVolume, { volumeId: FOREIGN, targetPath: TARGET })).code).toBe('OK')
    expect([...house.filesystem.script.calls, ...house.initiator.script.calls]).toEqual([])
  })

  it('go in order: a published volume is not unstaged', async () => {
    const { ask } = await usedRig()
    const { code } = await ask(rpc.nodeUnstageVolume, { volumeId: VOLUME, stagingTargetPath: STAGING })
    expect(code).toBe('FAILED_PRECONDITION')
  })
})

describe('NodePublishVolume', () => {
  it('answers FAILED_PRECONDITION before the volume is staged, and where no staging path is named', async () => {
    const { ask, house } = await nodeRig()
    expect((await ask(rpc.nodePublishVolume, publishRequest())).code).toBe('FAILED_PRECONDITION')
    await ask(rpc.nodeStageVolume, stageRequest(house))
    expect(await ask(rpc.nodePublishVolume, { ...publishRequest(), stagingTargetPath: '' })).toMatchObject({
      code: 'FAILED_PRECONDITION',
      details: expect.stringContaining('staging_target_path'),
    })
  })

  it('answers NOT_FOUND for what can be none of ours', async () => {
    const { ask } = await nodeRig()
    expect((await ask(rpc.nodePublishVolume, { ...publishRequest(), volumeId: FOREIGN })).code).toBe('NOT_FOUND')
  })

  it('answers ALREADY_EXISTS where something else is published', async () => {
    const { ask } = await usedRig()
    expect((await ask(rpc.nodePublishVolume, { ...publishRequest(), readonly: true })).code).toBe('ALREADY_EXISTS')
  })

  it('gives a volume for a single writer to one pod only', async () => {
    const single = mount('ext4', { mode: MODE.SINGLE_NODE_SINGLE_WRITER })
    const { ask } = await usedRig(single)
    const second = { ...publishRequest(single), targetPath: OTHER_TARGET }
    expect((await ask(rpc.nodePublishVolume, second)).code).toBe('FAILED_PRECONDITION')
    const several = await usedRig(mount('ext4', { mode: MODE.SINGLE_NODE_MULTI_WRITER }))
    expect((await several.ask(rpc.nodePublishVolume, { ...second, volumeCapability: mount() })).code).toBe('OK')
  })
})

describe('NodeGetVolumeStats', () => {
  it('counts bytes and inodes of a file system', async () => {
    const { ask } = await usedRig()
    const { response } = await ask(rpc.nodeGetVolumeStats, { volumeId: VOLUME, volumePath: TARGET })
    expect(response?.usage).toMatchObject([
      { unit: UNIT.BYTES, total: 1_000_000n, used: 250_000n, available: 700_000n },
      { unit: UNIT.INODES, total: 1000n, used: 11n, available: 989n },
    ])
  })

  it('tells the size of a block volume', async () => {
    const { ask } = await usedRig(block())
    const { response } = await ask(rpc.nodeGetVolumeStats, { volumeId: VOLUME, volumePath: TARGET })
    expect(response?.usage).toMatchObject([{ unit: UNIT.BYTES, total: BigInt(GiB) }])
  })

  it.each([
    [VOLUME, OTHER_TARGET],
    [VOLUME, 'some/path'],
    [FOREIGN, TARGET],
    [FOREIGN, 'some/path'],
  ])('answers NOT_FOUND for %s at %s', async (volumeId, volumePath) => {
    const { ask } = await usedRig()
    expect((await ask(rpc.nodeGetVolumeStats, { volumeId, volumePath })).code).toBe('NOT_FOUND')
  })
})

describe('NodeExpandVolume', () => {
  it('has the file system fill the volume and says how large that is', async () => {
    const { ask, house } = await usedRig()
    await house.appliance.backend.start(never)
    await house.appliance.backend.resize(VOLUME, 2 * GiB, never)
    const request = { volumeId: VOLUME, volumePath: TARGET, capacityRange: range(2 * GiB) }
    expect((await ask(rpc.nodeExpandVolume, request)).response?.capacityBytes).toBe(BigInt(2 * GiB))
    expect(house.filesystem.changes.at(-1)).toBe(`grow /dev/nvme1n1 ${TARGET} ext4`)
  })

  it('takes what there is where no size is asked for', async () => {
    const { ask } = await usedRig()
    const { response } = await ask(rpc.nodeExpandVolume, { volumeId: VOLUME, volumePath: TARGET })
    expect(response?.capacityBytes).toBe(BigInt(GiB))
  })

  it.each([
    [VOLUME, 'some/path'],
    [VOLUME, TARGET],
    [FOREIGN, 'some/path'],
  ])('answers NOT_FOUND for %s at %s', async (volumeId, volumePath) => {
    const { ask } = await nodeRig()
    expect((await ask(rpc.nodeExpandVolume, { volumeId, volumePath })).code).toBe('NOT_FOUND')
  })
})

describe('the Node service', () => {
  it('tells its name, and neither topology nor a limit', async () => {
    const { ask } = await nodeRig()
    const { response } = await ask(rpc.nodeGetInfo, {})
    expect(response).toMatchObject({ nodeId: 'node-a', maxVolumesPerNode: 0n })
    expect(response?.accessibleTopology).toBeUndefined()
  })

  it('advertises exactly what works', async () => {
    const { ask } = await nodeRig()
    const { response } = await ask(rpc.nodeGetCapabilities, {})
    const types = response?.capabilities.map(({ type }) => (type.case === 'rpc' ? type.value.type : undefined))
    expect(types).toEqual([
      RPC.STAGE_UNSTAGE_VOLUME,
      RPC.GET_VOLUME_STATS,
      RPC.EXPAND_VOLUME,
      RPC.SINGLE_NODE_MULTI_WRITER,
    ])
  })
})
