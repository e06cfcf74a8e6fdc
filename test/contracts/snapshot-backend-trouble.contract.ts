import { describe, expect, it } from 'vitest'
import type { VolumeSource, VolumeSpec } from '../../src/domain/volume.ts'
import {
  settled,
  type SnapshotProcess,
  type SnapshotRig,
  snapshotId,
  snapshotSpec,
} from './snapshot-backend.contract.ts'
import { live, specIn, useRig, volumeId } from './volume-backend.contract.ts'

const SIZE = 1024 ** 2
const source = volumeId('a')
const made = volumeId('b')
const snap = snapshotId('c')
/** More commands than any call sends. */
const MOST_COMMANDS = 24

/** One call, what has to be there before it, and what takes its result away again. */
interface Call {
  readonly prepare: (process: SnapshotProcess) => Promise<unknown>
  readonly work: (process: SnapshotProcess) => Promise<unknown>
  readonly undo: (process: SnapshotProcess) => Promise<unknown>
}

/** What every SnapshotBackend promises when links break and processes die. */
export function snapshotBackendTroubleContract(open: () => Promise<SnapshotRig>): void {
  const held = useRig(open)
  const process = (): SnapshotProcess => held.process as SnapshotProcess

  const spec = (from: VolumeSource, bytes: number): VolumeSpec => specIn(held.rig, { id: made, bytes, source: from })
  const take = (of: SnapshotProcess) => settled(() => of.snapshots.snapshot(snapshotSpec(), live()))
  const restore = (of: SnapshotProcess, bytes: number) =>
    settled(() => of.snapshots.restore(spec({ from: 'snapshot', id: snap }, bytes), snap, live()))
  const clone = (of: SnapshotProcess, bytes: number) =>
    settled(() => of.snapshots.clone(spec({ from: 'volume', id: source }, bytes), source, live()))
  const nothing = async (): Promise<void> => undefined
  const removeMade = (of: SnapshotProcess) => of.backend.remove(made, live())
  const removeSnapshot = (of: SnapshotProcess) => of.snapshots.remove(snap, live())

  const CALLS: Readonly<Record<string, Call>> = {
    snapshot: { prepare: nothing, work: take, undo: removeSnapshot },
    restore: { prepare: take, work: of => restore(of, SIZE), undo: removeMade },
    'restore to a larger size': { prepare: take, work: of => restore(of, 3 * SIZE), undo: removeMade },
    clone: { prepare: nothing, work: of => clone(of, SIZE), undo: removeMade },
    'clone to a larger size': { prepare: nothing, work: of => clone(of, 2 * SIZE), undo: removeMade },
    'removal of a snapshot': { prepare: take, work: removeSnapshot, undo: nothing },
  }
  const cases = Object.entries(CALLS).flatMap(([name, call]) =>
    (['done', 'undone'] as const).map(effect => ({ name, call, effect })),
  )

  const started = async (): Promise<SnapshotProcess> => {
    const next = held.rig.open()
    await eventually(() => next.backend.start(live()))
    return next
  }

  /** What the appliance has after the call went undisturbed, and after it was undone. */
  const undisturbed = async ({ prepare, work, undo }: Call) => {
    await process().backend.create(specIn(held.rig, { id: source, bytes: SIZE }), live())
    await prepare(process())
    const before = held.rig.snapshot()
    await work(process())
    const after = held.rig.snapshot()
    await undo(process())
    return { before, after }
  }

  describe.each(cases)('a command of a $name that was $effect when its reply was lost', ({ call, effect }) => {
    it('is found out by the next call', async () => {
      const { after } = await undisturbed(call)
      for (let skip = 0; skip < MOST_COMMANDS; skip += 1) {
        await eventually(() => call.prepare(process()))
        held.rig.breakAfter(skip, effect)
        const first = await call.work(process()).catch((error: unknown) => error)
        await held.rig.restoreLink()
        await eventually(() => call.work(process()))
        expect(held.rig.snapshot(), `after ${skip} commands`).toEqual(after)
        if (!(first instanceof Error)) return
        expect(first).toMatchObject({ kind: 'unavailable' })
        await eventually(() => call.undo(process()))
      }
      expect.unreachable('it sends more commands than any call should')
    })
  })

  describe.each(cases)('a process that dies in a $name, at a command that was $effect', ({ call, effect }) => {
    it('leaves nothing that its successor does not complete', async () => {
      const { after } = await undisturbed(call)
      for (let skip = 0; skip < MOST_COMMANDS; skip += 1) {
        const victim = await started()
        await call.prepare(victim)
        held.rig.breakAfter(skip, effect)
        const first = await call.work(victim).catch((error: unknown) => error)
        await held.rig.restoreLink()
        const successor = await started()
        await eventually(() => call.work(successor))
        expect(held.rig.snapshot(), `after ${skip} commands`).toEqual(after)
        if (!(first instanceof Error)) return
        await eventually(() => call.undo(successor))
      }
      expect.unreachable('it sends more commands than any call should')
    })

    it('leaves nothing that removing it does not take away', async () => {
      const { before } = await undisturbed(call)
      if (call.undo === nothing) return
      for (let skip = 0; skip < MOST_COMMANDS; skip += 1) {
        const victim = await started()
        held.rig.breakAfter(skip, effect)
        const first = await call.work(victim).catch((error: unknown) => error)
        await held.rig.restoreLink()
        const successor = await started()
        await eventually(() => call.undo(successor))
        expect(held.rig.snapshot(), `after ${skip} commands`).toEqual(before)
        if (!(first instanceof Error)) return
      }
      expect.unreachable('it sends more commands than any call should')
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
      await new Promise(resolve => setImmediate(resolve))
    }
  }
}
