import { describe, expect, it, onTestFinished } from 'vitest'
import type { DeviceSwitches } from '../../../src/adapters/sim/routeros-device/switches.ts'
import type { VolumeSource, VolumeSpec } from '../../../src/domain/volume.ts'
import { settled, type SnapshotProcess, snapshotId, snapshotSpec } from '../../contracts/snapshot-backend.contract.ts'
import { live, specIn, volumeId } from '../../contracts/volume-backend.contract.ts'
import { BASE_PATH, type RigOptions, routerOsRig, type RouterOsRig } from '../../support/routeros-rig.ts'

const SIZE = 2 * 1024 ** 2
const source = volumeId('a')
const restored = volumeId('b')
const cloned = volumeId('d')
const snap = snapshotId('c')

/** The other way of every switch that snapshots could notice. */
const HABITS: readonly Partial<DeviceSwitches>[] = [
  {},
  { subvolumeBelowDirectory: 'refused' },
  { subvolumeParent: 'fullname' },
  { subvolumeParent: 'leaf' },
  { subvolumeRemoval: 'atOnce' },
  { removeSubvolumeInUse: 'allowed' },
  { snapshotSpace: 'counted' },
  { nestedSubvolumesInSnapshot: 'included' },
  { diskOnReadOnlySnapshot: 'accepted' },
  { idStability: 'reused' },
  { idStability: 'renumberedAtRestart' },
  { addWithExistingFile: 'attached' },
  { addWithExistingFile: 'resized' },
  { missingDirectory: 'created' },
  { missingDirectory: 'emptyItem' },
  { removeFileInUse: 'allowed' },
  { removeDirectory: 'refused' },
  { failedAddLeavesFile: 'empty' },
  { failedAddLeavesFile: 'partial' },
  { failedAddLeavesFile: 'partial', unknownTexts: 'opaque' },
  { unknownTexts: 'opaque' },
  { unknownTexts: 'opaque', subvolumeParent: 'leaf' },
  { noSuchItemCategory: 'missing', noSuchItemText: 'numbered' },
  { trapCategory: 'none' },
  { filePrintDefault: 'topLevel' },
  { resizeVisible: 'atOnce' },
  { allocation: 'thin' },
]
const WAYS: readonly RigOptions[] = [{ pool: 'btrfs' }, { pool: 'xfs', snapshots: 'copy' }]
const CASES = WAYS.flatMap(({ pool = 'xfs', snapshots = 'auto' }) =>
  HABITS.map(switches => ({ pool, snapshots, switches })),
)

async function started(options: RigOptions): Promise<RouterOsRig & SnapshotProcess> {
  const rig = await routerOsRig(options)
  onTestFinished(() => rig.close())
  const process = rig.open()
  await process.backend.start(live())
  return Object.assign(rig, process)
}

const from = (rig: RouterOsRig, id: VolumeSpec['id'], of: VolumeSource, bytes = SIZE): VolumeSpec =>
  specIn(rig, { id, bytes, source: of, folder: `${BASE_PATH}/made` })
const take = (of: SnapshotProcess) => settled(() => of.snapshots.snapshot(snapshotSpec(), live()))
const restore = (rig: RouterOsRig, of: SnapshotProcess, bytes = SIZE) =>
  settled(() => of.snapshots.restore(from(rig, restored, { from: 'snapshot', id: snap }, bytes), snap, live()))
const clone = (rig: RouterOsRig, of: SnapshotProcess) =>
  settled(() => of.snapshots.clone(from(rig, cloned, { from: 'volume', id: source }), source, live()))
const text = (rig: RouterOsRig, id: VolumeSpec['id']): string => new TextDecoder().decode(rig.read(id, 9, 5))

describe.each(CASES)('on a device with %o', options => {
  it('snapshots, restored volumes and clones live as anywhere else', async () => {
    const rig = await started(options)
    await rig.backend.create(specIn(rig, { id: source, bytes: SIZE }), live())
    const before = rig.snapshot()
    rig.write(source, 9, new TextEncoder().encode('first'))
    await take(rig)
    rig.write(source, 9, new TextEncoder().encode('other'))
    await rig.device.die()
    await rig.device.restart()
    const after = rig.open()
    await after.backend.start(live())
    expect(await after.snapshots.list(live())).toMatchObject([{ id: snap, source, bytes: SIZE, ready: true }])
    await restore(rig, after, 3 * SIZE)
    await clone(rig, after)
    expect([text(rig, restored), text(rig, cloned), text(rig, source)]).toEqual(['first', 'other', 'other'])
    await after.snapshots.remove(snap, live())
    for (const id of [restored, cloned]) {
      await after.access.allow(id, { to: 'any' }, live())
      await after.backend.remove(id, live())
    }
    const left = JSON.stringify(rig.snapshot()).replaceAll(/\/made[^"]*/g, '')
    expect(left).not.toMatch(/snap-|pvc-bbbb|pvc-dddd/)
    expect(JSON.parse(JSON.stringify(rig.snapshot()))).toMatchObject({ disks: (before as { disks: unknown }).disks })
  })

  it('a pool without space is exhausted, and nothing is left over', async () => {
    const rig = await started(options)
    await rig.backend.create(specIn(rig, { id: source, bytes: SIZE, folder: `${BASE_PATH}/made` }), live())
    await take(rig)
    rig.fill(SIZE - 512)
    const before = rig.snapshot()
    for (const call of [() => restore(rig, rig), () => clone(rig, rig), () => restore(rig, rig, 2 * SIZE)]) {
      await expect(call()).rejects.toMatchObject({ kind: 'exhausted' })
      expect(rig.snapshot()).toEqual(before)
    }
    rig.fill(0)
    const next = snapshotSpec({ id: snapshotId('e') })
    const refused = settled(() => rig.snapshots.snapshot(next, live()))
    const needsSpace = options.pool === 'xfs' || options.switches.snapshotSpace === 'counted'
    if (needsSpace) await expect(refused).rejects.toMatchObject({ kind: 'exhausted' })
    else await refused
    if (needsSpace) expect(rig.snapshot()).toEqual(before)
  })

  it('what another process made or removed meanwhile is found out', async () => {
    const rig = await started(options)
    await rig.backend.create(specIn(rig, { id: source, bytes: SIZE }), live())
    const second = rig.open()
    await second.backend.start(live())
    const snapshot = await take(second)
    expect(await take(rig)).toEqual(snapshot)
    const volume = await restore(rig, second)
    expect(await restore(rig, rig)).toMatchObject({ id: volume.id, bytes: volume.bytes, source: volume.source })
    await second.backend.remove(restored, live())
    await second.snapshots.remove(snap, live())
    await rig.backend.remove(restored, live())
    await rig.snapshots.remove(snap, live())
    expect(await rig.snapshots.find(snap, live())).toBeUndefined()
    expect(await rig.backend.find(restored, live())).toBeUndefined()
  })
})

describe('a name of which only the last part counts', () => {
  it('is not used for the parent where somebody else has the same', async () => {
    const rig = await started({ pool: 'btrfs', switches: { subvolumeParent: 'leaf' } })
    rig.device.perform('/disk/btrfs/subvolume/add', { fs: 'storage-pool-fs', name: 'backup' })
    rig.device.perform('/disk/btrfs/subvolume/add', { fs: 'storage-pool-fs', name: `backup/${source}` })
    // Just what the volume's own has in it.
    const image = `/storage-pool/backup/${source}/volume.img`
    rig.device.perform('/disk/add', { type: 'file', slot: 'mine', 'file-path': image, 'file-size': String(SIZE) })
    await rig.backend.create(specIn(rig, { id: source, bytes: SIZE }), live())
    const before = rig.snapshot()
    await expect(take(rig)).rejects.toMatchObject({ name: 'StorageError' })
    expect(rig.snapshot()).toEqual(before)
  })
})
