import { describe, expect, it } from 'vitest'
import { StorageError } from '../../src/domain/errors.ts'
import type { SnapshotId, VolumeId } from '../../src/domain/ids.ts'
import {
  type ControllerHouse,
  exclusive,
  livingHouse,
  migratable,
  never,
  NODE_A,
  NODE_B,
} from '../support/controller-house.ts'

const volume = (digit: string) => `pvc-${digit.repeat(8)}-1111-4111-8111-111111111111` as VolumeId
const [a, b, c] = [volume('a'), volume('b'), volume('c')]
const outage = new StorageError('unavailable', 'the appliance does not answer')

async function withVolumes(): Promise<ControllerHouse> {
  const house = await livingHouse()
  for (const id of [a, b, c]) house.seed(id)
  return house
}

const take = (house: ControllerHouse, sources = [a, b, c], parameters: Record<string, string> = {}, name = 'nightly') =>
  house.groups.create({ name, sources, parameters }, never)

const attach = (house: ControllerHouse, id: VolumeId, node = NODE_A, capability = exclusive) =>
  house.attachments.publish({ volume: id, node, capability, readOnly: false, migrationTimeout: 300_000 }, never)

const kept = (house: ControllerHouse) =>
  [...house.appliance.kept.values()].map(({ snapshot }) => snapshot.source).toSorted()

describe('a group of snapshots', () => {
  it('has a member of each volume, ready, and every member is told', async () => {
    const house = await withVolumes()
    const group = await take(house)
    expect(group.members.map(({ source }) => source).toSorted()).toEqual([a, b, c])
    expect(group).toMatchObject({ ready: true, createdAt: house.appliance.time })
    for (const member of group.members) expect(member.group).toBe(group.id)
    expect(house.sink.facts.map(fact => 'operation' in fact && fact.operation)).toEqual(Array(3).fill('snapshot'))
    expect(await house.groups.get(group.id, [], never)).toEqual(group)
  })

  it('is the same when it is asked for again, with its volumes in any order', async () => {
    const house = await withVolumes()
    const first = await take(house)
    expect(await take(house, [c, a, b, a])).toEqual(first)
    expect(house.appliance.script.count('snapshot')).toBe(3)
  })

  it('is in conflict with one of the same name and other volumes, which stays as it is', async () => {
    const house = await withVolumes()
    const first = await take(house, [a, b])
    for (const sources of [[a], [a, b, c], [a, c]])
      await expect(take(house, sources)).rejects.toMatchObject({ kind: 'conflict' })
    expect(await house.groups.get(first.id, [], never)).toEqual(first)
  })

  it('is taken while one of its volumes is attached, however many nodes hold that one', async () => {
    const house = await withVolumes()
    await attach(house, b, NODE_A, migratable)
    await attach(house, b, NODE_B, migratable)
    expect((await take(house)).members).toHaveLength(3)
  })

  it('is refused while several are attached: they would be of different moments', async () => {
    const house = await withVolumes()
    await attach(house, a)
    await attach(house, c, NODE_B)
    await expect(take(house)).rejects.toMatchObject({
      kind: 'precondition',
      message: expect.stringMatching(new RegExp(`${a}, ${c} are attached.*memberConsistency=sequential`)),
    })
    expect(kept(house)).toEqual([])
  })

  it('counts an export that no node justifies as attached', async () => {
    const house = await withVolumes()
    await attach(house, a)
    house.appliance.disks.get(b)!.admitted = { to: 'any' }
    await expect(take(house)).rejects.toMatchObject({ kind: 'precondition' })
  })

  it('is taken one after another where its class accepts that', async () => {
    const house = await withVolumes()
    await attach(house, a)
    await attach(house, c, NODE_B)
    expect((await take(house, [a, b, c], { memberConsistency: 'sequential' })).members).toHaveLength(3)
  })

  it('keeps its volumes as they are meanwhile', async () => {
    const house = await withVolumes()
    const go = house.appliance.script.hold('snapshot')
    const taking = take(house)
    await house.clock.advance(0)
    await expect(attach(house, c)).rejects.toMatchObject({ kind: 'busy' })
    await expect(house.volumes.remove(b, never)).rejects.toMatchObject({ kind: 'busy' })
    await expect(take(house, [a])).rejects.toMatchObject({ kind: 'busy' })
    go()
    await taking
  })

  it('is one of twenty equal requests at once', async () => {
    const house = await withVolumes()
    const groups = await Promise.all(Array.from({ length: 20 }, () => take(house)))
    for (const group of groups) expect(group).toEqual(groups[0])
    expect(house.appliance.script.count('snapshot')).toBe(3)
  })
})

describe('a group of which a member fails', () => {
  it('leaves none of the others, and is whole when it is asked for again', async () => {
    const house = await withVolumes()
    const missing = volume('e')
    await expect(take(house, [a, b, missing])).rejects.toMatchObject({ kind: 'not-found' })
    expect(kept(house)).toEqual([])
    house.seed(missing)
    expect((await take(house, [a, b, missing])).members).toHaveLength(3)
  })

  it('is taken anew in all its members where they could not be removed', async () => {
    const house = await withVolumes()
    const missing = volume('e')
    house.appliance.script.fail('forget', outage, 99)
    await expect(take(house, [a, b, missing])).rejects.toMatchObject({ kind: 'not-found' })
    expect(kept(house)).toEqual([a, b])
    expect(house.log.lines.filter(({ level }) => level === 'warn')).not.toEqual([])
    house.appliance.script.mend('forget')
    house.seed(missing)
    const disk = house.appliance.disks.get(a)!
    disk.content = disk.content.with(0, Buffer.from('written since'))
    const { members } = await take(house, [a, b, missing])
    const first = members.find(({ source }) => source === a)!
    expect(house.appliance.kept.get(first.id)?.content.digest(first.bytes)).toBe(disk.content.digest(first.bytes))
    expect(kept(house)).toEqual([a, b, missing])
  })

  it('is not there for anybody who looks', async () => {
    const house = await withVolumes()
    const { id, members } = await take(house)
    house.appliance.kept.delete(members[0]!.id)
    await expect(house.groups.get(id, [], never)).rejects.toMatchObject({ kind: 'not-found' })
  })

  it('leaves nothing of one that was taken although its reply was lost', async () => {
    const house = await withVolumes()
    house.appliance.link.breakAfter(3, 'done')
    const go = house.appliance.script.hold('forget')
    const taking = take(house)
    taking.catch(() => undefined)
    await expect.poll(() => house.appliance.script.count('forget')).toBe(1)
    expect(kept(house)).toHaveLength(3)
    house.appliance.link.restore()
    go()
    await expect(taking).rejects.toMatchObject({ kind: 'unavailable' })
    expect(kept(house)).toEqual([])
  })

  it('leaves nothing where its reply was lost', async () => {
    const house = await withVolumes()
    house.appliance.link.breakAfter(3, 'done') // the listing and two members pass
    await expect(take(house)).rejects.toMatchObject({ kind: 'unavailable' })
    house.appliance.link.restore()
    expect((await take(house)).members).toHaveLength(3)
    expect(kept(house)).toEqual([a, b, c])
  })
})

describe('removing a group', () => {
  it('removes its members, nothing else, and succeeds when it is gone', async () => {
    const house = await withVolumes()
    const { id, members } = await take(house)
    const single = await house.snapshots.create({ name: 'single', source: a, parameters: {} }, never)
    const named = members.map(member => member.id)
    await house.groups.remove(id, named, never)
    await house.groups.remove(id, named, never)
    expect([...house.appliance.kept.keys()]).toEqual([single.id])
  })

  it('is completed when it is asked for again', async () => {
    const house = await withVolumes()
    const { id, members } = await take(house)
    const named = members.map(member => member.id)
    house.appliance.kept.delete(named[0]!)
    await house.groups.remove(id, named, never)
    expect(house.appliance.kept.size).toBe(0)
  })

  it('is refused where the named members are not those that it has', async () => {
    const house = await withVolumes()
    const { id, members } = await take(house)
    const single = await house.snapshots.create({ name: 'single', source: a, parameters: {} }, never)
    const named = members.map(member => member.id)
    for (const wrong of [named.slice(1), [...named, single.id]]) {
      await expect(house.groups.remove(id, wrong, never)).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringMatching(/^snapshot_ids: /),
      })
      await expect(house.groups.get(id, wrong, never)).rejects.toMatchObject({ kind: 'invalid' })
    }
    expect(house.appliance.kept.size).toBe(4)
  })

  it('is the only way for a request to remove a member', async () => {
    const house = await withVolumes()
    const { id, members } = await take(house)
    const removing = house.snapshots.remove(members[0]!.id, never)
    await expect(removing).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining(id) })
    expect(house.appliance.kept.size).toBe(3)
    await house.snapshots.remove(members[0]!.id, never, async () => {})
    expect(house.appliance.kept.size).toBe(2)
  })
})

describe('groups of snapshots', () => {
  it.each([
    [{ way: 'none', why: 'the pool has file system xfs' }, /xfs/],
    [{ way: 'copy' }, /copies every byte/],
  ] as const)('are not served where the pool cannot take them at once: %j', async (ability, why) => {
    const house = await withVolumes()
    house.appliance.ability = ability
    expect(house.groups.isAble()).toBe(false)
    await expect(take(house)).rejects.toMatchObject({ kind: 'unsupported', message: expect.stringMatching(why) })
  })

  it.each<[string, () => Partial<Parameters<ControllerHouse['groups']['create']>[0]>, RegExp]>([
    ['without volumes', () => ({ sources: [] }), /source_volume_ids are missing/],
    ['without a name', () => ({ name: '' }), /name is missing/],
    ['with an unknown parameter', () => ({ parameters: { x: '1' } }), /"x" is unknown; known are memberConsistency/],
    ['with a wrong parameter', () => ({ parameters: { memberConsistency: 'no' } }), /strict, sequential/],
  ])('%s are refused', async (_, wrong, message) => {
    const house = await withVolumes()
    const taking = house.groups.create({ name: 'n', sources: [a], parameters: {}, ...wrong() }, never)
    await expect(taking).rejects.toMatchObject({ kind: 'invalid', message: expect.stringMatching(message) })
  })

  it('show in listings by their members', async () => {
    const house = await withVolumes()
    const { id } = await take(house)
    const { items } = await house.snapshots.list({ id: undefined, source: b }, { max: 0, token: '' }, never)
    expect(items).toMatchObject([{ source: b, group: id }])
    expect(items[0]?.id satisfies SnapshotId | undefined).toMatch(/^snap-/)
  })
})
