import { describe, expect, it } from 'vitest'
import { GiB } from '../../src/domain/capacity.ts'
import type { VolumeSpec } from '../../src/domain/volume.ts'
import type { VolumeBackend } from '../../src/ports/volume-backend.ts'
import { type BackendRig, live, OTHER_OWNER, specIn, useRig, volumeId } from './volume-backend.contract.ts'

const id = volumeId('a')
const other = volumeId('b')
/** More commands than any call sends. */
const MOST_COMMANDS = 12

/** What every VolumeBackend promises when links break, processes die and others use the same appliance. */
export function volumeBackendTroubleContract(open: () => Promise<BackendRig>): void {
  const held = useRig(open)
  const backend = (): VolumeBackend => held.process.backend
  const create = (changes: Partial<VolumeSpec> = {}) => backend().create(specIn(held.rig, changes), live())

  const started = async (): Promise<VolumeBackend> => {
    const next = held.rig.open().backend
    await next.start(live())
    return next
  }

  /** Every method, with arguments that need the appliance. */
  const calls = (of: VolumeBackend): readonly (readonly [string, () => Promise<unknown>])[] => [
    ['create', () => of.create(specIn(held.rig, { id: other }), live())],
    ['list', () => of.list(live())],
    ['resize', () => of.resize(id, 2 * GiB, live())],
    ['remove', () => of.remove(id, live())],
    ['capacity', () => of.capacity(live())],
  ]

  describe('an outage', () => {
    it('is unavailable from every method, never absence', async () => {
      await create()
      await held.rig.cutLink()
      for (const [name, call] of calls(backend())) {
        await expect(call(), name).rejects.toMatchObject({ name: 'StorageError', kind: 'unavailable' })
      }
      await expect(backend().start(live())).rejects.toMatchObject({ kind: 'unavailable' })
      await expect(backend().find(id, live())).resolves.toMatchObject({ id })
    })

    it('is unavailable from find where something is in doubt', async () => {
      held.rig.breakAfter(0, 'undone')
      await expect(create()).rejects.toMatchObject({ kind: 'unavailable' })
      await expect(backend().find(id, live())).rejects.toMatchObject({ kind: 'unavailable' })
      await held.rig.restoreLink()
      await expect(backend().find(id, live())).resolves.toBeUndefined()
    })

    it('at the start is unavailable from every method, until a listing was complete', async () => {
      await create()
      await held.rig.cutLink()
      const next = held.rig.open().backend
      await expect(next.start(live())).rejects.toMatchObject({ kind: 'unavailable' })
      await held.rig.restoreLink()
      for (const [name, call] of [...calls(next), ['find', () => next.find(id, live())] as const]) {
        await expect(call(), name).rejects.toMatchObject({ kind: 'unavailable' })
      }
      await next.start(live())
      expect(await next.find(id, live())).toMatchObject({ id })
    })

    it('is over when the appliance is back, without anybody’s help', async () => {
      await held.rig.cutLink()
      await expect(create()).rejects.toMatchObject({ kind: 'unavailable' })
      await held.rig.restoreLink()
      expect(await eventually(() => create())).toMatchObject({ id })
    })
  })

  describe.each(['done', 'undone'] as const)('a command that was %s when its reply was lost', effect => {
    it('during create is found out by the next call', async () => {
      for (let skip = 0; skip < MOST_COMMANDS; skip += 1) {
        held.rig.breakAfter(skip, effect)
        const first = await create().catch((error: unknown) => error)
        await held.rig.restoreLink()
        expect(await eventually(() => create()), `after ${skip} commands`).toMatchObject({ id, bytes: GiB })
        expect(held.rig.held(id)).toEqual({ bytes: GiB, admitted: { to: 'nobody' }, tagged: true })
        await eventually(() => backend().remove(id, live()))
        if (!(first instanceof Error)) return
        expect(first).toMatchObject({ kind: 'unavailable' })
      }
      expect.unreachable('create sends more commands than any call should')
    })

    it('during remove is found out by the next call', async () => {
      const before = held.rig.snapshot()
      for (let skip = 0; skip < MOST_COMMANDS; skip += 1) {
        await eventually(() => create())
        held.rig.breakAfter(skip, effect)
        const first = await backend()
          .remove(id, live())
          .catch((error: unknown) => error)
        await held.rig.restoreLink()
        await eventually(() => backend().remove(id, live()))
        expect(held.rig.snapshot(), `after ${skip} commands`).toEqual(before)
        if (first === undefined) return
        expect(first).toMatchObject({ kind: 'unavailable' })
      }
      expect.unreachable('remove sends more commands than any call should')
    })

    it('during a note is found out by the next call', async () => {
      await eventually(() => create())
      for (let skip = 0; skip < MOST_COMMANDS; skip += 1) {
        const note = `note ${skip}`
        held.rig.breakAfter(skip, effect)
        const first = await backend()
          .annotate(id, note, live())
          .catch((error: unknown) => error)
        await held.rig.restoreLink()
        expect(await eventually(() => backend().annotate(id, note, live()))).toMatchObject({ id, note })
        if (!(first instanceof Error)) return
      }
      expect.unreachable('annotate sends more commands than any call should')
    })

    it('during resize is found out by the next call', async () => {
      for (let skip = 0; skip < MOST_COMMANDS; skip += 1) {
        const bytes = (skip + 2) * GiB
        await eventually(() => create().catch(() => backend().find(id, live())))
        held.rig.breakAfter(skip, effect)
        const first = await backend()
          .resize(id, bytes, live())
          .catch((error: unknown) => error)
        await held.rig.restoreLink()
        expect(await eventually(() => backend().resize(id, bytes, live()))).toMatchObject({ bytes })
        expect(held.rig.held(id)?.bytes).toBe(bytes)
        if (!(first instanceof Error)) return
      }
      expect.unreachable('resize sends more commands than any call should')
    })
  })

  describe.each(['done', 'undone'] as const)('a process that dies at a command that was %s', effect => {
    it('while it creates leaves nothing that its successor does not complete', async () => {
      await create()
      const undisturbed = held.rig.snapshot()
      await backend().remove(id, live())
      for (let skip = 0; skip < MOST_COMMANDS; skip += 1) {
        const victim = await eventually(started)
        held.rig.breakAfter(skip, effect)
        const first = await victim.create(specIn(held.rig), live()).catch((error: unknown) => error)
        await held.rig.restoreLink()
        const successor = await eventually(started)
        await successor.create(specIn(held.rig), live())
        expect(held.rig.snapshot(), `after ${skip} commands`).toEqual(undisturbed)
        await successor.remove(id, live())
        if (!(first instanceof Error)) return
      }
      expect.unreachable('create sends more commands than any call should')
    })

    it('while it removes leaves nothing that its successor does not remove', async () => {
      const undisturbed = held.rig.snapshot()
      for (let skip = 0; skip < MOST_COMMANDS; skip += 1) {
        const victim = await eventually(started)
        await victim.create(specIn(held.rig), live())
        held.rig.breakAfter(skip, effect)
        const first = await victim.remove(id, live()).catch((error: unknown) => error)
        await held.rig.restoreLink()
        const successor = await eventually(started)
        await successor.remove(id, live())
        expect(held.rig.snapshot(), `after ${skip} commands`).toEqual(undisturbed)
        if (first === undefined) return
      }
      expect.unreachable('remove sends more commands than any call should')
    })
  })

  describe('an abort', () => {
    it('ends the wait of every method with its reason', async () => {
      await create()
      const release = held.rig.hang()
      const methods: readonly ((signal: AbortSignal) => Promise<unknown>)[] = [
        signal => backend().create(specIn(held.rig, { id: other }), signal),
        signal => backend().list(signal),
        signal => backend().resize(id, 2 * GiB, signal),
        signal => backend().capacity(signal),
        signal => backend().remove(id, signal),
        signal => backend().start(signal),
      ]
      for (const method of methods) {
        const controller = new AbortController()
        const failed = expect(method(controller.signal)).rejects.toThrow('the caller went away')
        await held.rig.hanging()
        controller.abort(new Error('the caller went away'))
        await failed
      }
      release()
    })

    it('makes the next call find out what became of the command', async () => {
      for (const prior of ['before', 'after'] as const) {
        const release = held.rig.hang()
        const controller = new AbortController()
        const failed = expect(backend().create(specIn(held.rig), controller.signal)).rejects.toThrow('aborted')
        await held.rig.hanging()
        if (prior === 'before') release()
        controller.abort()
        await failed
        release()
        const found = await backend().find(id, live())
        expect(found === undefined).toBe(held.rig.held(id) === undefined)
        expect(await create()).toMatchObject({ id, bytes: GiB })
        await backend().remove(id, live())
      }
    })

    it('of one that waits behind another ends its wait alone', async () => {
      const release = held.rig.hang()
      const first = new AbortController()
      const second = new AbortController()
      const running = expect(backend().create(specIn(held.rig), first.signal)).rejects.toThrow('first')
      const waiting = expect(backend().create(specIn(held.rig), second.signal)).rejects.toThrow('second')
      await held.rig.hanging()
      second.abort(new Error('second'))
      await waiting
      first.abort(new Error('first'))
      await running
      release()
      expect(await create()).toMatchObject({ id })
    })

    it('before anything was begun keeps it from being begun', async () => {
      const before = held.rig.commands()
      const gone = AbortSignal.abort(new Error('gone'))
      await expect(backend().create(specIn(held.rig), gone)).rejects.toThrow('gone')
      await expect(backend().list(gone)).rejects.toThrow('gone')
      expect(held.rig.commands()).toBe(before)
    })
  })

  describe('what belongs to others', () => {
    it.each([
      ['another cluster', OTHER_OWNER],
      ['nobody known', undefined],
    ])('of %s is never listed, changed or removed, and its place is a conflict', async (_, owner) => {
      held.rig.addStranger(id, owner)
      const before = held.rig.snapshot()
      const next = await started()
      for (const each of [backend(), next]) {
        expect(await each.list(live())).toEqual([])
        await expect(each.create(specIn(held.rig), live())).rejects.toMatchObject({ kind: 'conflict' })
        await expect(each.resize(id, 2 * GiB, live())).rejects.toMatchObject({ kind: 'not-found' })
        expect(await each.find(id, live())).toBeUndefined()
        await each.remove(id, live()).catch((error: unknown) => expect(error).toMatchObject({ kind: 'conflict' }))
      }
      expect(held.rig.snapshot()).toEqual(before)
    })

    it('is seen by its owner alone, on one appliance for two clusters', async () => {
      const theirs = held.rig.open(OTHER_OWNER).backend
      await theirs.start(live())
      await create()
      await theirs.create(specIn(held.rig, { id: other }), live())
      expect((await backend().list(live())).map(volume => volume.id)).toEqual([id])
      expect((await theirs.list(live())).map(volume => volume.id)).toEqual([other])
      await expect(theirs.create(specIn(held.rig), live())).rejects.toMatchObject({ kind: 'conflict' })
    })
  })

  describe('a volume of the older driver', () => {
    it('is found by its id, and listed only once it is ours', async () => {
      held.rig.addOlder(id, 3 * GiB)
      const next = await started()
      expect(await next.list(live())).toEqual([])
      const volume = await next.find(id, live())
      expect(volume).toMatchObject({ id, name: undefined, bytes: 3 * GiB, createdAt: undefined })
      expect(held.rig.held(id)?.tagged).toBe(false)
      expect(await next.create(specIn(held.rig, { bytes: 3 * GiB }), live())).toEqual(volume)
    })

    it('becomes ours by its first publish from unexported', async () => {
      held.rig.addOlder(id, 3 * GiB)
      const process = held.rig.open()
      await process.backend.start(live())
      await process.access.revoke(id, live())
      expect(held.rig.held(id)?.tagged).toBe(false)
      await process.access.allow(id, { to: 'any' }, live())
      expect(held.rig.held(id)).toEqual({ bytes: 3 * GiB, admitted: { to: 'any' }, tagged: true })
      expect(await process.backend.list(live())).toMatchObject([{ id, name: id, bytes: 3 * GiB }])
      const after = await started()
      expect(await after.find(id, live())).toMatchObject({ id, name: id, createdAt: undefined })
    })

    it('is removed with its file', async () => {
      const before = held.rig.snapshot()
      held.rig.addOlder(id, 3 * GiB)
      await (await started()).remove(id, live())
      expect(held.rig.snapshot()).toEqual(before)
    })
  })
}

/** What it becomes once the link is back: `unavailable` is asked again, for fifteen seconds. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + 15_000
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const again = error instanceof Error && 'kind' in error && error.kind === 'unavailable'
      if (!again || performance.now() > deadline) throw error
    }
  }
}
