import { describe, expect, it } from 'vitest'
import { StorageError } from '../../src/domain/errors.ts'
import { GRACE, livingHouse, NODE_A, NODE_B, VOLUME } from '../support/controller-house.ts'

async function houseWithRecord() {
  const house = await livingHouse()
  const { attachedAt } = await house.publish(NODE_A)
  const record = house.record(NODE_A, attachedAt)
  house.cluster.put(record)
  await house.clock.advance(0)
  house.sink.take()
  return { house, record }
}

describe('a record that vanishes without a call', () => {
  it('ends its seat at once when it was being deleted', async () => {
    const { house, record } = await houseWithRecord()
    house.cluster.delete({ ...record, leaving: house.clock.now() })
    await house.clock.advance(250)
    expect(house.sink.take()).toMatchObject([{ type: 'detached', node: NODE_A }])
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
  })

  it('ends its seat after the grace period otherwise', async () => {
    const { house, record } = await houseWithRecord()
    house.cluster.delete(record)
    await house.clock.advance(GRACE - 500)
    expect(house.registry.held()).toBe(1)
    await house.clock.advance(1_000)
    expect(house.registry.held()).toBe(0)
  })

  it('ends nothing when the API has it still', async () => {
    const { house, record } = await houseWithRecord()
    house.cluster.hide(record)
    await house.clock.advance(10 * GRACE)
    expect(house.registry.held()).toBe(1)
    expect(house.cluster.script.count('stillThere')).toBe(1)
  })

  it('ends nothing when it comes back before that', async () => {
    const { house, record } = await houseWithRecord()
    house.cluster.hide(record)
    house.cluster.put(record)
    await house.clock.advance(10 * GRACE)
    expect(house.registry.held()).toBe(1)
    expect(house.cluster.script.count('stillThere')).toBe(0)
  })

  it('ends nothing when another record has taken its place', async () => {
    const { house, record } = await houseWithRecord()
    house.cluster.put({ ...record, name: 'csi-other', uid: 'uid-other' })
    house.cluster.delete({ ...record, leaving: house.clock.now() })
    await house.clock.advance(GRACE)
    expect(house.registry.held()).toBe(1)
  })

  it('is asked for again when the API cannot be asked', async () => {
    const { house, record } = await houseWithRecord()
    house.cluster.script.fail('stillThere', new StorageError('unavailable', 'no API'), 2)
    house.cluster.delete({ ...record, leaving: house.clock.now() })
    await house.clock.advance(250)
    expect(house.registry.held()).toBe(1)
    await house.clock.advance(2_000)
    expect(house.registry.held()).toBe(0)
  })

  it('keeps its seat when the appliance cannot be told, and ends it later', async () => {
    const { house, record } = await houseWithRecord()
    house.appliance.script.fail('revoke', new StorageError('unavailable', 'away'))
    house.cluster.delete({ ...record, leaving: house.clock.now() })
    await house.clock.advance(250)
    expect(house.sink.take()).toMatchObject([{ type: 'detach-failed', node: NODE_A }])
    expect(house.registry.held()).toBe(1)
    await house.clock.advance(2_000)
    expect(house.sink.take()).toMatchObject([{ type: 'detached' }])
  })

  it('means nothing after an unpublish', async () => {
    const { house, record } = await houseWithRecord()
    await house.unpublish(NODE_A)
    await house.publish(NODE_B)
    house.cluster.delete(record)
    await house.clock.advance(GRACE + 500)
    expect(house.registry.heldBy(NODE_B)).toEqual([VOLUME])
    expect(house.cluster.script.count('stillThere')).toBe(0)
  })
})

describe('unpublishing a volume', () => {
  it('keeps the seat and tells no departure when the appliance fails', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    house.sink.take()
    house.appliance.script.fail('revoke', new StorageError('unavailable', 'away'))
    await expect(house.unpublish(NODE_A)).rejects.toMatchObject({ kind: 'unavailable' })
    expect(house.registry.heldBy(NODE_A)).toEqual([VOLUME])
    expect(house.sink.take()).toEqual([{ type: 'detach-failed', node: NODE_A, why: 'away' }])
    await house.unpublish(NODE_A)
    expect(house.sink.take()).toMatchObject([{ type: 'detached', node: NODE_A, partial: false }])
  })

  it('succeeds again and again, tells once, and needs neither node nor volume', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    house.sink.take()
    await house.unpublish(NODE_A)
    await house.unpublish(NODE_A)
    house.cluster.removeNode(NODE_A)
    house.appliance.disks.delete(VOLUME)
    await house.unpublish(NODE_A)
    expect(house.sink.types).toEqual(['detached'])
  })

  it('means every node where none is named', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    await house.unpublish('every-node')
    expect(house.registry.held()).toBe(0)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
  })

  it('of a node that holds nothing leaves the holder alone', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    const changes = house.appliance.changes.length
    await house.unpublish(NODE_B)
    expect(house.registry.heldBy(NODE_A)).toEqual([VOLUME])
    expect(house.appliance.changes.length).toBe(changes)
  })
})
