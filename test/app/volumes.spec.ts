import { describe, expect, it } from 'vitest'
import type { CreateRequest } from '../../src/app/volumes.ts'
import { GiB } from '../../src/domain/capacity.ts'
import { StorageError } from '../../src/domain/errors.ts'
import {
  type ControllerHouse,
  exclusive,
  FOLDER,
  livingHouse,
  migratable,
  never,
  NODE_A,
  VOLUME,
} from '../support/controller-house.ts'

const NAME = 'pvc-aaaaaaaa-2222-4333-8444-555555555555'

const wish = (more: Partial<CreateRequest> = {}): CreateRequest => ({
  name: NAME,
  range: { required: 2 * GiB, limit: 0 },
  capabilities: [exclusive],
  parameters: {},
  source: undefined,
  mutable: {},
  ...more,
})

/** A controller whose appliance is about to make a volume and waits. */
async function creating(house: ControllerHouse, request = wish(), signal: AbortSignal = never) {
  const go = house.appliance.script.hold('create')
  const running = house.volumes.create(request, signal)
  await house.clock.advance(0)
  return { go, running }
}

describe('creating a volume', () => {
  it('makes it and says what the appliance has', async () => {
    const house = await livingHouse()
    const { volume, parameters } = await house.volumes.create(wish(), never)
    expect(volume).toMatchObject({ id: NAME, name: NAME, bytes: 2 * GiB, folder: FOLDER })
    expect(parameters.migrationTimeout).toBe(300_000)
    expect(house.sink.facts).toEqual([{ type: 'operation-succeeded', operation: 'create', bytes: 2 * GiB }])
  })

  it('returns the same volume when it is repeated', async () => {
    const house = await livingHouse()
    const first = await house.volumes.create(wish(), never)
    expect(await house.volumes.create(wish(), never)).toEqual(first)
    expect(house.appliance.script.count('create')).toBe(1)
  })

  it('makes one volume of twenty equal requests at once', async () => {
    const house = await livingHouse()
    const { go, running } = await creating(house)
    const others = Array.from({ length: 19 }, () => house.volumes.create(wish(), never))
    go()
    const all = await Promise.all([running, ...others])
    expect(new Set(all.map(({ volume }) => volume.id)).size).toBe(1)
    expect(house.appliance.script.count('create')).toBe(1)
  })

  it.each<[string, Partial<CreateRequest>]>([
    ['in size', { range: { required: 3 * GiB, limit: 0 } }],
    ['in use', { capabilities: [migratable] }],
    ['in a parameter', { parameters: { migrationTimeoutSeconds: '60' } }],
  ])('refuses an overlapping request for the same name that differs %s', async (_, more) => {
    const house = await livingHouse()
    const { go, running } = await creating(house)
    const other = house.volumes.create(wish(more), never)
    await expect(other).rejects.toMatchObject({ kind: 'busy' })
    go()
    await running
  })

  it('goes on for the others when one caller gives up', async () => {
    const house = await livingHouse()
    const gone = new AbortController()
    const { go, running } = await creating(house, wish(), gone.signal)
    const other = house.volumes.create(wish(), never)
    gone.abort(new Error('gone'))
    await expect(running).rejects.toThrow('gone')
    go()
    expect((await other).volume.id).toBe(NAME)
  })

  it('is not joined any more when its last caller has given up', async () => {
    const house = await livingHouse()
    const gone = new AbortController()
    const { go, running } = await creating(house, wish(), gone.signal)
    gone.abort(new Error('gone'))
    await expect(house.volumes.create(wish(), never)).rejects.toMatchObject({ kind: 'busy' })
    await expect(running).rejects.toThrow('gone')
    go()
    expect((await house.volumes.create(wish(), never)).volume.id).toBe(NAME)
  })

  it('refuses a name that exists with another size', async () => {
    const house = await livingHouse()
    await house.volumes.create(wish(), never)
    const other = house.volumes.create(wish({ range: { required: 3 * GiB, limit: 0 } }), never)
    await expect(other).rejects.toMatchObject({ kind: 'conflict', message: expect.stringContaining('bytes') })
  })

  it('says that there is no space and leaves nothing', async () => {
    const house = await livingHouse()
    house.appliance.total = 2 * GiB
    await expect(house.volumes.create(wish(), never)).rejects.toMatchObject({ kind: 'exhausted' })
    expect([...house.appliance.disks.keys()]).toEqual([VOLUME])
    expect(house.sink.facts).toMatchObject([{ type: 'operation-failed', operation: 'create' }])
  })

  it('takes an outage for no absence', async () => {
    const house = await livingHouse()
    house.appliance.script.fail('find', new StorageError('unavailable', 'away'))
    await expect(house.volumes.create(wish(), never)).rejects.toMatchObject({ kind: 'unavailable' })
    expect(house.appliance.changes).toEqual([])
  })
})

describe('removing a volume', () => {
  it('removes it, and succeeds when it is gone', async () => {
    const house = await livingHouse()
    await house.volumes.remove(VOLUME, never)
    await house.volumes.remove(VOLUME, never)
    expect(house.appliance.disks.size).toBe(0)
  })

  it('refuses while a node holds it', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    await expect(house.volumes.remove(VOLUME, never)).rejects.toMatchObject({
      kind: 'precondition',
      message: expect.stringMatching(/node-a/),
    })
    expect(house.appliance.script.count('remove')).toBe(0)
  })

  it('refuses while it is exported although no node holds it', async () => {
    const house = await livingHouse()
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'any' }
    await expect(house.volumes.remove(VOLUME, never)).rejects.toMatchObject({ kind: 'precondition' })
    expect(house.appliance.disks.size).toBe(1)
  })
})

describe('looking at volumes', () => {
  it('lists them in pages with the nodes that hold them', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    await house.volumes.create(wish(), never)
    const first = await house.volumes.list({ max: 1, token: '' }, never)
    expect(first).toMatchObject({ items: [{ volume: { id: VOLUME }, nodes: [NODE_A] }], next: VOLUME })
    const second = await house.volumes.list({ max: 1, token: first.next ?? '' }, never)
    expect(second).toMatchObject({ items: [{ volume: { id: NAME }, nodes: [] }] })
    expect(second.next).toBeUndefined()
  })

  it('says what speaks against using one in some way', async () => {
    const house = await livingHouse()
    expect(await house.volumes.validate(VOLUME, [exclusive], {}, never)).toBeUndefined()
    const odd = await house.volumes.validate(VOLUME, [{ use: 'block', mode: 'MULTI_NODE_READER_ONLY' }], {}, never)
    expect(odd).toMatch(/MULTI_NODE_READER_ONLY/)
    expect(await house.volumes.validate(VOLUME, [exclusive], { colour: 'red' }, never)).toMatch(/colour/)
  })

  it('has capacity for what it can make only', async () => {
    const house = await livingHouse()
    const { free } = await house.volumes.capacity({ capabilities: [], parameters: {} }, never)
    expect(free).toBe(house.appliance.total - GiB)
    const wrong = house.volumes.capacity({ capabilities: [], parameters: { volumePath: '/etc' } }, never)
    await expect(wrong).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining('volumePath') })
  })
})
