import { describe, expect, it, onTestFinished } from 'vitest'
import { slotOf } from '../../../src/adapters/routeros/slot.ts'
import type { VolumeId } from '../../../src/domain/ids.ts'
import { type SnapshotProcess, snapshotId } from '../../contracts/snapshot-backend.contract.ts'
import { live, OTHER_OWNER, specIn } from '../../contracts/volume-backend.contract.ts'
import { type RigOptions, routerOsRig, type RouterOsRig } from '../../support/routeros-rig.ts'

const ids = (count: number): VolumeId[] =>
  Array.from({ length: count }, (_, at) => `pvc-${String(at).padStart(8, '0')}-1111-4111-8111-111111111111` as VolumeId)

async function rigged(options: RigOptions = {}): Promise<RouterOsRig & SnapshotProcess> {
  const rig = await routerOsRig(options)
  onTestFinished(() => rig.close())
  const process = rig.open()
  await process.backend.start(live())
  return Object.assign(rig, process)
}

const prints = (rig: RouterOsRig, menu: string): number =>
  rig.device.commands.filter(({ path }) => path === `${menu}/print`).length

describe.each(['xfs', 'btrfs'] as const)('64 finds at once of volumes that are not known, with %s', pool => {
  it.each([8, 64])('cost no more than two listings, for %d of them', async count => {
    const rig = await rigged({ pool })
    const second = rig.open()
    await second.backend.start(live())
    const there = ids(count).filter((_, at) => at % 2 === 0)
    for (const id of there) await second.backend.create(specIn(rig, { id }), live())
    rig.device.clearCommands()
    const found = await Promise.all(ids(count).map(id => rig.backend.find(id, live())))
    expect(found.filter(volume => volume !== undefined).map(({ id }) => id)).toEqual(there)
    for (const menu of ['/disk', '/file', '/disk/btrfs/subvolume']) {
      expect(prints(rig, menu), menu).toBeLessThanOrEqual(2)
    }
  })
})

describe('finds of snapshots at once', () => {
  it.each(['btrfs', 'xfs'] as const)('that are not there cost no more than two listings with %s', async pool => {
    const rig = await rigged({ pool, snapshots: 'copy' })
    rig.device.clearCommands()
    const wanted = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(snapshotId)
    const found = await Promise.all(wanted.map(id => rig.snapshots.find(id, live())))
    expect(found.every(snapshot => snapshot === undefined)).toBe(true)
    expect(prints(rig, '/disk/btrfs/subvolume')).toBeLessThanOrEqual(2)
    expect(prints(rig, '/disk')).toBeLessThanOrEqual(2)
    expect(prints(rig, '/file')).toBeLessThanOrEqual(2)
  })
})

describe("a slot of somebody else's among those that are asked for at once", () => {
  it('is no volume of ours', async () => {
    const rig = await rigged()
    const [mine, theirs] = ids(2) as [VolumeId, VolumeId]
    const second = rig.open()
    await second.backend.start(live())
    await second.backend.create(specIn(rig, { id: mine }), live())
    rig.addStranger(theirs, OTHER_OWNER)
    const found = await Promise.all([mine, theirs].map(id => rig.backend.find(id, live())))
    expect(found.map(volume => volume?.id)).toEqual([mine, undefined])
    expect(rig.device.disk(slotOf(theirs))).toBeDefined()
  })
})
