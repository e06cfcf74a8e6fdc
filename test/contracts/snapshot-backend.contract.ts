import { describe, expect, it } from 'vitest'
import type { ClusterId, GroupId, HostNqn, SnapshotId, VolumeId } from '../../src/domain/ids.ts'
import type { Snapshot, SnapshotSpec } from '../../src/domain/snapshot.ts'
import type { Volume, VolumeSpec } from '../../src/domain/volume.ts'
import type { SnapshotBackend } from '../../src/ports/snapshot-backend.ts'
import {
  type BackendProcess,
  type BackendRig,
  live,
  OTHER_OWNER,
  specIn,
  useRig,
  volumeId,
} from './volume-backend.contract.ts'

/** All ports of one process; none is started. */
export interface SnapshotProcess extends BackendProcess {
  readonly snapshots: SnapshotBackend
}

/** An appliance on which snapshots can be taken, with the bytes of its volumes. */
export interface SnapshotRig extends BackendRig {
  open(owner?: ClusterId): SnapshotProcess
  /** Writes to a volume as a host would. */
  write(id: VolumeId, at: number, bytes: Uint8Array): void
  /** Reads a volume as a host would; zeroes where nothing was written. */
  read(id: VolumeId, at: number, length: number): Uint8Array
}

export const snapshotId = (digit: string): SnapshotId =>
  `snap-${digit.repeat(8)}-1111-4111-8111-111111111111` as SnapshotId

const MiB = 1024 ** 2
const source = volumeId('a')
const made = volumeId('b')
const snap = snapshotId('c')
const group = 'group-dddddddd-1111-4111-8111-111111111111' as GroupId
const host = 'nqn.2014-08.org.nvmexpress:uuid:aaaaaaaa-0000-4000-8000-000000000000' as HostNqn
/** Small enough that its bytes are soon copied. */
const SIZE = 8 * MiB
/** Where tests write: at both ends, over the border of a block, and somewhere. */
const PLACES = [0, 4093, SIZE / 2 + 17, SIZE - 16]

/** What it becomes once every byte was copied, where bytes are copied; for fifteen seconds. */
export async function settled<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + 15_000
  for (;;) {
    const result = await work().catch((error: unknown) => {
      if (performance.now() > deadline || !/is being copied/.test(String(error))) throw error
      return undefined
    })
    const isReady = !(typeof result === 'object' && result !== null && 'ready' in result) || result.ready === true
    if (result !== undefined && isReady) return result
    if (performance.now() > deadline) throw new Error('it has not become ready within fifteen seconds')
    await new Promise(resolve => setImmediate(resolve))
  }
}

export const snapshotSpec = (changes: Partial<SnapshotSpec> = {}): SnapshotSpec => ({
  id: snap,
  source,
  group: undefined,
  ...changes,
})

/** What every SnapshotBackend promises that takes snapshots in this way. */
export function snapshotBackendContract(open: () => Promise<SnapshotRig>, way: 'instant' | 'copy'): void {
  const held = useRig(open)
  const process = (): SnapshotProcess => held.process as SnapshotProcess
  const snapshots = (): SnapshotBackend => process().snapshots
  const backend = () => held.process.backend

  const create = (changes: Partial<VolumeSpec> = {}): Promise<Volume> =>
    backend().create(specIn(held.rig, { id: source, bytes: SIZE, ...changes }), live())
  const take = (changes: Partial<SnapshotSpec> = {}): Promise<Snapshot> =>
    settled(() => snapshots().snapshot(snapshotSpec(changes), live()))
  const restored = (changes: Partial<VolumeSpec> = {}, from = snap): VolumeSpec =>
    specIn(held.rig, { id: made, bytes: SIZE, source: { from: 'snapshot', id: from }, ...changes })
  const restore = (changes: Partial<VolumeSpec> = {}, from = snap): Promise<Volume> =>
    settled(() => snapshots().restore(restored(changes, from), from, live()))
  const cloned = (changes: Partial<VolumeSpec> = {}): VolumeSpec =>
    specIn(held.rig, { id: made, bytes: SIZE, source: { from: 'volume', id: source }, ...changes })
  const clone = (changes: Partial<VolumeSpec> = {}): Promise<Volume> =>
    settled(() => snapshots().clone(cloned(changes), source, live()))
  const mark = (id: VolumeId, text: string): void =>
    PLACES.forEach(at => held.rig.write(id, at, new TextEncoder().encode(text)))
  const marks = (id: VolumeId, length: number): string[] =>
    PLACES.map(at => new TextDecoder().decode(held.rig.read(id, at, length)))
  const all = (text: string): string[] => PLACES.map(() => text)

  const restarted = async (owner?: ClusterId): Promise<SnapshotProcess> => {
    const next = held.rig.open(owner)
    await next.backend.start(live())
    return next
  }

  describe('the ability', () => {
    it('is none before the start and known from then on', async () => {
      expect(held.rig.open().snapshots.ability()).toMatchObject({ way: 'none' })
      expect(snapshots().ability()).toEqual({ way })
    })
  })

  describe('a snapshot', () => {
    it('is what was asked for, and found and listed as that', async () => {
      await create({ bytes: SIZE + 512 })
      const snapshot = await take()
      expect(snapshot).toEqual({
        id: snap,
        source,
        bytes: SIZE + 512,
        createdAt: expect.any(Number),
        ready: true,
        group: undefined,
      })
      expect(await snapshots().find(snap, live())).toEqual(snapshot)
      expect(await snapshots().list(live())).toEqual([snapshot])
      expect(await snapshots().find(snapshotId('d'), live())).toBeUndefined()
    })

    it('stays what it is over a restart', async () => {
      await create()
      const [one, two] = [await take(), await take({ id: snapshotId('d'), group })]
      const after = (await restarted()).snapshots
      expect(await after.find(two.id, live())).toEqual({ ...two, group })
      const listed = await after.list(live())
      expect(listed.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([one, two])
    })

    it('that is taken again is the same, and of another volume or group a conflict', async () => {
      await create()
      const snapshot = await take()
      await create({ id: made })
      const before = held.rig.snapshot()
      expect(await take()).toEqual(snapshot)
      await expect(take({ source: made })).rejects.toMatchObject({ kind: 'conflict' })
      await expect(take({ group })).rejects.toMatchObject({ kind: 'conflict' })
      expect(held.rig.snapshot()).toEqual(before)
    })

    it('of a volume that is not there is not found', async () => {
      await expect(take()).rejects.toMatchObject({ kind: 'not-found' })
    })

    it('keeps the bytes of its moment', async () => {
      await create()
      mark(source, 'before')
      await take()
      mark(source, 'after!')
      await restore()
      expect(marks(made, 6)).toEqual(all('before'))
      expect(marks(source, 6)).toEqual(all('after!'))
    })

    it('keeps the size of its moment', async () => {
      await create()
      await take()
      await backend().resize(source, 2 * SIZE, live())
      expect(await snapshots().find(snap, live())).toMatchObject({ bytes: SIZE })
      expect(await restore()).toMatchObject({ bytes: SIZE })
    })

    it('outlives its source, which leaves nothing behind but it', async () => {
      await create()
      mark(source, 'before')
      const snapshot = await take()
      await backend().remove(source, live())
      expect(await snapshots().list(live())).toEqual([snapshot])
      expect(await take()).toEqual(snapshot)
      await restore()
      expect(marks(made, 6)).toEqual(all('before'))
      expect(await backend().find(source, live())).toBeUndefined()
    })

    it('that is removed is gone, and removing it again is success', async () => {
      await create()
      const before = held.rig.snapshot()
      await take()
      await snapshots().remove(snap, live())
      await snapshots().remove(snap, live())
      expect(held.rig.snapshot()).toEqual(before)
      expect(await snapshots().find(snap, live())).toBeUndefined()
      expect(await snapshots().list(live())).toEqual([])
    })

    it('that somebody else took or removed is found out', async () => {
      await create()
      const second = (await restarted()).snapshots
      await settled(() => second.snapshot(snapshotSpec(), live()))
      expect(await snapshots().find(snap, live())).toMatchObject({ id: snap })
      await snapshots().remove(snap, live())
      expect(await second.list(live())).toEqual([])
    })

    it(`of an attached volume ${way === 'copy' ? 'has to wait until it is detached' : 'is taken'}`, async () => {
      await create()
      await process().access.allow(source, { to: 'host', host }, live())
      const session = held.rig.session(source, host)
      const before = held.rig.snapshot()
      if (way === 'copy') {
        await expect(take()).rejects.toMatchObject({ kind: 'precondition' })
        expect(held.rig.snapshot()).toEqual(before)
      } else expect(await take()).toMatchObject({ ready: true })
      expect(session?.live).toBe(true)
    })
  })

  describe('a volume made from a snapshot', () => {
    it('is a volume like any other, and says what it was made from', async () => {
      await create()
      await take()
      const volume = await restore({ name: 'restored' })
      const origin = { from: 'snapshot', id: snap }
      expect(volume).toMatchObject({ id: made, name: 'restored', bytes: SIZE, folder: held.rig.folder, source: origin })
      expect(held.rig.held(made)).toEqual({ bytes: SIZE, admitted: { to: 'nobody' }, tagged: true })
      const after = (await restarted()).backend
      expect(await after.find(made, live())).toEqual(volume)
      expect((await after.list(live())).map(({ id }) => id).toSorted()).toEqual([volumeId('a'), made])
      expect(await after.resize(made, 2 * SIZE, live())).toMatchObject({ bytes: 2 * SIZE })
    })

    it('may lie in another folder, one that is not there yet', async () => {
      await create()
      await take()
      expect(await restore({ folder: held.rig.freshFolder })).toMatchObject({ folder: held.rig.freshFolder })
    })

    it.each([SIZE + 512, 3 * SIZE])('may have more bytes (%d), which are zeroes', async bytes => {
      await create()
      mark(source, 'before')
      await take()
      expect(await restore({ bytes })).toMatchObject({ bytes })
      expect(held.rig.held(made)?.bytes).toBe(bytes)
      expect(marks(made, 6)).toEqual(all('before'))
      expect([...held.rig.read(made, SIZE, 512)]).toEqual(Array.from({ length: 512 }, () => 0))
    })

    it('never has fewer bytes', async () => {
      await create({ bytes: 2 * SIZE })
      await take()
      const before = held.rig.snapshot()
      await expect(restore({ bytes: SIZE })).rejects.toMatchObject({ kind: 'out-of-range' })
      expect(held.rig.snapshot()).toEqual(before)
    })

    it('that is made again is the same, and with other properties a conflict', async () => {
      await create()
      await take()
      await take({ id: snapshotId('d') })
      const volume = await restore()
      const before = held.rig.snapshot()
      expect(await restore()).toEqual(volume)
      for (const changes of [{ bytes: 2 * SIZE }, { name: 'another' }]) {
        await expect(restore(changes)).rejects.toMatchObject({ kind: 'conflict' })
      }
      await expect(restore({}, snapshotId('d'))).rejects.toMatchObject({ kind: 'conflict' })
      expect(held.rig.snapshot()).toEqual(before)
    })

    it('needs a snapshot that is there', async () => {
      await create()
      await expect(restore()).rejects.toMatchObject({ kind: 'not-found' })
    })

    it('outlives the snapshot and its source', async () => {
      await create()
      mark(source, 'before')
      await take()
      await restore()
      await snapshots().remove(snap, live())
      await backend().remove(source, live())
      expect(marks(made, 6)).toEqual(all('before'))
      expect(await backend().list(live())).toMatchObject([{ id: made }])
      await backend().remove(made, live())
      expect(await backend().list(live())).toEqual([])
    })

    it('is one of several that are made at once', async () => {
      await create()
      mark(source, 'before')
      await take()
      const ids = ['1', '2', '3', '4'].map(volumeId)
      await Promise.all(ids.map(id => restore({ id })))
      for (const id of ids) expect(marks(id, 6)).toEqual(all('before'))
    })

    it('can be snapshotted and restored in turn', async () => {
      await create()
      mark(source, 'first!')
      await take()
      await restore()
      mark(made, 'second')
      await take({ id: snapshotId('d'), source: made })
      await restore({ id: volumeId('e') }, snapshotId('d'))
      expect(marks(volumeId('e'), 6)).toEqual(all('second'))
    })
  })

  describe('a clone', () => {
    it('has the bytes of its source, and goes its own way', async () => {
      await create()
      mark(source, 'before')
      const origin = { from: 'volume', id: source }
      expect(await clone({ bytes: SIZE + 512 })).toMatchObject({ id: made, bytes: SIZE + 512, source: origin })
      mark(source, 'after!')
      expect(marks(made, 6)).toEqual(all('before'))
      mark(made, 'clone!')
      expect(marks(source, 6)).toEqual(all('after!'))
      await backend().remove(source, live())
      expect(marks(made, 6)).toEqual(all('clone!'))
    })

    it('needs a source that is there', async () => {
      await expect(clone()).rejects.toMatchObject({ kind: 'not-found' })
    })
  })

  describe('a full pool', () => {
    it('is exhausted for what needs space, and nothing is left over', async () => {
      await create()
      await take()
      held.rig.fill(SIZE / 2)
      const before = held.rig.snapshot()
      await expect(restore()).rejects.toMatchObject({ kind: 'exhausted' })
      await expect(clone()).rejects.toMatchObject({ kind: 'exhausted' })
      if (way === 'copy') await expect(take({ id: snapshotId('d') })).rejects.toMatchObject({ kind: 'exhausted' })
      expect(held.rig.snapshot()).toEqual(before)
      held.rig.fill()
      expect(await restore()).toMatchObject({ id: made })
    })
  })

  describe('what belongs to others', () => {
    it('is seen by its owner alone', async () => {
      const theirs = await restarted(OTHER_OWNER)
      await create()
      await take()
      const other = volumeId('d')
      await theirs.backend.create(specIn(held.rig, { id: other, bytes: SIZE }), live())
      const spec = snapshotSpec({ id: snapshotId('e'), source: other })
      await settled(() => theirs.snapshots.snapshot(spec, live()))
      expect((await snapshots().list(live())).map(({ id }) => id)).toEqual([snap])
      expect((await theirs.snapshots.list(live())).map(({ id }) => id)).toEqual([spec.id])
      const before = held.rig.snapshot()
      expect(await theirs.snapshots.find(snap, live())).toBeUndefined()
      await theirs.snapshots
        .remove(snap, live())
        .catch((error: unknown) => expect(error).toMatchObject({ kind: 'conflict' }))
      expect(held.rig.snapshot()).toEqual(before)
    })
  })

  describe('an outage', () => {
    it('is unavailable from every method, never absence', async () => {
      await create()
      await take()
      await held.rig.cutLink()
      const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
        ['snapshot', () => snapshots().snapshot(snapshotSpec({ id: snapshotId('d') }), live())],
        ['find', () => snapshots().find(snapshotId('d'), live())],
        ['list', () => snapshots().list(live())],
        ['restore', () => snapshots().restore(restored(), snap, live())],
        ['clone', () => snapshots().clone(cloned(), source, live())],
        ['remove', () => snapshots().remove(snap, live())],
      ]
      for (const [name, call] of calls) {
        await expect(call(), name).rejects.toMatchObject({ name: 'StorageError', kind: 'unavailable' })
      }
      const fresh = held.rig.open().snapshots
      await expect(fresh.list(live())).rejects.toMatchObject({ kind: 'unavailable' })
    })
  })
}
