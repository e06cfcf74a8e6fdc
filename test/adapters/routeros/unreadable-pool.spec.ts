import { describe, expect, it, onTestFinished } from 'vitest'
import { type SnapshotProcess, snapshotId, snapshotSpec } from '../../contracts/snapshot-backend.contract.ts'
import { live, specIn, volumeId } from '../../contracts/volume-backend.contract.ts'
import { type RigOptions, routerOsRig, type RouterOsRig } from '../../support/routeros-rig.ts'

const id = volumeId('a')
const snap = snapshotId('c')

async function rigged(options: RigOptions = {}): Promise<RouterOsRig & SnapshotProcess> {
  const rig = await routerOsRig({ pool: 'btrfs', ...options })
  onTestFinished(() => rig.close())
  const process = rig.open()
  await process.backend.start(live())
  return Object.assign(rig, process)
}

const names = (rig: RouterOsRig): (string | undefined)[] =>
  rig.device
    .subvolumes()
    .filter(({ dead }) => dead !== 'true')
    .map(row => row['fullname'])

describe('a pool whose label is read no more', () => {
  it('is no pool without subvolumes: what lies in them is neither gone nor removed', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    await rig.snapshots.snapshot(snapshotSpec(), live())
    const before = names(rig)
    const relabel = (label: string) => rig.device.perform('/disk/btrfs/filesystem/set', { '.id': '*1', label })
    relabel('')
    await rig.backend.list(live())
    const message = expect.stringContaining('label')
    await expect(rig.backend.remove(id, live())).rejects.toMatchObject({ kind: 'precondition', message })
    await expect(rig.snapshots.remove(snap, live())).rejects.toMatchObject({ message })
    expect(names(rig)).toEqual(before)
    relabel('another-label')
    await rig.backend.remove(id, live())
    await rig.snapshots.remove(snap, live())
    expect(names(rig)).toHaveLength(before.length - 2)
  })
})

describe('a pool that is not mounted', () => {
  it('says nothing of what lies on it: a snapshot is neither gone nor removed', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    await rig.snapshots.snapshot(snapshotSpec(), live())
    const before = rig.snapshot()
    rig.device.mountPool(false)
    const unavailable = { kind: 'unavailable', message: expect.stringContaining('not mounted') }
    await expect(rig.snapshots.list(live())).rejects.toMatchObject(unavailable)
    await expect(rig.snapshots.find(snapshotId('d'), live())).rejects.toMatchObject(unavailable)
    await expect(rig.snapshots.remove(snap, live())).rejects.toMatchObject(unavailable)
    rig.device.mountPool()
    expect(rig.snapshot()).toEqual(before)
    expect(await rig.snapshots.find(snap, live())).toMatchObject({ id: snap })
  })

  it.each(['btrfs', 'xfs'] as const)('keeps what a removed volume lay on until it is mounted: %s', async pool => {
    const rig = await rigged({ pool })
    const before = rig.snapshot()
    await rig.backend.create(specIn(rig), live())
    rig.device.mountPool(false)
    await expect(rig.backend.remove(id, live())).rejects.toMatchObject({ kind: 'unavailable' })
    rig.device.mountPool()
    await rig.backend.remove(id, live())
    expect(rig.snapshot()).toEqual(before)
  })
})
