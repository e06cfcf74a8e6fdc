import { describe, expect, it } from 'vitest'
import {
  Controller,
  ControllerServiceCapability_RPC_Type as RPC,
  VolumeCapability_AccessMode_Mode as MODE,
} from '../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { GiB } from '../../../src/domain/capacity.ts'
import { StorageError } from '../../../src/domain/errors.ts'
import { FOLDER, never, NODE_A, NODE_B, VOLUME } from '../../support/controller-house.ts'
import { block, controllerRig, FOREIGN, good, mount, NAME, range } from './service-rig.ts'

const rpc = Controller.method
const MISSING = 'pvc-00000000-0000-4000-8000-000000000000'
const shared = block(MODE.MULTI_NODE_MULTI_WRITER)

describe('CreateVolume', () => {
  it('answers with the id, the size to the byte and the whole context', async () => {
    const { ask } = await controllerRig()
    const { response } = await ask(rpc.createVolume, {
      ...good.create,
      capacityRange: range(2 * GiB + 1),
      parameters: { migrationTimeoutSeconds: '60', fsType: 'xfs', 'csi.storage.k8s.io/pvc/name': 'data' },
    })
    expect(response?.volume).toMatchObject({ volumeId: NAME, capacityBytes: BigInt(2 * GiB + 512) })
    expect(response?.volume?.volumeContext).toEqual({
      nqn: `nqn.2000-02.com.mikrotik:${NAME}`,
      portals: '10.0.1.1:4420',
      nvmeAddress: '10.0.1.1',
      nvmePort: '4420',
      ctrlLossTmo: '-1',
      reconnectDelay: '5',
      keepAliveTmo: '0',
      migrationTimeoutSeconds: '60',
      fsType: 'xfs',
      volumePath: FOLDER,
      rdsAddress: '10.0.0.1',
    })
    expect(response?.volume?.accessibleTopology).toEqual([])
  })

  it('answers the same when it is repeated', async () => {
    const { ask, house } = await controllerRig()
    const first = await ask(rpc.createVolume, good.create)
    expect(await ask(rpc.createVolume, good.create)).toEqual(first)
    expect(house.appliance.script.count('create')).toBe(1)
  })

  it('makes the smallest volume where no size is asked for, and takes any volume when repeated', async () => {
    const { ask } = await controllerRig()
    const { capacityRange: _, ...anySize } = good.create
    expect((await ask(rpc.createVolume, anySize)).response?.volume?.capacityBytes).toBe(BigInt(GiB))
    expect((await ask(rpc.createVolume, { ...anySize, capacityRange: range(GiB) })).code).toBe('OK')
  })

  it('takes a limit that limits nothing', async () => {
    const { ask } = await controllerRig()
    const request = { ...good.create, capacityRange: range(GiB, 2n ** 63n - 1n) }
    expect((await ask(rpc.createVolume, request)).response?.volume?.capacityBytes).toBe(BigInt(GiB))
  })

  it('ignores topology and secrets', async () => {
    const { ask } = await controllerRig()
    const topology = { requisite: [{ segments: { zone: 'b' } }] }
    const request = { ...good.create, accessibilityRequirements: topology, secrets: { any: 'thing' } }
    expect((await ask(rpc.createVolume, request)).code).toBe('OK')
  })

  it.each([
    ['ALREADY_EXISTS', 'another size', { capacityRange: range(3 * GiB) }],
    ['ALREADY_EXISTS', 'another folder', { parameters: { volumePath: `${FOLDER}/other` } }],
    ['RESOURCE_EXHAUSTED', 'more than there is', { name: 'other', capacityRange: range(10 * GiB) }],
  ])('answers %s to %s', async (code, _, more) => {
    const { ask, house } = await controllerRig()
    await ask(rpc.createVolume, good.create)
    house.appliance.total = 4 * GiB
    expect((await ask(rpc.createVolume, { ...good.create, ...more })).code).toBe(code)
    expect(house.appliance.disks.size).toBe(2)
  })

  it('gives names that are no pvc-<uuid> an id of ours', async () => {
    const { ask } = await controllerRig()
    const { response } = await ask(rpc.createVolume, { ...good.create, name: '"$(reboot)";[x]\\' })
    expect(response?.volume?.volumeId).toMatch(/^vol-[0-9a-f-]{36}$/)
  })
})

describe('DeleteVolume', () => {
  it('deletes, and succeeds for what does not exist and for what can be none of ours', async () => {
    const { ask, house } = await controllerRig()
    for (const volumeId of [VOLUME, VOLUME, MISSING, FOREIGN]) {
      expect((await ask(rpc.deleteVolume, { volumeId })).code).toBe('OK')
    }
    expect(house.appliance.disks.size).toBe(0)
    expect(house.appliance.changes.some(change => change.includes(FOREIGN))).toBe(false)
  })

  it('answers FAILED_PRECONDITION for a volume in use', async () => {
    const { ask } = await controllerRig()
    await ask(rpc.controllerPublishVolume, good.publish)
    const { code } = await ask(rpc.deleteVolume, { volumeId: VOLUME })
    expect(code).toBe('FAILED_PRECONDITION')
  })
})

describe('ControllerPublishVolume', () => {
  it('tells the node who it is, since when it holds the volume and how large that is', async () => {
    const { ask, house } = await controllerRig()
    const first = await ask(rpc.controllerPublishVolume, good.publish)
    const hostNqn = house.hostOf(NODE_A)
    expect(first.response?.publishContext).toEqual({
      hostNqn,
      hostId: hostNqn.slice(-36),
      attachedAt: String(house.clock.now()),
      bytes: String(GiB),
    })
    await house.clock.advance(1_000)
    expect(await ask(rpc.controllerPublishVolume, good.publish)).toEqual(first)
  })

  it('marks a holder beside another one that is no migration', async () => {
    const { ask, house } = await controllerRig()
    await ask(rpc.controllerPublishVolume, { ...good.publish, volumeCapability: shared })
    house.cluster.put(house.record(NODE_A, house.clock.now(), { leaving: house.clock.now() }))
    await house.clock.advance(10)
    const { response } = await ask(rpc.controllerPublishVolume, {
      ...good.publish,
      nodeId: 'node-b',
      volumeCapability: shared,
    })
    expect(response?.publishContext['migration']).toBe('none')
  })

  it('tells the port of a volume that has one of its own', async () => {
    const { ask, house } = await controllerRig()
    house.appliance.firewall = new Map()
    await house.appliance.network.start(never)
    house.cluster.place(NODE_A, '10.0.0.1')
    const { response } = await ask(rpc.controllerPublishVolume, good.publish)
    expect(response?.publishContext['nvmePort']).toBe('4500')
  })

  it('takes the time-out of a migration from the volume context', async () => {
    const { ask, house } = await controllerRig()
    for (const nodeId of ['node-a', 'node-b']) {
      const volumeContext = { migrationTimeoutSeconds: '45' }
      await ask(rpc.controllerPublishVolume, { ...good.publish, nodeId, volumeCapability: shared, volumeContext })
    }
    expect(house.sink.facts.at(-1)).toMatchObject({ type: 'migration-started', timeout: 45_000 })
  })

  it.each([
    ['NOT_FOUND', 'a volume that does not exist', { volumeId: MISSING }],
    ['NOT_FOUND', 'a volume that can be none of ours', { volumeId: FOREIGN }],
    ['NOT_FOUND', 'a node that does not exist', { nodeId: 'fake-node-id' }],
    ['FAILED_PRECONDITION', 'a second node', { nodeId: 'node-b' }],
    ['ALREADY_EXISTS', 'other terms', { volumeCapability: shared }],
  ])('answers %s to %s', async (code, _, more) => {
    const { ask, house } = await controllerRig()
    await ask(rpc.controllerPublishVolume, good.publish)
    const changes = house.appliance.changes.length
    expect((await ask(rpc.controllerPublishVolume, { ...good.publish, ...more })).code).toBe(code)
    expect(house.appliance.changes.length).toBe(changes)
  })

  it('answers ABORTED while another call on the volume runs, and DEADLINE_EXCEEDED to one that waits too long', async () => {
    const { ask, house } = await controllerRig()
    const go = house.appliance.script.hold('allow')
    const running = ask(rpc.controllerPublishVolume, good.publish)
    while (house.appliance.script.count('allow') === 0) await new Promise(setImmediate)
    expect((await ask(rpc.controllerUnpublishVolume, { volumeId: VOLUME, nodeId: 'node-a' })).code).toBe('ABORTED')
    go()
    expect((await running).code).toBe('OK')
  })

  it('answers UNAVAILABLE and keeps nothing while the appliance is away', async () => {
    const { ask, house } = await controllerRig()
    house.appliance.script.fail('allow', new StorageError('unavailable', 'the appliance does not answer'))
    expect(await ask(rpc.controllerPublishVolume, good.publish)).toMatchObject({
      code: 'UNAVAILABLE',
      details: 'the appliance does not answer',
    })
    expect(house.registry.held()).toBe(0)
  })
})

describe('ControllerUnpublishVolume', () => {
  it('ends one hold, and succeeds for every volume and node that there is not', async () => {
    const { ask, house } = await controllerRig()
    await ask(rpc.controllerPublishVolume, good.publish)
    for (const [volumeId, nodeId] of [
      [VOLUME, 'fake-node-id'],
      [MISSING, 'node-a'],
      [FOREIGN, 'node-a'],
    ]) {
      expect((await ask(rpc.controllerUnpublishVolume, { volumeId: volumeId!, nodeId: nodeId! })).code).toBe('OK')
    }
    expect(house.registry.held()).toBe(1)
    expect((await ask(rpc.controllerUnpublishVolume, { volumeId: VOLUME, nodeId: 'node-a' })).code).toBe('OK')
    expect(house.registry.held()).toBe(0)
  })

  it('means every node where none is named', async () => {
    const { ask, house } = await controllerRig()
    for (const nodeId of ['node-a', 'node-b']) {
      await ask(rpc.controllerPublishVolume, { ...good.publish, nodeId, volumeCapability: shared })
    }
    expect((await ask(rpc.controllerUnpublishVolume, { volumeId: VOLUME })).code).toBe('OK')
    expect(house.registry.held()).toBe(0)
  })
})

describe('ValidateVolumeCapabilities', () => {
  it('confirms what it was asked', async () => {
    const { ask } = await controllerRig()
    const asked = { volumeContext: good.context, mutableParameters: { note: 'billing' } }
    const request = { volumeId: VOLUME, volumeCapabilities: [mount('xfs')], ...asked }
    const { response } = await ask(rpc.validateVolumeCapabilities, request)
    expect(response?.confirmed?.volumeCapabilities).toMatchObject([{ accessType: { value: { fsType: 'xfs' } } }])
    expect(response?.confirmed).toMatchObject(asked)
    expect(response?.message).toBe('')
  })

  it.each([
    ['an unsafe mode', { volumeCapabilities: [mount('', { mode: 5 })] }, /DATA CORRUPTION/],
    ['a contradiction', { volumeCapabilities: [mount(), block()] }, /contradict/],
    ['an unknown parameter', { parameters: { colour: 'red' } }, /colour/],
    ['a context of another volume', { volumeContext: { nqn: 'nqn.other', nvmeAddress: '10.0.1.1' } }, /nqn/],
    ['mutable parameters', { mutableParameters: { iops: '1' } }, /mutable_parameters/],
  ])('says why it does not confirm %s', async (_, more, why) => {
    const { ask } = await controllerRig()
    const request = { volumeId: VOLUME, volumeCapabilities: [block()], ...more }
    const { code, response } = await ask(rpc.validateVolumeCapabilities, request)
    expect(code).toBe('OK')
    expect(response?.confirmed).toBeUndefined()
    expect(response?.message).toMatch(why)
  })

  it.each([MISSING, FOREIGN])('answers NOT_FOUND for %s', async volumeId => {
    const { ask } = await controllerRig()
    expect((await ask(rpc.validateVolumeCapabilities, { volumeId, volumeCapabilities: [block()] })).code).toBe(
      'NOT_FOUND',
    )
  })
})

describe('looking at volumes', () => {
  it('lists them with their holders, in pages', async () => {
    const { ask } = await controllerRig()
    await ask(rpc.createVolume, good.create)
    await ask(rpc.controllerPublishVolume, good.publish)
    const first = (await ask(rpc.listVolumes, { maxEntries: 1 })).response
    expect(first?.entries).toMatchObject([
      { volume: { volumeId: VOLUME, capacityBytes: BigInt(GiB) }, status: { publishedNodeIds: ['node-a'] } },
    ])
    const rest = (await ask(rpc.listVolumes, { startingToken: first!.nextToken })).response
    expect(rest).toMatchObject({ entries: [{ volume: { volumeId: NAME } }], nextToken: '' })
  })

  it('gets one with its holders, the source first', async () => {
    const { ask } = await controllerRig()
    for (const nodeId of [NODE_B, NODE_A]) {
      await ask(rpc.controllerPublishVolume, { ...good.publish, nodeId, volumeCapability: shared })
    }
    const { response } = await ask(rpc.controllerGetVolume, { volumeId: VOLUME })
    expect(response).toMatchObject({ volume: { volumeId: VOLUME }, status: { publishedNodeIds: [NODE_B, NODE_A] } })
  })

  it.each([MISSING, FOREIGN])('answers NOT_FOUND for %s', async volumeId => {
    const { ask } = await controllerRig()
    expect((await ask(rpc.controllerGetVolume, { volumeId })).code).toBe('NOT_FOUND')
  })

  it('says how much there is, and how large a volume may be', async () => {
    const { ask, house } = await controllerRig()
    expect((await ask(rpc.getCapacity, {})).response).toMatchObject({
      availableCapacity: BigInt(house.appliance.free),
      maximumVolumeSize: 16n * 1024n ** 4n,
      minimumVolumeSize: BigInt(GiB),
    })
    house.appliance.total = 3 * GiB
    expect((await ask(rpc.getCapacity, { accessibleTopology: {} })).response?.maximumVolumeSize).toBe(BigInt(2 * GiB))
  })
})

describe('ControllerExpandVolume', () => {
  it('grows the volume and has the node do its part, also when it is repeated', async () => {
    const { ask } = await controllerRig()
    const request = { volumeId: VOLUME, capacityRange: range(2 * GiB), volumeCapability: mount() }
    for (let turn = 0; turn < 2; turn += 1) {
      const { response } = await ask(rpc.controllerExpandVolume, request)
      expect(response).toMatchObject({ capacityBytes: BigInt(2 * GiB), nodeExpansionRequired: true })
    }
  })

  it.each([MISSING, FOREIGN])('answers NOT_FOUND for %s', async volumeId => {
    const { ask } = await controllerRig()
    expect((await ask(rpc.controllerExpandVolume, { volumeId, capacityRange: range(GiB) })).code).toBe('NOT_FOUND')
  })

  it('answers FAILED_PRECONDITION for an attached volume', async () => {
    const { ask } = await controllerRig()
    await ask(rpc.controllerPublishVolume, good.publish)
    const answer = await ask(rpc.controllerExpandVolume, { volumeId: VOLUME, capacityRange: range(2 * GiB) })
    expect(answer).toMatchObject({ code: 'FAILED_PRECONDITION', details: expect.stringMatching(/detach it first/) })
  })
})

describe('ControllerModifyVolume', () => {
  it('keeps the note with the volume, also when it is repeated', async () => {
    const { ask, house } = await controllerRig()
    for (let turn = 0; turn < 2; turn += 1) {
      const mutableParameters = { note: 'billing', 'csi.storage.k8s.io/pvc/name': 'data' }
      expect((await ask(rpc.controllerModifyVolume, { volumeId: VOLUME, mutableParameters })).code).toBe('OK')
    }
    expect(house.appliance.disks.get(VOLUME)?.volume.note).toBe('billing')
  })

  it.each([MISSING, FOREIGN])('answers NOT_FOUND for %s', async volumeId => {
    const { ask } = await controllerRig()
    const answer = await ask(rpc.controllerModifyVolume, { volumeId, mutableParameters: { note: 'x' } })
    expect(answer.code).toBe('NOT_FOUND')
  })

  it('answers FAILED_PRECONDITION for an attached volume', async () => {
    const { ask } = await controllerRig()
    await ask(rpc.controllerPublishVolume, good.publish)
    const { code } = await ask(rpc.controllerModifyVolume, { volumeId: VOLUME, mutableParameters: { note: 'x' } })
    expect(code).toBe('FAILED_PRECONDITION')
  })
})

describe('the Controller service', () => {
  const always = [
    RPC.CREATE_DELETE_VOLUME,
    RPC.PUBLISH_UNPUBLISH_VOLUME,
    RPC.LIST_VOLUMES,
    RPC.LIST_VOLUMES_PUBLISHED_NODES,
    RPC.GET_VOLUME,
    RPC.GET_CAPACITY,
    RPC.EXPAND_VOLUME,
    RPC.MODIFY_VOLUME,
    RPC.SINGLE_NODE_MULTI_WRITER,
  ]
  const snapshots = [RPC.CREATE_DELETE_SNAPSHOT, RPC.LIST_SNAPSHOTS, RPC.GET_SNAPSHOT, RPC.CLONE_VOLUME]

  it.each([
    [{ way: 'instant' }, [...always, ...snapshots]],
    [{ way: 'copy' }, [...always, ...snapshots]],
    [{ way: 'none', why: 'the pool has file system xfs' }, always],
  ] as const)('advertises exactly what works over a pool that does %j', async (ability, expected) => {
    const { ask, house } = await controllerRig()
    house.appliance.ability = ability
    const { response } = await ask(rpc.controllerGetCapabilities, {})
    expect(response?.capabilities.map(({ type }) => (type.case === 'rpc' ? type.value.type : undefined))).toEqual(
      expected,
    )
  })

  it('answers UNIMPLEMENTED with the reason where the pool takes no snapshots', async () => {
    const { ask, house } = await controllerRig()
    house.appliance.ability = { way: 'none', why: 'the pool has file system xfs' }
    const answer = await ask(rpc.createSnapshot, { name: 'n', sourceVolumeId: VOLUME })
    expect(answer).toMatchObject({ code: 'UNIMPLEMENTED', details: expect.stringMatching(/xfs/) })
    expect((await ask(rpc.listSnapshots, {})).response?.entries).toEqual([])
    expect((await ask(rpc.deleteSnapshot, { snapshotId: 'whatever' })).code).toBe('OK')
  })

  it('answers UNAVAILABLE to everything until it is ready, wrong requests included', async () => {
    const { ask, house } = await controllerRig()
    const calls = house.appliance.script.calls.length
    house.readiness.notReady('waiting')
    for (const method of [
      rpc.createVolume,
      rpc.deleteVolume,
      rpc.controllerPublishVolume,
      rpc.controllerUnpublishVolume,
    ]) {
      expect(await ask(method as typeof rpc.deleteVolume, {})).toMatchObject({
        code: 'UNAVAILABLE',
        details: expect.stringMatching(/waiting/),
      })
    }
    for (const method of [
      rpc.listVolumes,
      rpc.getCapacity,
      rpc.controllerGetVolume,
      rpc.controllerGetCapabilities,
      rpc.createSnapshot,
      rpc.deleteSnapshot,
      rpc.listSnapshots,
      rpc.getSnapshot,
      rpc.controllerModifyVolume,
      rpc.controllerExpandVolume,
    ]) {
      expect((await ask(method as typeof rpc.listVolumes, {})).code).toBe('UNAVAILABLE')
    }
    expect(house.appliance.script.calls.length).toBe(calls)
  })
})
