import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GiB, TiB } from '../../src/domain/capacity.ts'
import type { Bytes, ClusterId, HostNqn, VolumeId } from '../../src/domain/ids.ts'
import type { VolumeSpec } from '../../src/domain/volume.ts'
import { volumeNqn } from '../../src/domain/volume-id.ts'
import type { Admitted, HostAccess } from '../../src/ports/host-access.ts'
import type { VolumeBackend } from '../../src/ports/volume-backend.ts'

/** Both ports of one process; neither is started. */
export interface BackendProcess {
  readonly backend: VolumeBackend
  readonly access: HostAccess
}

/** What the appliance itself says of one volume. */
export interface HeldVolume {
  readonly bytes: Bytes
  readonly admitted: Admitted
  /** Whether it carries our owner tag. */
  readonly tagged: boolean
}

/** A host's session to a volume. */
export interface LiveSession {
  /** False from when it was cut. */
  readonly live: boolean
}

/** An appliance, whoever uses it, and everything that can go wrong between them. */
export interface BackendRig {
  /** A process of this owner; each call makes another one. The first owner is `OWNER`. */
  open(owner?: ClusterId): BackendProcess
  /** Where volumes may lie. */
  readonly folder: string
  /** A folder that has to be made first. */
  readonly freshFolder: string
  /** The appliance takes no connections, and drops those that are there. */
  cutLink(): Promise<void>
  restoreLink(): Promise<void>
  /**
   * The appliance goes away around the next command, and is back with `restoreLink`; `skip` commands pass first. The
   * command takes effect or not.
   */
  breakAfter(skip: number, effect: 'done' | 'undone'): void
  /** Commands are taken and never answered, until the returned function is called. */
  hang(): () => void
  /** Resolves when a command hangs. */
  hanging(): Promise<void>
  /** Leaves this much free in the pool; without a number all that is not taken. */
  fill(free?: Bytes): void
  held(id: VolumeId): HeldVolume | undefined
  /** A session that this host begins now; undefined where it is not let in. */
  session(id: VolumeId, host: HostNqn): LiveSession | undefined
  /** Everything on the appliance that volumes consist of, in a form to compare; times left out. */
  snapshot(): unknown
  /** A disk that looks like this volume and belongs to nobody we know, or to another owner. */
  addStranger(id: VolumeId, owner?: ClusterId): void
  /** A volume as the older driver made it, exported to any host. */
  addOlder(id: VolumeId, bytes: Bytes): void
  commands(): number
  close(): Promise<void>
}

/** How many commands each call takes on the undisturbed way. */
export interface Costs {
  readonly create: number
  readonly remove: number
  readonly list: number
  readonly find: number
  readonly capacity: number
  readonly allow: number
  readonly revoke: number
}

export const OWNER = '11111111-2222-4333-8444-555555555555' as ClusterId
export const OTHER_OWNER = '99999999-2222-4333-8444-555555555555' as ClusterId
export const volumeId = (digit: string): VolumeId => `pvc-${digit.repeat(8)}-1111-4111-8111-111111111111` as VolumeId
export const live = (): AbortSignal => new AbortController().signal

const id = volumeId('a')
const other = volumeId('b')

/** What the suites of one opener share: a started process and the rig around it, anew for each test. */
export function useRig<R extends BackendRig>(open: () => Promise<R>): { rig: R; process: BackendProcess } {
  const held = {} as { rig: R; process: BackendProcess }
  beforeEach(async () => {
    held.rig = await open()
    held.process = held.rig.open()
    await held.process.backend.start(live())
  })
  afterEach(() => held.rig.close())
  return held
}

/** A spec with full defaults. */
export const specIn = (rig: BackendRig, changes: Partial<VolumeSpec> = {}): VolumeSpec => ({
  id,
  name: changes.id ?? id,
  bytes: GiB,
  folder: rig.folder,
  source: undefined,
  ...changes,
})

/** What every VolumeBackend promises. The rest of it is in the suites beside this one. */
export function volumeBackendContract(open: () => Promise<BackendRig>, costs: Costs): void {
  const held = useRig(open)
  const backend = (): VolumeBackend => held.process.backend
  const create = (changes: Partial<VolumeSpec> = {}) => backend().create(specIn(held.rig, changes), live())

  describe('a volume', () => {
    it('is what was asked for, exported to nobody, and found again', async () => {
      const volume = await create()
      expect(volume).toEqual({
        id,
        name: id,
        bytes: GiB,
        folder: held.rig.folder,
        nqn: volumeNqn(id),
        createdAt: expect.any(Number),
      })
      expect(held.rig.held(id)).toEqual({ bytes: GiB, admitted: { to: 'nobody' }, tagged: true })
      expect(await backend().find(id, live())).toEqual(volume)
      expect(await backend().list(live())).toEqual([volume])
    })

    it.each([GiB, GiB + 512, 3 * GiB - 512, 1.5 * TiB, 2 * TiB + 512])(
      'of %d bytes has them to the byte',
      async bytes => {
        expect((await create({ bytes })).bytes).toBe(bytes)
        expect(held.rig.held(id)?.bytes).toBe(bytes)
        const after = held.rig.open().backend
        await after.start(live())
        expect((await after.find(id, live()))?.bytes).toBe(bytes)
      },
    )

    it.each(['a"b;[/disk remove]$x\\ \u2028', 'ünï😀', 'x'.repeat(128), '%41 =', 'owner=x id=y'])(
      'keeps the name %j over a restart',
      async name => {
        const vol = `vol-${volumeId('c').slice(4)}` as VolumeId
        await create({ id: vol, name })
        const after = held.rig.open().backend
        await after.start(live())
        expect((await after.find(vol, live()))?.name).toBe(name)
      },
    )

    it('may lie in a folder that is not there yet', async () => {
      const folder = held.rig.freshFolder
      expect((await create({ folder })).folder).toBe(folder)
      expect((await create({ id: other, folder })).folder).toBe(folder)
    })

    it('is refused outside the folders of this installation', async () => {
      const before = held.rig.snapshot()
      for (const folder of ['/elsewhere', `${held.rig.folder}2`, '/']) {
        await expect(create({ folder })).rejects.toMatchObject({ kind: 'invalid' })
      }
      expect(held.rig.snapshot()).toEqual(before)
    })

    it('that is made again is the same, and with other properties a conflict that changes nothing', async () => {
      const volume = await create()
      expect(await create()).toEqual(volume)
      const before = held.rig.snapshot()
      for (const change of [{ bytes: 2 * GiB }, { name: 'another' }, { folder: held.rig.freshFolder }]) {
        await expect(create(change)).rejects.toMatchObject({ kind: 'conflict' })
      }
      expect(held.rig.snapshot()).toEqual(before)
    })

    it('is made once by twenty identical creates at once', async () => {
      const volumes = await Promise.all(Array.from({ length: 20 }, () => create()))
      for (const volume of volumes) expect(volume).toEqual(volumes[0])
      expect(await backend().list(live())).toHaveLength(1)
    })

    it('is made once by creates of two processes at once', async () => {
      const second = held.rig.open().backend
      await second.start(live())
      const specs = specIn(held.rig)
      const results = await Promise.all([backend().create(specs, live()), second.create(specs, live())])
      for (const { id: made, bytes } of results) expect([made, bytes]).toEqual([id, GiB])
      expect(await second.list(live())).toHaveLength(1)
    })

    it('is kept apart from those whose names are almost its own', async () => {
      const near = ['0', '1', '2'].map(digit => `pvc-aaaaaaaa-1111-4111-8111-11111111111${digit}` as VolumeId)
      const vol = `vol-${id.slice(4)}` as VolumeId
      for (const [index, each] of [...near, vol].entries())
        await create({ id: each, name: each, bytes: (index + 1) * GiB })
      await backend().remove(near[1]!, live())
      const sizes = new Map((await backend().list(live())).map(volume => [volume.id, volume.bytes]))
      expect(sizes).toEqual(
        new Map([
          [near[0], GiB],
          [near[2], 3 * GiB],
          [vol, 4 * GiB],
        ]),
      )
    })

    it('that is removed is gone with its bytes, and removing it again is success', async () => {
      const before = held.rig.snapshot()
      await create()
      await backend().remove(id, live())
      await backend().remove(id, live())
      expect(held.rig.snapshot()).toEqual(before)
      expect(await backend().find(id, live())).toBeUndefined()
      expect(await backend().list(live())).toEqual([])
    })

    it('that somebody else removed is removed with success, and can be made anew', async () => {
      await create()
      const second = held.rig.open().backend
      await second.start(live())
      await second.remove(id, live())
      await backend().remove(id, live())
      expect(await create()).toMatchObject({ id, bytes: GiB })
    })

    it('that somebody else made is found, and known from then on', async () => {
      const second = held.rig.open().backend
      await second.start(live())
      const made = await second.create(specIn(held.rig), live())
      expect(await backend().find(id, live())).toEqual(made)
      expect(await backend().known(id, live())).toEqual(made)
      expect(await backend().find(other, live())).toBeUndefined()
    })

    it('that somebody else made is removed too', async () => {
      const second = held.rig.open().backend
      await second.start(live())
      await second.create(specIn(held.rig), live())
      await backend().remove(id, live())
      expect(held.rig.held(id)).toBeUndefined()
    })

    it('grows to the byte and never shrinks', async () => {
      await create()
      expect((await backend().resize(id, 2 * GiB + 512, live())).bytes).toBe(2 * GiB + 512)
      expect((await backend().resize(id, GiB, live())).bytes).toBe(2 * GiB + 512)
      expect(held.rig.held(id)?.bytes).toBe(2 * GiB + 512)
      await expect(backend().resize(other, GiB, live())).rejects.toMatchObject({ kind: 'not-found' })
    })

    it('has a time of creation, which stays', async () => {
      const { createdAt } = await create()
      const after = held.rig.open().backend
      await after.start(live())
      expect((await after.find(id, live()))?.createdAt).toBe(createdAt)
    })
  })

  describe('a note', () => {
    it('stays with the volume until another one or none is wanted', async () => {
      const volume = await create()
      expect(await backend().annotate(id, 'gold "tier"; $1', live())).toEqual({ ...volume, note: 'gold "tier"; $1' })
      const after = held.rig.open().backend
      await after.start(live())
      expect(await after.find(id, live())).toMatchObject({ note: 'gold "tier"; $1', name: id })
      expect(await after.create(specIn(held.rig), live())).toMatchObject({ note: 'gold "tier"; $1' })
      expect((await after.annotate(id, 'x'.repeat(128), live())).note).toBe('x'.repeat(128))
      expect((await after.annotate(id, '', live())).note).toBeUndefined()
      expect(held.rig.held(id)?.tagged).toBe(true)
    })

    it('is refused while the volume is exported, and needs one that is there', async () => {
      await create()
      await held.process.access.allow(id, { to: 'any' }, live())
      const before = held.rig.snapshot()
      await expect(backend().annotate(id, 'x', live())).rejects.toMatchObject({ kind: 'precondition' })
      expect(held.rig.snapshot()).toEqual(before)
      await held.process.access.revoke(id, live())
      expect((await backend().annotate(id, 'x', live())).note).toBe('x')
      await expect(backend().annotate(other, 'x', live())).rejects.toMatchObject({ kind: 'not-found' })
    })
  })

  describe('the pool', () => {
    it('tells what is free, and what a volume takes', async () => {
      const before = await backend().capacity(live())
      await create({ bytes: 4 * GiB })
      const after = await backend().capacity(live())
      expect(after.total).toBe(before.total)
      expect(before.free - after.free).toBe(4 * GiB)
      expect(after.largest).toBeLessThanOrEqual(after.free)
      expect(after.largest % 512).toBe(0)
    })

    it('that is full refuses a volume, and nothing is left over', async () => {
      held.rig.fill(2 * GiB)
      const before = held.rig.snapshot()
      await expect(create({ bytes: 2 * GiB + 512 })).rejects.toMatchObject({ kind: 'exhausted' })
      expect(held.rig.snapshot()).toEqual(before)
      expect(await backend().find(id, live())).toBeUndefined()
      held.rig.fill()
      expect(await create({ bytes: 2 * GiB + 512 })).toMatchObject({ bytes: 2 * GiB + 512 })
    })

    it('that is full refuses growth, and the volume stays as it was', async () => {
      await create()
      held.rig.fill(GiB)
      await expect(backend().resize(id, 3 * GiB, live())).rejects.toMatchObject({ kind: 'exhausted' })
      expect(await backend().find(id, live())).toMatchObject({ bytes: GiB })
    })
  })

  describe('the undisturbed way', () => {
    const counted = async (work: () => Promise<unknown>): Promise<number> => {
      const before = held.rig.commands()
      await work()
      return held.rig.commands() - before
    }

    it('takes no more commands than are needed', async () => {
      const used = {
        absent: await counted(() => backend().known(id, live())),
        create: await counted(() => create()),
        find: await counted(() => backend().find(id, live())),
        list: await counted(() => backend().list(live())),
        capacity: await counted(() => backend().capacity(live())),
        remove: await counted(() => backend().remove(id, live())),
      }
      const { create: made, find, list, capacity, remove } = costs
      expect(used).toEqual({ absent: find, create: made, find, list, capacity, remove })
    })

    it('takes the same after a restart, and with many at once', async () => {
      const ids = ['1', '2', '3', '4', '5', '6', '7', '8'].map(volumeId)
      expect(await counted(() => Promise.all(ids.map(each => create({ id: each }))))).toBe(8 * costs.create)
      const after = held.rig.open().backend
      await after.start(live())
      expect(await counted(() => Promise.all(ids.map(each => after.find(each, live()))))).toBe(8 * costs.find)
      expect(await counted(() => Promise.all(ids.map(each => after.remove(each, live()))))).toBe(8 * costs.remove)
    })
  })
}
