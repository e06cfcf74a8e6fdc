import { describe, expect, it, onTestFinished } from 'vitest'
import { slotOf } from '../../../src/adapters/routeros/slot.ts'
import { subvolumeName } from '../../../src/adapters/routeros/subvolume-name.ts'
import { GiB } from '../../../src/domain/capacity.ts'
import { type SnapshotProcess, snapshotId, snapshotSpec } from '../../contracts/snapshot-backend.contract.ts'
import { live, OWNER, specIn, volumeId } from '../../contracts/volume-backend.contract.ts'
import { BASE_PATH, type RigOptions, routerOsRig, type RouterOsRig } from '../../support/routeros-rig.ts'

const id = volumeId('a')
const made = volumeId('b')
const snap = snapshotId('c')
const path = `${BASE_PATH}/${id}`
/** Within the file system. */
const name = path.slice('/storage-pool/'.length)
const image = `${path}/volume.img`

async function rigged(options: RigOptions = {}): Promise<RouterOsRig & SnapshotProcess> {
  const rig = await routerOsRig({ pool: 'btrfs', ...options })
  onTestFinished(() => rig.close())
  const process = rig.open()
  await process.backend.start(live())
  return Object.assign(rig, process)
}

const paths = (rig: RouterOsRig): string[] => rig.device.commands.map(command => command.path)
const names = (rig: RouterOsRig): (string | undefined)[] =>
  rig.device
    .subvolumes()
    .filter(({ dead }) => dead !== 'true')
    .map(row => row['fullname'])
const restoredSpec = (rig: RouterOsRig, bytes = GiB) =>
  specIn(rig, { id: made, bytes, source: { from: 'snapshot', id: snap } })

describe('a volume on btrfs', () => {
  it('is a subvolume with its image, and a disk on that', async () => {
    const rig = await rigged()
    rig.device.clearCommands()
    const volume = await rig.backend.create(specIn(rig), live())
    expect(volume.folder).toBe(BASE_PATH)
    expect(names(rig)).toContain(name)
    expect(rig.device.disk(slotOf(id))).toMatchObject({ 'file-path': image, 'file-size': String(GiB) })
    expect(paths(rig)).toEqual(['/disk/btrfs/subvolume/add', '/disk/add', '/disk/print'])
  })

  it('is removed disk first, and only once nothing but its image is in its subvolume', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    rig.device.clearCommands()
    await rig.backend.remove(id, live())
    expect(paths(rig)).toEqual([
      '/disk/remove',
      '/disk/btrfs/subvolume/print',
      '/file/print',
      '/disk/btrfs/subvolume/remove',
    ])
    expect(names(rig)).not.toContain(name)
  })

  it('lies in folders that are subvolumes, since the device may take none below a plain folder', async () => {
    const rig = await rigged({ switches: { subvolumeBelowDirectory: 'refused' } })
    const folder = `${BASE_PATH}/gold/fast`
    expect(await rig.backend.create(specIn(rig, { folder }), live())).toMatchObject({ folder })
    expect(names(rig)).toEqual(['csi', 'csi/volumes', 'csi/volumes/gold', 'csi/volumes/gold/fast', expect.any(String)])
    await rig.backend.remove(id, live())
  })

  it('says what to do where its folder is a plain one and the device takes no subvolume there', async () => {
    const rig = await rigged({ switches: { subvolumeBelowDirectory: 'refused' } })
    rig.device.perform('/file/add', { name: `${BASE_PATH}/gold`.slice(1), type: 'directory' })
    await rig.backend.start(live())
    const folder = `${BASE_PATH}/gold`
    const before = rig.snapshot()
    await expect(rig.backend.create(specIn(rig, { folder }), live())).rejects.toMatchObject({
      message: expect.stringContaining('make the folder above it a subvolume, or use --snapshot-mode=off'),
    })
    expect(rig.snapshot()).toEqual(before)
  })

  it.each([
    ['off', { snapshots: 'off' }],
    ['without a label', { label: '' }],
  ] as const)('lies flat where snapshots are %s', async (_, { snapshots, label }: RigOptions) => {
    const rig = await rigged({ ...(snapshots && { snapshots }), ...(label !== undefined && { label }) })
    await rig.backend.create(specIn(rig), live())
    expect(rig.device.disk(slotOf(id))).toMatchObject({ 'file-path': `${BASE_PATH}/${id}.img` })
    expect(names(rig)).toEqual([])
    expect(rig.snapshots.ability()).toMatchObject({
      way: 'none',
      why: expect.stringMatching(/label|--snapshot-mode=off/),
    })
    await rig.backend.remove(id, live())
    expect(rig.device.files().filter(({ type }) => type === '.img file')).toEqual([])
  })
})

describe('a volume that lies flat', () => {
  it('goes on as before, and says what it cannot do', async () => {
    const options: RigOptions = { pool: 'btrfs', snapshots: 'off' }
    const flat = await rigged(options)
    await flat.backend.create(specIn(flat), live())
    const rig = Object.assign(flat, flat.open(OWNER, { snapshots: 'auto' }))
    await rig.backend.start(live())
    expect(rig.snapshots.ability()).toEqual({ way: 'instant' })
    expect(await rig.backend.create(specIn(rig), live())).toMatchObject({ id, folder: BASE_PATH })
    expect(await rig.backend.resize(id, 2 * GiB, live())).toMatchObject({ bytes: 2 * GiB })
    const message = expect.stringContaining('lies flat')
    await expect(rig.snapshots.snapshot(snapshotSpec(), live())).rejects.toMatchObject({ kind: 'unsupported', message })
    const cloned = specIn(rig, { id: made, bytes: 2 * GiB })
    await expect(rig.snapshots.clone(cloned, id, live())).rejects.toMatchObject({ kind: 'unsupported', message })
    await rig.backend.remove(id, live())
    expect(rig.device.disks()).toEqual([])
    expect(rig.device.files().filter(({ type }) => type === '.img file')).toEqual([])
  })
})

describe('a subvolume that holds more than its image', () => {
  it.each(['file', 'directory'])('is kept with the %s in it, and that is said', async type => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    rig.device.perform('/file/add', { name: `${path}/notes`.slice(1), type })
    await expect(rig.backend.remove(id, live())).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('it holds what is not ours (notes)'),
    })
    expect(names(rig)).toContain(name)
    expect(rig.device.file(`${path}/notes`.slice(1))).toBeDefined()
    rig.device.perform('/file/remove', { '.id': `${path}/notes`.slice(1) })
    await rig.backend.remove(id, live())
    expect(names(rig)).not.toContain(name)
  })

  it("is kept with a subvolume of somebody else's in it", async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    rig.device.perform('/disk/btrfs/subvolume/add', { fs: 'storage-pool-fs', name: `${name}/theirs` })
    await expect(rig.backend.remove(id, live())).rejects.toMatchObject({ kind: 'conflict' })
    expect(names(rig)).toContain(`${name}/theirs`)
  })
})

describe("a stranger's disk on the image", () => {
  it.each(['refused', 'allowed'] as const)('keeps the subvolume, where removing it in use is %s', async habit => {
    const rig = await rigged({ switches: { removeSubvolumeInUse: habit, sameFileTwice: 'accepted' } })
    await rig.backend.create(specIn(rig), live())
    rig.device.perform('/disk/add', { type: 'file', slot: 'rescued', 'file-path': image })
    await rig.backend.list(live())
    await expect(rig.backend.remove(id, live())).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('disk "rescued"'),
    })
    expect(names(rig)).toContain(name)
    rig.device.perform('/disk/remove', { '.id': 'rescued' })
    await rig.backend.remove(id, live())
    expect(names(rig)).not.toContain(name)
  })
})

describe('a subvolume without a disk', () => {
  it('of the right size is attached as it is', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    rig.write(id, 5, new TextEncoder().encode('precious'))
    rig.device.perform('/disk/remove', { '.id': slotOf(id) })
    await rig.backend.start(live())
    expect(await rig.backend.create(specIn(rig), live())).toMatchObject({ bytes: GiB })
    expect(new TextDecoder().decode(rig.read(id, 5, 8))).toBe('precious')
  })

  it('made from a volume that has grown since is completed', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    rig.write(id, 100, new TextEncoder().encode('first'))
    const spec = (bytes: number) => specIn(rig, { id: made, bytes, source: { from: 'volume', id } })
    rig.device.faults.arm({ kind: 'dropBefore' }, { match: '/disk/add' })
    await expect(rig.snapshots.clone(spec(GiB), id, live())).rejects.toMatchObject({ kind: 'unavailable' })
    await rig.backend.resize(id, 2 * GiB, live())
    const next = rig.open()
    await next.backend.start(live())
    expect(await next.snapshots.clone(spec(2 * GiB), id, live())).toMatchObject({ bytes: 2 * GiB })
    expect(new TextDecoder().decode(rig.read(made, 100, 5))).toBe('first')
    expect(rig.device.disk(slotOf(made))?.['comment']).not.toContain('unfinished')
  })

  it('of another size is a conflict, and stays', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig, { bytes: 2 * GiB }), live())
    rig.device.perform('/disk/remove', { '.id': slotOf(id) })
    await rig.backend.start(live())
    const before = rig.snapshot()
    await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining(`file ${image} is there without a disk and has ${2 * GiB} bytes, not ${GiB}`),
    })
    expect(rig.snapshot()).toEqual(before)
  })

  it('made from something else is a conflict, and stays', async () => {
    const rig = await rigged()
    const from = { from: 'volume', id: made } as const
    const other = `csi/volumes/${subvolumeName({ of: 'volume', id, source: from })}`
    rig.device.perform('/disk/btrfs/subvolume/add', { fs: 'storage-pool-fs', name: other })
    await rig.backend.start(live())
    const before = rig.snapshot()
    await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({ kind: 'conflict' })
    expect(rig.snapshot()).toEqual(before)
    await rig.backend.remove(id, live())
    expect(names(rig)).not.toContain(other)
  })

  it('with a name that only looks alike is never touched', async () => {
    const others = [`${name}.bak`, `csi/${id}`, `csi/volumes/x${id}`, 'csi/volumes/snap-1', 'csi/volumes/backup']
    const rig = await rigged()
    for (const other of others) {
      rig.device.perform('/disk/btrfs/subvolume/add', { fs: 'storage-pool-fs', name: other })
    }
    await rig.backend.start(live())
    const before = rig.snapshot()
    expect(await rig.snapshots.list(live())).toEqual([])
    await rig.backend.create(specIn(rig), live())
    await rig.backend.remove(id, live())
    await rig.backend.remove(id, live())
    expect(rig.snapshot()).toEqual(before)
  })
})

describe('the label of the file system', () => {
  it('that another one has too refuses what would need it, with what to do', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    rig.device.addFilesystem('storage-pool-fs', '00000000-0000-4000-8000-000000000000')
    await rig.snapshots.list(live())
    const message = expect.stringContaining('several file systems have the label "storage-pool-fs"')
    expect(rig.snapshots.ability()).toEqual({ way: 'none', why: message })
    const before = rig.snapshot()
    const next = rig.open()
    await next.backend.start(live())
    for (const process of [rig, next]) {
      const calls = [
        process.snapshots.snapshot(snapshotSpec(), live()),
        process.snapshots.clone(specIn(rig, { id: made }), id, live()),
      ]
      for (const call of calls) await expect(call).rejects.toMatchObject({ kind: 'unsupported', message })
      const another = process.backend.create(specIn(rig, { id: made }), live())
      await expect(another).rejects.toMatchObject({ kind: 'precondition', message })
    }
    expect(rig.snapshot()).toEqual(before)
    await next.backend.remove(id, live())
  })
})

describe('a volume of which only the reading back was refused', () => {
  it('keeps its subvolume, and is returned when it is asked for again', async () => {
    const rig = await rigged({ switches: { removeSubvolumeInUse: 'allowed' } })
    rig.device.faults.arm({ kind: 'trap', message: 'interrupted' }, { match: '/disk/print' })
    await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(names(rig)).toContain(name)
    expect(await rig.backend.create(specIn(rig), live())).toMatchObject({ id, bytes: GiB })
  })
})

describe('the image of a restored volume', () => {
  it('is not grown by a device that does not grow files: everything is undone, and said', async () => {
    const rig = await rigged({ switches: { setFileSize: 'refused' } })
    await rig.backend.create(specIn(rig), live())
    await rig.snapshots.snapshot(snapshotSpec(), live())
    const before = rig.snapshot()
    await expect(rig.snapshots.restore(restoredSpec(rig, 2 * GiB), snap, live())).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('the new volume was taken back'),
    })
    expect(rig.snapshot()).toEqual(before)
    expect(await rig.backend.find(made, live())).toBeUndefined()
    expect(await rig.snapshots.restore(restoredSpec(rig), snap, live())).toMatchObject({ bytes: GiB })
  })

  it('that has not grown yet makes no volume: it is neither found, listed nor exported', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    await rig.snapshots.snapshot(snapshotSpec(), live())
    rig.device.faults.arm({ kind: 'dropBefore' }, { match: '/disk/set' })
    await expect(rig.snapshots.restore(restoredSpec(rig, 2 * GiB), snap, live())).rejects.toMatchObject({
      kind: 'unavailable',
    })
    const next = rig.open()
    await next.backend.start(live())
    expect(rig.device.disk(slotOf(made))?.['comment']).toContain('state=unfinished')
    expect((await next.backend.list(live())).map(volume => volume.id)).toEqual([id])
    expect(await next.backend.find(made, live())).toBeUndefined()
    await expect(next.access.allow(made, { to: 'any' }, live())).rejects.toMatchObject({ kind: 'not-found' })
    await expect(next.backend.create(specIn(rig, { id: made }), live())).rejects.toMatchObject({ kind: 'conflict' })
    const another = specIn(rig, { id: made, bytes: 2 * GiB, source: { from: 'volume', id } })
    await expect(next.snapshots.clone(another, id, live())).rejects.toMatchObject({ kind: 'conflict' })
    expect(await next.snapshots.restore(restoredSpec(rig, 2 * GiB), snap, live())).toMatchObject({ bytes: 2 * GiB })
    expect(await next.backend.find(made, live())).toMatchObject({ bytes: 2 * GiB })
  })
})

describe('a snapshot', () => {
  it('has the time of the device, whatever its zone', async () => {
    const rig = await rigged()
    rig.device.system.utcOffset = 330
    const process = rig.open()
    await process.backend.start(live())
    await process.backend.create(specIn(rig), live())
    const { createdAt } = await process.snapshots.snapshot(snapshotSpec(), live())
    expect(Math.abs(Date.now() - createdAt)).toBeLessThan(60_000)
    const [listed] = await process.snapshots.list(live())
    expect(listed?.createdAt).toBe(createdAt)
  })

  it('that can be written is taken back', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    const before = rig.snapshot()
    const after = (): void => {
      const row = rig.device.subvolumes().find(one => one['snapshot'] === 'true')
      rig.device.perform('/disk/btrfs/subvolume/set', { '.id': row!['.id']!, 'read-only': 'no' })
    }
    rig.device.faults.arm({ kind: 'watch', after }, { match: '/disk/btrfs/subvolume/add' })
    await expect(rig.snapshots.snapshot(snapshotSpec(), live())).rejects.toMatchObject({ kind: 'internal' })
    expect(rig.snapshot()).toEqual(before)
  })

  it('is not made of what somebody else put in its place, which stays', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    const taken = subvolumeName({ of: 'snapshot', id: snap, source: id, owner: OWNER, group: undefined })
    rig.device.perform('/disk/btrfs/subvolume/add', { fs: 'storage-pool-fs', name: `csi/volumes/${taken}` })
    const before = rig.snapshot()
    await expect(rig.snapshots.snapshot(snapshotSpec(), live())).rejects.toMatchObject({ kind: 'conflict' })
    expect(rig.snapshot()).toEqual(before)
  })

  it('that is taken after its answer was given up is found, and none is left after a removal', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    const before = rig.snapshot()
    for (const next of ['taken again', 'removed'] as const) {
      const gate = Promise.withResolvers<void>()
      const begun = Promise.withResolvers<void>()
      const match = ({ path: sent }: { readonly path: string }): boolean => {
        if (sent === '/disk/btrfs/subvolume/add') begun.resolve()
        return sent === '/disk/btrfs/subvolume/add'
      }
      rig.device.faults.arm({ kind: 'ignoreCancel', until: gate.promise }, { match })
      const controller = new AbortController()
      const failed = expect(rig.snapshots.snapshot(snapshotSpec(), controller.signal)).rejects.toThrow('gone away')
      await begun.promise
      controller.abort(new Error('gone away'))
      await failed
      if (next === 'taken again') gate.resolve()
      const call =
        next === 'removed' ? rig.snapshots.remove(snap, live()) : rig.snapshots.snapshot(snapshotSpec(), live())
      gate.resolve()
      await call
      expect((await rig.snapshots.list(live())).length, next).toBe(next === 'removed' ? 0 : 1)
      await rig.snapshots.remove(snap, live())
      expect(rig.snapshot()).toEqual(before)
    }
  })

  it('costs no more commands than are needed', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    const counted = async (work: () => Promise<unknown>): Promise<string[]> => {
      rig.device.clearCommands()
      await work()
      return paths(rig)
    }
    const subvolumes = '/disk/btrfs/subvolume'
    expect(await counted(() => rig.snapshots.snapshot(snapshotSpec(), live()))).toEqual([
      '/disk/print',
      `${subvolumes}/add`,
      `${subvolumes}/print`,
      '/file/print',
    ])
    expect(await counted(() => rig.snapshots.snapshot(snapshotSpec(), live()))).toEqual([])
    expect(await counted(() => rig.snapshots.find(snap, live()))).toEqual([])
    expect((await counted(() => rig.snapshots.list(live()))).toSorted()).toEqual([
      '/disk/btrfs/filesystem/print',
      `${subvolumes}/print`,
    ])
    expect(await counted(() => rig.snapshots.restore(restoredSpec(rig), snap, live()))).toEqual([
      '/disk/print',
      `${subvolumes}/add`,
      '/disk/add',
      '/disk/print',
    ])
    expect(await counted(() => rig.snapshots.remove(snap, live()))).toEqual([
      `${subvolumes}/print`,
      '/file/print',
      `${subvolumes}/remove`,
    ])
  })
})
