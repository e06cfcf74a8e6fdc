import { timestampMs } from '@bufbuild/protobuf/wkt'
import { describe, expect, it } from 'vitest'
import {
  Controller,
  GroupController,
  GroupControllerServiceCapability_RPC_Type as GROUP,
} from '../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { GiB } from '../../../src/domain/capacity.ts'
import type { VolumeId } from '../../../src/domain/ids.ts'
import { NODE_A, NODE_B, VOLUME } from '../../support/controller-house.ts'
import { block, controllerRig, FOREIGN, good, NAME, range } from './service-rig.ts'

const rpc = Controller.method
const group = GroupController.method
const UUID = 'bbbbbbbb-2222-4333-8444-555555555555'
const MISSING_VOLUME = 'pvc-00000000-0000-4000-8000-000000000000'
const MISSING_SNAPSHOT = 'snap-00000000-0000-4000-8000-000000000000'
const MISSING_GROUP = 'group-00000000-0000-4000-8000-000000000000'
const SECOND = 'pvc-22222222-2222-4333-8444-555555555555' as VolumeId
const wish = { name: `snapshot-${UUID}`, sourceVolumeId: VOLUME }

async function rigWithSnapshot() {
  const rig = await controllerRig()
  rig.house.seed(SECOND)
  const { response } = await rig.ask(rpc.createSnapshot, wish)
  return { ...rig, snapshot: response!.snapshot! }
}

describe('CreateSnapshot', () => {
  it('answers with the id, the size, the source and the time, ready', async () => {
    const { snapshot, house } = await rigWithSnapshot()
    expect(snapshot).toMatchObject({
      snapshotId: `snap-${UUID}`,
      sourceVolumeId: VOLUME,
      sizeBytes: BigInt(GiB),
      readyToUse: true,
      groupSnapshotId: '',
      accessibleTopology: [],
    })
    expect(timestampMs(snapshot.creationTime!)).toBe(house.appliance.time)
  })

  it('answers the same when it is repeated, and ALREADY_EXISTS for another volume', async () => {
    const { ask, snapshot } = await rigWithSnapshot()
    expect((await ask(rpc.createSnapshot, wish)).response?.snapshot).toEqual(snapshot)
    expect((await ask(rpc.createSnapshot, { ...wish, sourceVolumeId: SECOND })).code).toBe('ALREADY_EXISTS')
  })

  it.each([MISSING_VOLUME, FOREIGN])('answers NOT_FOUND for volume %s', async sourceVolumeId => {
    const { ask } = await controllerRig()
    expect((await ask(rpc.createSnapshot, { ...wish, sourceVolumeId })).code).toBe('NOT_FOUND')
  })

  it('answers that it is not ready while it is copied', async () => {
    const { ask, house } = await controllerRig()
    house.appliance.ability = { way: 'copy' }
    expect((await ask(rpc.createSnapshot, wish)).response?.snapshot?.readyToUse).toBe(false)
    house.appliance.copies.finish()
    expect((await ask(rpc.createSnapshot, wish)).response?.snapshot?.readyToUse).toBe(true)
  })

  it('answers RESOURCE_EXHAUSTED where a copy has no place', async () => {
    const { ask, house } = await controllerRig()
    house.appliance.ability = { way: 'copy' }
    house.appliance.total = GiB + 512
    expect((await ask(rpc.createSnapshot, wish)).code).toBe('RESOURCE_EXHAUSTED')
  })
})

describe('DeleteSnapshot', () => {
  it('removes it, and answers OK when there is none', async () => {
    const { ask, snapshot, house } = await rigWithSnapshot()
    for (const snapshotId of [snapshot.snapshotId, snapshot.snapshotId, MISSING_SNAPSHOT, FOREIGN])
      expect((await ask(rpc.deleteSnapshot, { snapshotId })).code).toBe('OK')
    expect(house.appliance.kept.size).toBe(0)
  })
})

describe('GetSnapshot', () => {
  it('answers with it', async () => {
    const { ask, snapshot } = await rigWithSnapshot()
    const { response } = await ask(rpc.getSnapshot, { snapshotId: snapshot.snapshotId })
    expect(response?.snapshot).toEqual(snapshot)
  })

  it.each([MISSING_SNAPSHOT, FOREIGN, VOLUME])('answers NOT_FOUND for %s', async snapshotId => {
    const { ask } = await controllerRig()
    expect((await ask(rpc.getSnapshot, { snapshotId })).code).toBe('NOT_FOUND')
  })
})

describe('ListSnapshots', () => {
  it('answers in pages until there are no more', async () => {
    const { ask, snapshot } = await rigWithSnapshot()
    await ask(rpc.createSnapshot, { name: 'second', sourceVolumeId: SECOND })
    const first = await ask(rpc.listSnapshots, { maxEntries: 1 })
    const second = await ask(rpc.listSnapshots, { maxEntries: 1, startingToken: first.response?.nextToken ?? '' })
    const ids = [first, second].flatMap(({ response }) => response?.entries.map(entry => entry.snapshot?.snapshotId))
    expect(ids).toHaveLength(2)
    expect(ids).toContain(snapshot.snapshotId)
    expect(second.response?.nextToken).toBe('')
  })

  it('answers with those of one volume or id, and with none for what is unknown', async () => {
    const { ask, snapshot } = await rigWithSnapshot()
    const count = async (request: { snapshotId?: string; sourceVolumeId?: string }) =>
      (await ask(rpc.listSnapshots, request)).response?.entries.length
    expect(await count({ sourceVolumeId: VOLUME })).toBe(1)
    expect(await count({ snapshotId: snapshot.snapshotId })).toBe(1)
    for (const unknown of [MISSING_SNAPSHOT, FOREIGN]) expect(await count({ snapshotId: unknown })).toBe(0)
    for (const unknown of [SECOND, MISSING_VOLUME, FOREIGN]) expect(await count({ sourceVolumeId: unknown })).toBe(0)
  })
})

describe('CreateVolume from a source', () => {
  const sourced = (type: object) => ({ ...good.create, volumeContentSource: { type } as never })

  it.each([
    ['snapshot', { snapshotId: `snap-${UUID}` }],
    ['volume', { volumeId: VOLUME }],
  ])('tells the %s that it was made from, there and wherever the volume is shown', async (kind, value) => {
    const { ask } = await rigWithSnapshot()
    const contentSource = { type: { case: kind, value } }
    for (let turn = 0; turn < 2; turn += 1) {
      const { response } = await ask(rpc.createVolume, sourced(contentSource.type))
      expect(response?.volume).toMatchObject({ volumeId: NAME, capacityBytes: BigInt(2 * GiB), contentSource })
    }
    const { response } = await ask(rpc.controllerGetVolume, { volumeId: NAME })
    expect(response?.volume).toMatchObject({ contentSource })
    expect((await ask(rpc.createVolume, good.create)).code).toBe('ALREADY_EXISTS')
  })

  it('is as large as its source where no size is asked for', async () => {
    const { ask } = await rigWithSnapshot()
    await ask(rpc.controllerExpandVolume, { volumeId: VOLUME, capacityRange: range(3 * GiB) })
    const { capacityRange: _, ...request } = sourced({ case: 'volume', value: { volumeId: VOLUME } })
    const { response } = await ask(rpc.createVolume, request)
    expect(response?.volume?.capacityBytes).toBe(BigInt(3 * GiB))
  })

  it.each([
    ['snapshot', { snapshotId: MISSING_SNAPSHOT }],
    ['snapshot', { snapshotId: FOREIGN }],
    ['volume', { volumeId: MISSING_VOLUME }],
    ['volume', { volumeId: FOREIGN }],
  ])('answers NOT_FOUND for %s %j', async (kind, value) => {
    const { ask } = await controllerRig()
    expect((await ask(rpc.createVolume, sourced({ case: kind, value }))).code).toBe('NOT_FOUND')
  })

  it('answers ABORTED while it is copied', async () => {
    const { ask, house } = await controllerRig()
    house.appliance.ability = { way: 'copy' }
    const request = sourced({ case: 'volume', value: { volumeId: VOLUME } })
    expect(await ask(rpc.createVolume, request)).toMatchObject({
      code: 'ABORTED',
      details: expect.stringMatching(/copied/),
    })
    house.appliance.copies.finish()
    expect((await ask(rpc.createVolume, request)).code).toBe('OK')
  })

  it('leaves none behind that says where an empty volume is from', async () => {
    const { ask } = await controllerRig()
    expect((await ask(rpc.createVolume, good.create)).response?.volume?.contentSource).toBeUndefined()
  })
})

describe('the GroupController service', () => {
  async function rigWithGroup() {
    const rig = await rigWithSnapshot()
    const request = { name: `groupsnapshot-${UUID}`, sourceVolumeIds: [SECOND, VOLUME] }
    const { response } = await rig.ask(group.createVolumeGroupSnapshot, request)
    return { ...rig, request, made: response!.groupSnapshot! }
  }

  it('advertises groups only while the pool takes snapshots at once', async () => {
    const { ask, house } = await controllerRig()
    const types = async () =>
      (await ask(group.groupControllerGetCapabilities, {})).response?.capabilities.map(({ type }) => type.value?.type)
    expect(await types()).toEqual([GROUP.CREATE_DELETE_GET_VOLUME_GROUP_SNAPSHOT])
    house.appliance.ability = { way: 'copy' }
    expect(await types()).toEqual([])
    const answer = await ask(group.createVolumeGroupSnapshot, { name: 'g', sourceVolumeIds: [VOLUME] })
    expect(answer.code).toBe('UNIMPLEMENTED')
  })

  it('takes a group, tells its members and their group, and answers the same when it is repeated', async () => {
    const { ask, made, request, house } = await rigWithGroup()
    expect(made).toMatchObject({ readyToUse: true })
    expect(timestampMs(made.creationTime!)).toBe(house.appliance.time)
    expect(made.snapshots.map(member => member.sourceVolumeId).toSorted()).toEqual([VOLUME, SECOND].toSorted())
    for (const member of made.snapshots) expect(member.groupSnapshotId).toBe(made.groupSnapshotId)
    expect((await ask(group.createVolumeGroupSnapshot, request)).response?.groupSnapshot).toEqual(made)
    const { groupSnapshotId } = made
    expect((await ask(group.getVolumeGroupSnapshot, { groupSnapshotId })).response?.groupSnapshot).toEqual(made)
    const listed = (await ask(rpc.listSnapshots, { sourceVolumeId: SECOND })).response?.entries
    expect(listed).toMatchObject([{ snapshot: { groupSnapshotId } }])
  })

  it('answers ALREADY_EXISTS for the same name with other volumes', async () => {
    const { ask, request } = await rigWithGroup()
    const answer = await ask(group.createVolumeGroupSnapshot, { ...request, sourceVolumeIds: [VOLUME] })
    expect(answer.code).toBe('ALREADY_EXISTS')
  })

  it('refuses to delete a member alone, and deletes the group', async () => {
    const { ask, made, house } = await rigWithGroup()
    const snapshotIds = made.snapshots.map(member => member.snapshotId)
    const alone = await ask(rpc.deleteSnapshot, { snapshotId: snapshotIds[0]! })
    expect(alone).toMatchObject({ code: 'INVALID_ARGUMENT', details: expect.stringContaining(made.groupSnapshotId) })
    const { groupSnapshotId } = made
    for (let turn = 0; turn < 2; turn += 1)
      expect((await ask(group.deleteVolumeGroupSnapshot, { groupSnapshotId, snapshotIds })).code).toBe('OK')
    expect([...house.appliance.kept.keys()]).toEqual([`snap-${UUID}`])
    expect((await ask(group.getVolumeGroupSnapshot, { groupSnapshotId })).code).toBe('NOT_FOUND')
  })

  it('answers FAILED_PRECONDITION while several volumes are attached', async () => {
    const { ask } = await rigWithSnapshot()
    await ask(rpc.controllerPublishVolume, { ...good.publish, nodeId: NODE_A, volumeCapability: block() })
    await ask(rpc.controllerPublishVolume, { volumeId: SECOND, nodeId: NODE_B, volumeCapability: block() })
    const request = { name: 'g', sourceVolumeIds: [SECOND, VOLUME] }
    expect((await ask(group.createVolumeGroupSnapshot, request)).code).toBe('FAILED_PRECONDITION')
    const accepted = { ...request, parameters: { memberConsistency: 'sequential' } }
    expect((await ask(group.createVolumeGroupSnapshot, accepted)).code).toBe('OK')
  })

  it('answers NOT_FOUND for a volume or a group that is not there, and OK when it is to be gone', async () => {
    const { ask } = await controllerRig()
    for (const unknown of [MISSING_VOLUME, FOREIGN]) {
      const sourceVolumeIds = [VOLUME, unknown]
      expect((await ask(group.createVolumeGroupSnapshot, { name: 'g', sourceVolumeIds })).code).toBe('NOT_FOUND')
    }
    for (const groupSnapshotId of [MISSING_GROUP, FOREIGN]) {
      expect((await ask(group.getVolumeGroupSnapshot, { groupSnapshotId })).code).toBe('NOT_FOUND')
      expect((await ask(group.deleteVolumeGroupSnapshot, { groupSnapshotId })).code).toBe('OK')
    }
  })

  it('answers UNAVAILABLE to everything until it is ready', async () => {
    const { ask, house } = await controllerRig()
    house.readiness.notReady('waiting')
    for (const method of [
      group.groupControllerGetCapabilities,
      group.createVolumeGroupSnapshot,
      group.deleteVolumeGroupSnapshot,
      group.getVolumeGroupSnapshot,
    ])
      expect((await ask(method as typeof group.deleteVolumeGroupSnapshot, {})).code).toBe('UNAVAILABLE')
  })
})
