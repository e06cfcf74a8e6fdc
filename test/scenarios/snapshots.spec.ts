import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  Controller,
  ControllerServiceCapability_RPC_Type as RPC,
  GroupController,
} from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { CallFailed } from '../../src/demo/csi-client.ts'
import { Snapshotter } from '../../src/demo/snapshotter.ts'
import { capabilityOf, type Volume } from '../../src/demo/volume.ts'
import type { Workload } from '../../src/demo/workload.ts'
import { GIB, Rig } from './rig.ts'

const LENGTH = 32 * 1024
/** At the start, in the middle over a border of blocks, and at the very end. */
const PLACES = [0, GIB / 2 - 100, GIB - LENGTH]

async function fill(pod: Workload, word: string): Promise<string> {
  for (const place of PLACES) await pod.write(place, word.repeat(LENGTH).slice(0, LENGTH))
  return checksum(pod)
}

async function checksum(pod: Workload): Promise<string> {
  const hash = createHash('sha256')
  for (const place of PLACES) hash.update(await pod.read(place, LENGTH))
  return hash.digest('hex')
}

/** The checksum of a volume that nobody uses. */
async function checksumOf(rig: Rig, volume: Volume): Promise<string> {
  const pod = await rig.run(volume, 'node-b')
  const sum = await checksum(pod)
  await pod.end()
  await rig.attacher.detach(volume, 'node-b')
  return sum
}

/** A volume made from another one, as the provisioner asks for it. */
async function clone(
  rig: Rig,
  source: Volume,
  wish: { readonly claim: string; readonly bytes: number },
): Promise<Volume> {
  const made = { ...source.wish, ...wish }
  const name = `pvc-${crypto.randomUUID()}`
  const { volume } = await rig.controller.csi.call(Controller.method.createVolume, {
    name,
    capacityRange: { requiredBytes: BigInt(wish.bytes) },
    volumeCapabilities: [capabilityOf(made)],
    volumeContentSource: { type: { case: 'volume', value: { volumeId: source.id } } },
  })
  expect(volume?.capacityBytes).toBe(BigInt(wish.bytes))
  return { ...source, id: name, wish: made, attributes: volume?.volumeContext ?? {} }
}

describe('the bytes of a volume', { timeout: 60_000 }, () => {
  it('go through snapshot, restore, clone and growth, past a controller that is killed', async () => {
    const rig = await Rig.start()
    const snapshotter = () => new Snapshotter(rig.controller.csi)
    const volume = await rig.provision({ claim: 'original', access: 'ReadWriteOnce' })
    const pod = await rig.run(volume, 'node-a')
    const before = await fill(pod, 'before ')
    const name = `snapshot-${crypto.randomUUID()}`
    const snapshot = await snapshotter().take(volume, name)
    const after = await fill(pod, 'after it ')
    expect(after).not.toBe(before)

    await rig.controller.program.kill()
    await rig.startController()
    expect(await snapshotter().take(volume, name)).toBe(snapshot)
    const wish = { claim: 'restored', mode: 'Block', access: 'ReadWriteOnce', bytes: 2 * GIB, parameters: {} } as const
    const restored = await rig.provisioner.provision(wish, snapshot)
    expect(await checksumOf(rig, restored)).toBe(before)

    expect(await checksum(pod)).toBe(after)
    const cloned = await clone(rig, volume, { claim: 'cloned', bytes: GIB })
    await fill(pod, 'later ')
    await pod.end()
    await rig.attacher.detach(volume, 'node-a')
    await snapshotter().remove(snapshot)
    await rig.provisioner.remove(volume)
    expect(await checksumOf(rig, cloned)).toBe(after)
    expect(await rig.provisioner.expand(restored, 3 * GIB + 512)).toBe(3 * GIB + 512)
    expect(await checksumOf(rig, restored)).toBe(before)
  })

  it('are of one moment in a group, where that can be had', async () => {
    const rig = await Rig.start()
    const { csi } = rig.controller
    const [data, journal] = [
      await rig.provision({ claim: 'data', access: 'ReadWriteOnce' }),
      await rig.provision({ claim: 'journal', access: 'ReadWriteOnce' }),
    ]
    const request = { name: 'nightly', sourceVolumeIds: [data.id, journal.id] }
    await rig.attacher.attach(data, 'node-a')
    await rig.attacher.attach(journal, 'node-a')
    const refused = csi.call(GroupController.method.createVolumeGroupSnapshot, request)
    await expect(refused).rejects.toBeInstanceOf(CallFailed)
    await rig.attacher.detach(journal, 'node-a')
    const { groupSnapshot } = await csi.call(GroupController.method.createVolumeGroupSnapshot, request)
    expect(groupSnapshot?.snapshots.map(({ sourceVolumeId }) => sourceVolumeId).toSorted()).toEqual(
      [data.id, journal.id].toSorted(),
    )

    await rig.controller.program.kill()
    await rig.startController()
    const { groupSnapshotId = '' } = groupSnapshot ?? {}
    const snapshotIds = groupSnapshot?.snapshots.map(({ snapshotId }) => snapshotId) ?? []
    const next = rig.controller.csi
    const found = await next.call(GroupController.method.getVolumeGroupSnapshot, { groupSnapshotId, snapshotIds })
    expect(found.groupSnapshot).toEqual(groupSnapshot)
    await next.call(GroupController.method.deleteVolumeGroupSnapshot, { groupSnapshotId, snapshotIds })
    expect((await next.call(Controller.method.listSnapshots, {})).entries).toEqual([])
  })
})

describe('a driver', { timeout: 60_000 }, () => {
  it('advertises snapshots as its pool can take them', async () => {
    const rig = await Rig.start({ flags: ['--snapshot-mode=off'] })
    const { capabilities } = await rig.controller.csi.call(Controller.method.controllerGetCapabilities, {})
    const types = capabilities.map(({ type }) => (type.case === 'rpc' ? type.value.type : undefined))
    for (const type of [RPC.CREATE_DELETE_SNAPSHOT, RPC.LIST_SNAPSHOTS, RPC.GET_SNAPSHOT, RPC.CLONE_VOLUME]) {
      expect(types).not.toContain(type)
    }
    const volume = await rig.provision({ claim: 'plain' })
    const taking = new Snapshotter(rig.controller.csi).take(volume, 'never')
    await expect(taking).rejects.toThrow(/UNIMPLEMENTED/)
  })
})
