import { closeSync, openSync, writeSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { slotOf, snapshotSlotOf } from '../../../src/adapters/routeros/slot.ts'
import type { HostNqn } from '../../../src/domain/ids.ts'
import { settled, type SnapshotProcess, snapshotId, snapshotSpec } from '../../contracts/snapshot-backend.contract.ts'
import { live, specIn, useRig, volumeId } from '../../contracts/volume-backend.contract.ts'
import { BASE_PATH, type RigOptions, routerOsRig, type RouterOsRig } from '../../support/routeros-rig.ts'
import { until } from '../../support/routeros-transports.ts'

const MiB = 1024 ** 2
const SIZE = 4 * MiB
const source = volumeId('a')
const made = volumeId('b')
const snap = snapshotId('c')
const host = 'nqn.2014-08.org.nvmexpress:uuid:aaaaaaaa-0000-4000-8000-000000000000' as HostNqn

async function rigged(options: RigOptions = {}): Promise<RouterOsRig & SnapshotProcess> {
  const rig = await routerOsRig({ pool: 'xfs', snapshots: 'copy', ...options })
  onTestFinished(() => rig.close())
  const process = rig.open()
  await process.backend.start(live())
  await process.backend.create(specIn(rig, { id: source, bytes: SIZE }), live())
  return Object.assign(rig, process)
}

/** A copy that goes on until the speed is raised; it tells at once how far it is. */
const slowly = (rig: RouterOsRig): void => rig.device.setCopySpeed(MiB, 20)
const fast = (rig: RouterOsRig): void => rig.device.setCopySpeed(Number.POSITIVE_INFINITY)
const take = (of: SnapshotProcess) => of.snapshots.snapshot(snapshotSpec(), live())
const restoreSpec = (rig: RouterOsRig) => specIn(rig, { id: made, bytes: SIZE, source: { from: 'snapshot', id: snap } })
const copies = (rig: RouterOsRig): number => rig.device.commands.filter(({ path }) => path === '/disk/copy').length
const imageFiles = (rig: RouterOsRig): (string | undefined)[] =>
  rig.device
    .files()
    .filter(({ type }) => type === '.img file')
    .map(row => row['name'])

describe('a snapshot that is being copied', () => {
  it('is not ready, is asked for again without another copy, and becomes ready', async () => {
    const rig = await rigged()
    slowly(rig)
    expect(await take(rig)).toMatchObject({ ready: false, bytes: SIZE })
    expect(await take(rig)).toMatchObject({ ready: false })
    expect(await rig.snapshots.find(snap, live())).toMatchObject({ ready: false })
    await expect(rig.snapshots.restore(restoreSpec(rig), snap, live())).rejects.toMatchObject({ kind: 'precondition' })
    fast(rig)
    expect(await settled(() => take(rig))).toMatchObject({ ready: true })
    expect(copies(rig)).toBe(1)
    expect(rig.device.disk(snapshotSlotOf(snap))?.['comment']).toMatch(/ state=ready$/)
  })

  it('is told of in the log as it goes on', async () => {
    const rig = await rigged()
    rig.device.setCopySpeed(64 * MiB, 5)
    await settled(() => take(rig))
    const told = rig.recorder.lines.filter(({ message }) => message.startsWith('copying'))
    expect(told.map(({ message }) => message)).toEqual([
      'copying began',
      ...told.slice(1, -1).map(() => 'copying'),
      'copying is done',
    ])
    const percents = told.map(({ fields }) => fields['percent']).filter(percent => percent !== undefined)
    expect(percents.length).toBeGreaterThan(2)
    expect(percents).toEqual(percents.toSorted((a, b) => Number(a) - Number(b)))
  })

  it('keeps its source from being attached, grown and removed, which is said', async () => {
    const rig = await rigged()
    slowly(rig)
    await take(rig)
    const busy = { kind: 'busy', message: expect.stringContaining(`${source} is being copied to ${snap}`) }
    await expect(rig.access.allow(source, { to: 'host', host }, live())).rejects.toMatchObject(busy)
    await expect(rig.backend.resize(source, 2 * SIZE, live())).rejects.toMatchObject(busy)
    await expect(rig.backend.remove(source, live())).rejects.toMatchObject(busy)
    await rig.access.revoke(source, live())
    fast(rig)
    await settled(() => take(rig))
    await rig.access.allow(source, { to: 'host', host }, live())
    expect(rig.session(source, host)?.live).toBe(true)
  })

  it('is ended and removed by removing it', async () => {
    const rig = await rigged()
    const before = rig.snapshot()
    slowly(rig)
    await take(rig)
    await until(() => copies(rig) === 1)
    await rig.snapshots.remove(snap, live())
    expect(rig.snapshot()).toEqual(before)
    await rig.access.allow(source, { to: 'any' }, live())
  })

  it('begins anew on a new disk after the link was lost, and is right then', async () => {
    const rig = await rigged({ switches: { vanishedClient: 'finishes' }, late: 50 })
    rig.write(source, 100, new TextEncoder().encode('first'))
    slowly(rig)
    await take(rig)
    await until(() => copies(rig) === 1)
    await rig.cutLink()
    await rig.restoreLink()
    await until(() => rig.recorder.lines.some(({ message }) => message.startsWith('copying failed')))
    // How the first one failed, and that the device is still at it.
    await expect(take(rig)).rejects.toMatchObject({ kind: 'unavailable' })
    await expect(take(rig)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('the appliance may still be at an earlier copy'),
    })
    fast(rig)
    await expect.poll(() => take(rig).catch(String), { timeout: 15_000 }).toMatchObject({ ready: true })
    expect(copies(rig)).toBe(2)
    await settled(() => rig.snapshots.restore(restoreSpec(rig), snap, live()))
    expect(new TextDecoder().decode(rig.read(made, 100, 5))).toBe('first')
  })
})

describe('a process that ends while it copies', () => {
  it('leaves a snapshot that its successor does not take for one, and copies anew', async () => {
    const rig = await rigged({ switches: { vanishedClient: 'abandoned' } })
    slowly(rig)
    await take(rig)
    await until(() => copies(rig) === 1)
    rig.device.dropConnections()
    const next = rig.open()
    await next.backend.start(live())
    expect(await next.snapshots.find(snap, live())).toMatchObject({ ready: false })
    expect(await next.backend.list(live())).toMatchObject([{ id: source }])
    rig.write(source, 7, new TextEncoder().encode('later'))
    fast(rig)
    expect(await settled(() => take(next))).toMatchObject({ ready: true })
    await settled(() => next.snapshots.restore(restoreSpec(rig), snap, live()))
    expect(new TextDecoder().decode(rig.read(made, 7, 5))).toBe('later')
  })

  it('leaves a volume that is none yet, and that can be completed or removed', async () => {
    const rig = await rigged({ switches: { vanishedClient: 'abandoned' } })
    const before = rig.snapshot()
    slowly(rig)
    const clone = specIn(rig, { id: made, bytes: 2 * SIZE, source: { from: 'volume', id: source } })
    await expect(rig.snapshots.clone(clone, source, live())).rejects.toMatchObject({ kind: 'busy' })
    await until(() => copies(rig) === 1)
    rig.device.dropConnections()
    const next = rig.open()
    await next.backend.start(live())
    expect((await next.backend.list(live())).map(({ id }) => id)).toEqual([source])
    expect(await next.backend.find(made, live())).toBeUndefined()
    await expect(next.access.allow(made, { to: 'any' }, live())).rejects.toMatchObject({ kind: 'not-found' })
    // The device may be at it for a moment more.
    await expect.poll(() => next.backend.remove(made, live()).catch(String)).toBeUndefined()
    expect(rig.snapshot()).toEqual(before)
    fast(rig)
    expect(await settled(() => next.snapshots.clone(clone, source, live()))).toMatchObject({ bytes: 2 * SIZE })
  })
})

describe('a process that ends while it clears what an earlier copy left', () => {
  it('leaves a file that its successor takes away for a new one', async () => {
    const rig = await rigged({ switches: { vanishedClient: 'abandoned' } })
    const clone = specIn(rig, { id: made, bytes: 2 * SIZE, source: { from: 'volume', id: source } })
    slowly(rig)
    await expect(rig.snapshots.clone(clone, source, live())).rejects.toMatchObject({ kind: 'busy' })
    await until(() => copies(rig) === 1)
    rig.device.dropConnections()
    const second = rig.open()
    await second.backend.start(live())
    rig.device.faults.arm({ kind: 'dropBefore', reset: true }, { match: '/file/remove', times: 1 })
    const cut = { kind: 'unavailable', message: expect.stringContaining('remove the file') }
    await expect.poll(() => second.snapshots.clone(clone, source, live()).catch(error => error)).toMatchObject(cut)
    expect(rig.device.disk(slotOf(made))).toBeUndefined()
    expect(imageFiles(rig)).toHaveLength(2)
    // What lies behind the bytes of the source is to be zeroes, whatever was left there.
    const left = openSync(rig.device.locate(`${BASE_PATH}/${made}.img`.slice(1)), 'r+')
    writeSync(left, new TextEncoder().encode('left'), 0, 4, SIZE + 100)
    closeSync(left)
    const third = rig.open()
    await third.backend.start(live())
    fast(rig)
    expect(await settled(() => third.snapshots.clone(clone, source, live()))).toMatchObject({ bytes: 2 * SIZE })
    expect(Buffer.from(rig.read(made, SIZE, SIZE)).equals(Buffer.alloc(SIZE))).toBe(true)
  })

  it('leaves a file of another size alone, and says so', async () => {
    const rig = await rigged()
    const path = `${BASE_PATH}/${made}.img`
    rig.device.perform('/disk/add', { type: 'file', slot: 'mine', 'file-path': path, 'file-size': String(3 * SIZE) })
    rig.device.perform('/disk/remove', { '.id': 'mine' })
    const next = rig.open()
    await next.backend.start(live())
    const clone = specIn(rig, { id: made, bytes: SIZE, source: { from: 'volume', id: source } })
    await expect(next.snapshots.clone(clone, source, live())).rejects.toMatchObject({ kind: 'conflict' })
    expect(imageFiles(rig)).toHaveLength(2)
  })
})

describe('a volume that is being copied', () => {
  it('tells how far it is until it is done, and keeps the snapshot from being removed', async () => {
    const rig = await rigged()
    await settled(() => take(rig))
    slowly(rig)
    const call = () => rig.snapshots.restore(restoreSpec(rig), snap, live())
    const message = expect.stringMatching(/is being copied to .*, \d+ % are done; ask again/)
    await expect(call()).rejects.toMatchObject({ kind: 'busy', message })
    await expect(call()).rejects.toMatchObject({ kind: 'busy', message })
    await expect(rig.snapshots.remove(snap, live())).rejects.toMatchObject({ kind: 'busy' })
    expect(await rig.backend.known(made, live())).toBeUndefined()
    fast(rig)
    expect(await settled(call)).toMatchObject({ id: made, source: { from: 'snapshot', id: snap } })
    await rig.snapshots.remove(snap, live())
  })

  it('is ended and removed by removing it', async () => {
    const rig = await rigged()
    const before = rig.snapshot()
    slowly(rig)
    const clone = specIn(rig, { id: made, bytes: SIZE, source: { from: 'volume', id: source } })
    await expect(rig.snapshots.clone(clone, source, live())).rejects.toMatchObject({ kind: 'busy' })
    await rig.backend.remove(made, live())
    expect(rig.snapshot()).toEqual(before)
    expect(await rig.backend.resize(source, 2 * SIZE, live())).toMatchObject({ bytes: 2 * SIZE })
  })

  it('beside others waits for its turn: two are made at once', async () => {
    const rig = await rigged()
    slowly(rig)
    const ids = ['1', '2', '3', '4'].map(snapshotId)
    for (const id of ids) await rig.snapshots.snapshot(snapshotSpec({ id }), live())
    await until(() => copies(rig) === 2)
    expect(await rig.snapshots.list(live())).toHaveLength(4)
    expect(copies(rig)).toBe(2)
    fast(rig)
    for (const id of ids) await settled(() => rig.snapshots.snapshot(snapshotSpec({ id }), live()))
    expect(copies(rig)).toBe(4)
  })
})

describe('copying on a device that refuses it', () => {
  it('is told to whoever asks again, with its words, and tried anew after that', async () => {
    const rig = await rigged({ switches: { diskCopySlots: 'refused' } })
    await take(rig)
    await until(() => rig.recorder.lines.some(({ message }) => message.startsWith('copying failed')))
    await expect(take(rig)).rejects.toMatchObject({ message: expect.stringContaining('the appliance refused to copy') })
    expect(await rig.snapshots.find(snap, live())).toMatchObject({ ready: false })
    rig.device.setSwitches({ diskCopySlots: 'accepted' })
    expect(await settled(() => take(rig))).toMatchObject({ ready: true })
  })

  it('of an exported volume is refused before anything is made', async () => {
    const rig = await rigged()
    await rig.access.allow(source, { to: 'any' }, live())
    const before = rig.snapshot()
    await expect(take(rig)).rejects.toMatchObject({ kind: 'precondition' })
    const clone = specIn(rig, { id: made, bytes: SIZE, source: { from: 'volume', id: source } })
    await expect(rig.snapshots.clone(clone, source, live())).rejects.toMatchObject({ kind: 'precondition' })
    expect(rig.snapshot()).toEqual(before)
  })

  it('is none of a pool without subvolumes unless it was asked for', async () => {
    const rig = await rigged({ snapshots: 'auto' })
    const why = 'the file system of the pool is xfs, without snapshots; --snapshot-mode=copy copies instead'
    expect(rig.snapshots.ability()).toEqual({ way: 'none', why })
    await expect(take(rig)).rejects.toMatchObject({ kind: 'unsupported', message: expect.stringContaining(why) })
    expect(await rig.snapshots.list(live())).toEqual([])
    expect(await rig.snapshots.find(snap, live())).toBeUndefined()
    await rig.snapshots.remove(snap, live())
  })
})

describe('the command `/disk/add copy-from`, which copies settings only', () => {
  const held = useRig(() => routerOsRig({ pool: 'xfs', snapshots: 'copy' }))

  it('is never sent', async () => {
    const { rig } = held
    const process = held.process as SnapshotProcess
    await process.backend.create(specIn(rig, { id: source, bytes: SIZE }), live())
    await settled(() => take(process))
    await settled(() => process.snapshots.restore(restoreSpec(rig), snap, live()))
    const words = rig.device.commands.flatMap(command => command.words)
    expect(words.some(word => word.startsWith('=copy-from'))).toBe(false)
    expect(new Set(imageFiles(rig))).toEqual(new Set([source, made, snap].map(id => `${BASE_PATH}/${id}.img`.slice(1))))
    expect(rig.device.disk(slotOf(made))?.['comment']).not.toContain('unfinished')
  })
})
