import { describe, expect, it } from 'vitest'
import type { CreateRequest } from '../../src/app/volumes.ts'
import { GiB } from '../../src/domain/capacity.ts'
import { StorageError } from '../../src/domain/errors.ts'
import type { SnapshotId, VolumeId } from '../../src/domain/ids.ts'
import { ControllerHouse, exclusive, livingHouse, never, NODE_A, VOLUME } from '../support/controller-house.ts'

const UUID = 'aaaaaaaa-2222-4333-8444-555555555555'
const SNAP = `snap-${UUID}` as SnapshotId
const NEW = 'pvc-77777777-2222-4333-8444-555555555555' as VolumeId
const fromSnapshot = { from: 'snapshot', id: SNAP } as const
const fromVolume = { from: 'volume', id: VOLUME } as const

const wish = (more: Partial<CreateRequest> = {}): CreateRequest => ({
  name: NEW,
  range: { required: GiB, limit: 0 },
  capabilities: [exclusive],
  parameters: {},
  source: fromSnapshot,
  mutable: {},
  ...more,
})

/** A controller with a volume of 1 GiB that holds something, and a snapshot of it. */
async function withSnapshot(): Promise<ControllerHouse> {
  const house = await livingHouse()
  const disk = house.appliance.disks.get(VOLUME)!
  disk.content = disk.content.with(0, Buffer.from('the first bytes')).with(GiB - 4, Buffer.from('last'))
  await house.snapshots.create({ name: `snapshot-${UUID}`, source: VOLUME, parameters: {} }, never)
  return house
}

const digestOf = (house: ControllerHouse, id: VolumeId) => house.appliance.disks.get(id)?.content.digest(GiB)

describe.each([
  ['a snapshot', fromSnapshot],
  ['a volume', fromVolume],
] as const)('a volume made from %s', (_, source) => {
  it('holds the same bytes, is as large as asked and says what it is from', async () => {
    const house = await withSnapshot()
    const { volume } = await house.volumes.create(wish({ source, range: { required: 3 * GiB, limit: 0 } }), never)
    expect(volume).toMatchObject({ id: NEW, bytes: 3 * GiB, source })
    expect(digestOf(house, NEW)).toBe(digestOf(house, VOLUME))
  })

  it('is as large as its source where less is asked for, or nothing', async () => {
    const house = await withSnapshot()
    await house.changes.expand(VOLUME, { required: 2 * GiB + 512, limit: 0 }, never)
    const second = { name: 'second', source: VOLUME, parameters: {} }
    const { id } = await house.snapshots.create(second, never)
    const from = source.from === 'volume' ? source : ({ from: 'snapshot', id } as const)
    const { volume } = await house.volumes.create(wish({ source: from }), never)
    expect(volume.bytes).toBe(2 * GiB + 512)
  })

  it('is refused where the limit is below the size of its source', async () => {
    const house = await withSnapshot()
    await house.changes.expand(VOLUME, { required: 2 * GiB, limit: 0 }, never)
    const { id } = await house.snapshots.create({ name: 'second', source: VOLUME, parameters: {} }, never)
    const from = source.from === 'volume' ? source : ({ from: 'snapshot', id } as const)
    const range = { required: GiB, limit: 2 * GiB - 512 }
    await expect(house.volumes.create(wish({ source: from, range }), never)).rejects.toMatchObject({
      kind: 'out-of-range',
      message: expect.stringContaining(`${2 * GiB} bytes of the source`),
    })
    expect(house.appliance.disks.has(NEW)).toBe(false)
  })

  it('is the same when it is asked for again, also when its source is gone', async () => {
    const house = await withSnapshot()
    const first = await house.volumes.create(wish({ source }), never)
    expect(await house.volumes.create(wish({ source }), never)).toEqual(first)
    await house.snapshots.remove(SNAP, never)
    await house.volumes.remove(VOLUME, never)
    expect(await house.volumes.create(wish({ source }), never)).toEqual(first)
  })

  it('is in conflict with one of the same name that began empty or is from elsewhere', async () => {
    const house = await withSnapshot()
    await house.volumes.create(wish({ source }), never)
    const other = source.from === 'volume' ? fromSnapshot : fromVolume
    for (const wrong of [other, undefined]) {
      const again = house.volumes.create(wish({ source: wrong }), never)
      await expect(again).rejects.toMatchObject({ kind: 'conflict', message: expect.stringContaining(source.id) })
    }
  })

  it('is refused where its source does not exist', async () => {
    const house = await livingHouse()
    await house.volumes.remove(VOLUME, never)
    await expect(house.volumes.create(wish({ source }), never)).rejects.toMatchObject({ kind: 'not-found' })
    expect(house.sink.facts.at(-1)).toMatchObject({ type: 'operation-failed', operation: 'create' })
  })

  it('is refused with the reason where the pool cannot do it', async () => {
    const house = await withSnapshot()
    house.appliance.ability = { way: 'none', why: 'the pool has file system ext4' }
    await expect(house.volumes.create(wish({ source }), never)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(/volume_content_source.*ext4/),
    })
  })

  it('is refused as a source that cannot serve where only this one cannot', async () => {
    const house = await withSnapshot()
    const method = source.from === 'volume' ? 'clone' : 'restore'
    house.appliance.script.fail(method, new StorageError('unsupported', 'it has no subvolume of its own'))
    await expect(house.volumes.create(wish({ source }), never)).rejects.toMatchObject({
      kind: 'invalid',
      message: 'it has no subvolume of its own',
    })
  })

  it('may be made many times at once from one source, which stays meanwhile', async () => {
    const house = await withSnapshot()
    const method = source.from === 'volume' ? 'clone' : 'restore'
    const go = house.appliance.script.hold(method)
    const names = Array.from({ length: 8 }, (_unused, index) => `clone-${index}`)
    const making = names.map(name => house.volumes.create(wish({ name, source }), never))
    await house.clock.advance(0)
    const removing =
      source.from === 'volume' ? house.volumes.remove(source.id, never) : house.snapshots.remove(source.id, never)
    await expect(removing).rejects.toMatchObject({ kind: 'busy' })
    go()
    expect(new Set((await Promise.all(making)).map(({ volume }) => volume.id)).size).toBe(8)
  })
})

describe('a source', () => {
  it('that is a snapshot is not removed while it is read', async () => {
    const house = await withSnapshot()
    const go = house.appliance.script.hold('restore')
    const making = house.volumes.create(wish(), never)
    await house.clock.advance(0)
    await expect(house.snapshots.remove(SNAP, never)).rejects.toMatchObject({ kind: 'busy' })
    go()
    await making
    await house.snapshots.remove(SNAP, never)
  })

  it('that is attached is cloned as it is at that moment', async () => {
    const house = await withSnapshot()
    await house.publish(NODE_A)
    await house.volumes.create(wish({ source: fromVolume }), never)
    expect(digestOf(house, NEW)).toBe(digestOf(house, VOLUME))
  })
})

describe('a source that has to be copied', () => {
  async function copying(): Promise<ControllerHouse> {
    const house = new ControllerHouse()
    house.appliance.ability = { way: 'copy' }
    house.seed()
    return house.start()
  }

  it('keeps the new volume waiting until that is done, and the volume is told once', async () => {
    const house = await copying()
    for (let turn = 0; turn < 3; turn += 1) {
      const making = house.volumes.create(wish({ source: fromVolume }), never)
      await expect(making).rejects.toMatchObject({ kind: 'busy', message: expect.stringMatching(/being copied/) })
    }
    expect(house.sink.facts).toEqual([])
    expect(await house.volumes.list({ max: 0, token: '' }, never)).toMatchObject({
      items: [{ volume: { id: VOLUME } }],
    })
    house.appliance.copies.finish()
    expect((await house.volumes.create(wish({ source: fromVolume }), never)).volume).toMatchObject({ id: NEW })
    expect(house.sink.facts).toMatchObject([{ type: 'operation-succeeded', operation: 'create' }])
  })

  it('has to be detached first', async () => {
    const house = await copying()
    await house.publish(NODE_A)
    const making = house.volumes.create(wish({ source: fromVolume }), never)
    const message = expect.stringContaining(`attached to ${NODE_A}; detach it first`)
    await expect(making).rejects.toMatchObject({ kind: 'precondition', message })
    expect(house.appliance.script.count('clone')).toBe(0)
  })

  it('is no source before it is there itself', async () => {
    const house = await copying()
    await house.snapshots.create({ name: `snapshot-${UUID}`, source: VOLUME, parameters: {} }, never)
    await expect(house.volumes.create(wish(), never)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/still being copied/),
    })
  })
})

describe('a note that a volume is to have from the start', () => {
  it('is kept, and an earlier call that did not get to it is completed', async () => {
    const house = await livingHouse()
    const wanted = wish({ source: undefined, mutable: { note: 'billing' } })
    house.appliance.script.fail('annotate', new StorageError('unavailable', 'away'))
    await expect(house.volumes.create(wanted, never)).rejects.toMatchObject({ kind: 'unavailable' })
    expect((await house.volumes.create(wanted, never)).volume.note).toBe('billing')
    await house.changes.modify(NEW, { note: 'changed since' }, never)
    expect((await house.volumes.create(wanted, never)).volume.note).toBe('changed since')
  })

  it('is refused where it cannot be one, and nothing is made', async () => {
    const house = await livingHouse()
    const making = house.volumes.create(wish({ source: undefined, mutable: { tier: 'gold' } }), never)
    await expect(making).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining('"tier"') })
    expect(house.appliance.disks.size).toBe(1)
  })
})
