import { describe, expect, it } from 'vitest'
import { GiB } from '../../src/domain/capacity.ts'
import { StorageError } from '../../src/domain/errors.ts'
import type { SnapshotId, VolumeId } from '../../src/domain/ids.ts'
import { ControllerHouse, exclusive, livingHouse, never, NODE_A, VOLUME } from '../support/controller-house.ts'

const UUID = 'aaaaaaaa-2222-4333-8444-555555555555'
const ID = `snap-${UUID}` as SnapshotId
const OTHER = 'pvc-99999999-2222-4333-8444-555555555555' as VolumeId
const wish = { name: `snapshot-${UUID}`, source: VOLUME, parameters: {} }
const take = (house: ControllerHouse, more: Partial<typeof wish> = {}) =>
  house.snapshots.create({ ...wish, ...more }, never)

/** A controller over a pool that copies, with one volume. */
async function copyingHouse(): Promise<ControllerHouse> {
  const house = new ControllerHouse()
  house.appliance.ability = { way: 'copy' }
  house.seed()
  return house.start()
}

describe('taking a snapshot', () => {
  it('takes it under the id of its name, and tells it', async () => {
    const house = await livingHouse()
    const taken = await take(house)
    expect(taken).toMatchObject({ id: ID, source: VOLUME, bytes: GiB, ready: true, group: undefined })
    expect(await house.snapshots.get(ID, never)).toEqual(taken)
    expect(house.sink.told).toMatchObject([
      {
        fact: { type: 'operation-succeeded', operation: 'snapshot', snapshot: ID, bytes: GiB },
        about: { volume: VOLUME },
      },
    ])
  })

  it('keeps what the volume held at that moment', async () => {
    const house = await livingHouse()
    const disk = house.appliance.disks.get(VOLUME)!
    disk.content = disk.content.with(4096, Buffer.from('before'))
    await take(house)
    const before = disk.content.digest(GiB)
    disk.content = disk.content.with(4096, Buffer.from('after!'))
    expect(house.appliance.kept.get(ID)?.content.digest(GiB)).toBe(before)
    expect(disk.content.digest(GiB)).not.toBe(before)
  })

  it('returns the same one when it is repeated, also when its volume is gone', async () => {
    const house = await livingHouse()
    const first = await take(house)
    expect(await take(house)).toEqual(first)
    await house.volumes.remove(VOLUME, never)
    expect(await take(house)).toEqual(first)
    expect(house.appliance.kept.size).toBe(1)
  })

  it('is refused under a name that another volume has', async () => {
    const house = await livingHouse()
    house.seed(OTHER)
    await take(house)
    await expect(take(house, { source: OTHER })).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining(VOLUME),
    })
  })

  it('is refused of a volume that does not exist', async () => {
    const house = await livingHouse()
    await expect(take(house, { source: OTHER })).rejects.toMatchObject({ kind: 'not-found' })
    expect(house.sink.facts).toMatchObject([{ type: 'operation-failed', operation: 'snapshot', snapshot: ID }])
  })

  it('works while the volume is attached, and leaves its export alone', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    const changes = house.appliance.changes.length
    expect((await take(house)).ready).toBe(true)
    expect(house.appliance.changes.slice(changes)).toEqual([`snapshot ${ID} ${VOLUME}`])
  })

  it('takes one of twenty equal requests at once', async () => {
    const house = await livingHouse()
    const go = house.appliance.script.hold('snapshot')
    const all = Array.from({ length: 20 }, () => take(house))
    await house.clock.advance(0)
    go()
    expect(new Set((await Promise.all(all)).map(({ id }) => id))).toEqual(new Set([ID]))
    expect(house.appliance.script.count('snapshot')).toBe(1)
  })

  it.each<[string, (house: ControllerHouse) => Promise<unknown>]>([
    ['deleting its volume', house => house.volumes.remove(VOLUME, never)],
    ['growing its volume', house => house.changes.expand(VOLUME, { required: 2 * GiB, limit: 0 }, never)],
    ['noting something about its volume', house => house.changes.modify(VOLUME, { note: 'x' }, never)],
    ['attaching its volume', house => house.publish(NODE_A, exclusive)],
    ['a second snapshot of its volume', house => take(house, { name: 'another' })],
    ['deleting it', house => house.snapshots.remove(ID, never)],
  ])('keeps %s out meanwhile', async (_, other) => {
    const house = await livingHouse()
    const go = house.appliance.script.hold('snapshot')
    const taking = take(house)
    await house.clock.advance(0)
    await expect(other(house)).rejects.toMatchObject({ kind: 'busy' })
    go()
    await taking
  })

  it('is unsupported with the reason where the pool cannot do it, and nothing is asked of it', async () => {
    const house = await livingHouse()
    house.appliance.ability = { way: 'none', why: 'the pool has file system xfs' }
    const calls = house.appliance.script.calls.length
    await expect(take(house)).rejects.toMatchObject({ kind: 'unsupported', message: expect.stringContaining('xfs') })
    expect(house.appliance.script.calls.length).toBe(calls)
  })

  it('of a volume that cannot have one is a matter of its state', async () => {
    const house = await livingHouse()
    house.appliance.script.fail('snapshot', new StorageError('unsupported', 'it has no subvolume of its own'))
    await expect(take(house)).rejects.toMatchObject({ kind: 'precondition', message: 'it has no subvolume of its own' })
  })

  it('refuses parameters, each by name', async () => {
    const house = await livingHouse()
    await expect(take(house, { parameters: { colour: 'red' } })).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('"colour" is unknown'),
    })
    expect((await take(house, { parameters: { 'csi.storage.k8s.io/volumesnapshot/name': 'x' } })).id).toBe(ID)
  })

  it('is unavailable until the driver is ready', async () => {
    const house = await livingHouse()
    house.readiness.notReady('waiting')
    for (const call of [
      () => take(house),
      () => house.snapshots.remove(ID, never),
      () => house.snapshots.get(ID, never),
      () => house.snapshots.list({ id: undefined, source: undefined }, { max: 0, token: '' }, never),
      async () => house.snapshots.ability(),
    ]) {
      await expect(call()).rejects.toMatchObject({ kind: 'unavailable' })
    }
  })
})

describe('a snapshot that has to be copied', () => {
  it('is not ready before that is done, and is told once', async () => {
    const house = await copyingHouse()
    expect((await take(house)).ready).toBe(false)
    expect((await take(house)).ready).toBe(false)
    expect(house.sink.take()).toEqual([])
    house.appliance.copies.finish()
    expect((await take(house)).ready).toBe(true)
    expect(house.sink.facts).toMatchObject([{ type: 'operation-succeeded', operation: 'snapshot', bytes: GiB }])
  })

  it('is refused while the volume is attached, and asked for again when it is detached', async () => {
    const house = await copyingHouse()
    await house.publish(NODE_A)
    const message = expect.stringContaining(`attached to ${NODE_A}; detach it first`)
    await expect(take(house)).rejects.toMatchObject({ kind: 'precondition', message })
    expect(house.appliance.script.count('snapshot')).toBe(0)
    await house.unpublish(NODE_A)
    expect((await take(house)).ready).toBe(false)
  })

  it('is no matter of its volume any more once it is done', async () => {
    const house = await copyingHouse()
    await take(house)
    house.appliance.copies.finish()
    await house.publish(NODE_A)
    expect((await take(house)).ready).toBe(true)
  })
})

describe('removing a snapshot', () => {
  it('removes it, tells it, and succeeds when it is gone', async () => {
    const house = await livingHouse()
    await take(house)
    house.sink.take()
    await house.snapshots.remove(ID, never)
    await house.snapshots.remove(ID, never)
    expect(house.appliance.kept.size).toBe(0)
    expect(house.sink.facts).toEqual([{ type: 'operation-succeeded', operation: 'delete_snapshot', snapshot: ID }])
  })

  it.each<[string, (house: ControllerHouse) => Promise<unknown>]>([
    ['deleting its volume', house => house.volumes.remove(VOLUME, never)],
    ['growing its volume', house => house.changes.expand(VOLUME, { required: 2 * GiB, limit: 0 }, never)],
    ['taking it', take],
  ])('keeps %s out meanwhile', async (_, other) => {
    const house = await livingHouse()
    await take(house)
    const go = house.appliance.script.hold('forget')
    const removing = house.snapshots.remove(ID, never)
    await house.clock.advance(0)
    await expect(other(house)).rejects.toMatchObject({ kind: 'busy' })
    go()
    await removing
  })

  it('works when its volume is gone', async () => {
    const house = await livingHouse()
    await take(house)
    await house.volumes.remove(VOLUME, never)
    await house.snapshots.remove(ID, never)
    expect(house.appliance.kept.size).toBe(0)
  })

  it('takes away what an earlier removal left of one that is found no more', async () => {
    const house = await livingHouse()
    house.appliance.script.fail('forget', new StorageError('unavailable', 'its file is still there'))
    await expect(house.snapshots.remove(ID, never)).rejects.toThrow('its file is still there')
    await house.snapshots.remove(ID, never)
    expect(house.sink.facts.filter(({ type }) => type === 'operation-failed')).toEqual([])
  })

  it('takes an outage for no absence', async () => {
    const house = await livingHouse()
    await take(house)
    house.appliance.script.fail('find-snapshot', new StorageError('unavailable', 'away'))
    await expect(house.snapshots.remove(ID, never)).rejects.toMatchObject({ kind: 'unavailable' })
    expect(house.appliance.kept.size).toBe(1)
  })

  it('asks for leave first where that is needed', async () => {
    const house = await livingHouse()
    await take(house)
    const refused = house.snapshots.remove(ID, never, () => Promise.reject(new StorageError('precondition', 'no')))
    await expect(refused).rejects.toThrow('no')
    expect(house.appliance.kept.size).toBe(1)
    await house.snapshots.remove(ID, never, async () => {})
    expect(house.appliance.kept.size).toBe(0)
  })
})

describe('listing snapshots', () => {
  async function three() {
    const house = await livingHouse()
    house.seed(OTHER)
    const ids: SnapshotId[] = []
    for (const [name, source] of [
      ['a', VOLUME],
      ['b', OTHER],
      ['c', VOLUME],
    ] as const)
      ids.push((await take(house, { name, source })).id)
    return { house, ids }
  }
  const all = { id: undefined, source: undefined }

  it('shows them in pages, in the order of their ids', async () => {
    const { house, ids } = await three()
    const first = await house.snapshots.list(all, { max: 2, token: '' }, never)
    const second = await house.snapshots.list(all, { max: 2, token: first.next ?? '' }, never)
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids.toSorted())
    expect(second.next).toBeUndefined()
  })

  it('shows those of one volume, one by its id, and none where both do not fit', async () => {
    const { house, ids } = await three()
    const list = async (filter: Parameters<typeof house.snapshots.list>[0]) =>
      (await house.snapshots.list(filter, { max: 0, token: '' }, never)).items.map(({ id }) => id)
    expect(await list({ ...all, source: VOLUME })).toEqual([ids[0]!, ids[2]!].toSorted())
    expect(await list({ ...all, id: ids[1]! })).toEqual([ids[1]])
    expect(await list({ id: ids[1]!, source: VOLUME })).toEqual([])
    expect(await list({ ...all, id: ID })).toEqual([])
    expect(await list({ ...all, source: 'unknown' })).toEqual([])
    expect(await list({ ...all, id: 'unknown' })).toEqual([])
  })

  it('refuses a token of nobody and a negative number', async () => {
    const { house } = await three()
    const list = (max: number, token: string) => house.snapshots.list(all, { max, token }, never)
    await expect(list(0, 'x')).rejects.toMatchObject({ kind: 'busy' })
    await expect(list(0, VOLUME)).rejects.toMatchObject({ kind: 'busy' })
    await expect(list(-1, '')).rejects.toMatchObject({ kind: 'invalid' })
  })
})
