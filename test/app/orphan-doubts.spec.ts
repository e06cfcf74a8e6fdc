import { beforeEach, describe, expect, it } from 'vitest'
import { instant } from '../../src/domain/ids.ts'
import { StorageError } from '../../src/domain/errors.ts'
import { never } from '../support/controller-house.ts'
import { GRACE, HOUR, OrphanRig, snapshotNamed, volumeNamed } from './orphan-rig.ts'

const A = volumeNamed('a')
const B = volumeNamed('b')
const REQUEST = { name: snapshotNamed('a').replace('snap-', 'snapshot-'), source: B, parameters: {} }
const unavailable = new StorageError('unavailable', 'it is away')

let rig: OrphanRig
beforeEach(async () => {
  rig = await OrphanRig.start()
})

describe('what turns up and is not new', () => {
  const old = () => instant(rig.house.clock.now() - GRACE)
  beforeEach(() => {
    rig.seed(A)
    rig.seed(B)
    rig.references.volumes.set(B, 'delete')
  })

  it('at the first check of all is kept, whatever became of its object; what is named is as its object says', async () => {
    for (const id of [A, B]) rig.made(id, old())
    await rig.pass(60)
    expect([rig.has(A), rig.counts('volume', 'retained')]).toEqual([true, 1])
    rig.references.volumes.delete(B)
    await rig.pass(26)
    expect([rig.has(A), rig.has(B)]).toEqual([true, false])
  })

  it('was made by this process, and is no stranger, where that is known', async () => {
    await rig.house.snapshots.create(REQUEST, never)
    await rig.pass(0)
    expect([rig.counts('snapshot', 'waiting'), rig.counts('snapshot', 'retained')]).toEqual([1, 0])
  })

  it('after somebody has removed what was written down is kept', async () => {
    await rig.pass(25)
    rig.made(B, old())
    rig.ledger.store.version = 0
    rig.ledger.store.entries = new Map()
    rig.references.volumes.delete(B)
    await rig.pass(60)
    expect(rig.has(B)).toBe(true)
  })

  it('after it could not be seen for a while is kept, as with another base path meanwhile', async () => {
    rig.references.volumes.set(B, 'retain')
    await rig.pass(25)
    rig.references.volumes.delete(B)
    const { disks } = rig.house.appliance
    const disk = disks.get(B)!
    disks.delete(B)
    await rig.pass(2)
    disks.set(B, disk)
    await rig.pass(60)
    expect([rig.has(B), rig.counts('volume', 'retained')]).toEqual([true, 1])
  })
})

describe('right before an orphan is deleted', () => {
  beforeEach(async () => {
    rig.seed(A)
    await rig.pass(23)
    await rig.house.clock.advance(HOUR)
  })

  it('everything is looked at again, under its lock: its object may just have come', async () => {
    let lists = 0
    const list = rig.references.list.bind(rig.references)
    rig.references.list = signal => {
      lists += 1
      if (lists === 2) rig.references.volumes.set(A, 'delete')
      return list(signal)
    }
    await rig.check.run(never)
    expect([rig.has(A), rig.cleaned, lists]).toEqual([true, 0, 3])
  })

  it('the clock may be set: it is looked at again an hour later', async () => {
    let lists = 0
    const list = rig.references.list.bind(rig.references)
    rig.references.list = signal => {
      lists += 1
      if (lists === 2) rig.house.clock.set(instant(rig.house.clock.now() + 3 * GRACE))
      return list(signal)
    }
    await rig.check.run(never)
    expect(rig.has(A)).toBe(true)
    await rig.house.clock.advance(HOUR)
    await rig.check.run(never)
    expect(rig.has(A)).toBe(false)
  })

  it('an operation that has its lock comes first', async () => {
    const held = Promise.withResolvers<void>()
    const other = rig.lock.tryRun(A, () => held.promise)
    await rig.check.run(never)
    expect(rig.has(A)).toBe(true)
    held.resolve()
    await other
  })

  it('a request meets the lock of the deletion', async () => {
    const release = rig.references.script.hold('list')
    const running = rig.check.run(never)
    await rig.house.clock.advance(0)
    release()
    const again = rig.references.script.hold('list')
    await rig.house.clock.advance(0)
    const request = rig.house.volumes.remove(A, never)
    await expect(request).rejects.toMatchObject({ kind: 'busy' })
    again()
    await running
    expect(rig.has(A)).toBe(false)
  })
})

describe('the clock', () => {
  it('may be set forward by days: what waits goes on waiting', async () => {
    rig.seed(A)
    await rig.pass(2)
    rig.house.clock.set(instant(rig.house.clock.now() + 3 * GRACE))
    await rig.pass(20)
    expect([rig.has(A), rig.counts('volume', 'waiting')]).toEqual([true, 1])
    await rig.pass(5)
    expect(rig.has(A)).toBe(false)
  })

  it('may be set while nothing can be written down: that is made up for by the next check', async () => {
    rig.seed(A)
    await rig.pass(2)
    rig.house.clock.set(instant(rig.house.clock.now() + 3 * GRACE))
    rig.ledger.script.fail('write', unavailable)
    await rig.house.clock.advance(HOUR)
    await rig.pass(4)
    expect([rig.has(A), rig.counts('volume', 'waiting')]).toEqual([true, 1])
  })

  it('may be set back: nothing is due sooner or later by it', async () => {
    rig.seed(A)
    await rig.pass(20)
    rig.made(A, instant(0)) // a time that lies ahead would be waited for
    rig.house.clock.set(instant(rig.house.clock.now() - 10 * GRACE))
    await rig.pass(3)
    expect(rig.has(A)).toBe(true)
    await rig.pass(4)
    expect(rig.has(A)).toBe(false)
  })
})
