import { describe, expect, it } from 'vitest'
import { after } from '../../src/domain/ids.ts'
import {
  ControllerHouse,
  GRACE,
  livingHouse,
  migratable,
  NODE_A,
  NODE_B,
  NODE_C,
  VOLUME,
} from '../support/controller-house.ts'

/** A controller that ended right after it granted node-a the volume: the cluster does not say `attached` yet. */
async function restartedTooSoon() {
  const former = await livingHouse()
  former.describe('migratable')
  const { attachedAt } = await former.publish(NODE_A, migratable)
  const record = former.record(NODE_A, attachedAt, { attached: false })
  former.cluster.put(record)
  await former.stop()
  const { clock, appliance, cluster } = former
  const house = await new ControllerHouse({ clock, appliance, cluster }).start()
  return { house, record }
}

describe('a seat that the cluster confirms only after a restart', () => {
  it('is let in at once where its export has gone off meanwhile', async () => {
    const { house, record } = await restartedTooSoon()
    await house.clock.advance(2 * GRACE)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
    house.cluster.put({ ...record, attached: true })
    await house.clock.advance(500)
    expect(house.registry.heldBy(NODE_A)).toEqual([VOLUME])
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'any' })
  })

  it('is held again, and told to nobody', async () => {
    const { house, record } = await restartedTooSoon()
    expect(house.registry.held()).toBe(0)
    house.cluster.put({ ...record, attached: true })
    await house.clock.advance(2 * GRACE)
    expect(house.registry.heldBy(NODE_A)).toEqual([VOLUME])
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'any' })
    expect(house.sink.take()).toEqual([])
  })

  it('is the source of the migration that began since', async () => {
    const { house, record } = await restartedTooSoon()
    const target = house.record(NODE_B, after(record.since, 1000))
    house.cluster.put({ ...record, attached: true })
    await house.clock.advance(1000)
    await house.publish(NODE_B, migratable)
    house.cluster.put(target)
    await house.clock.advance(0)
    expect(house.registry.get(VOLUME)).toMatchObject({ source: { node: NODE_A }, target: { node: NODE_B } })
  })

  it('does not come back once a call has ended it', async () => {
    const { house, record } = await restartedTooSoon()
    await house.unpublish(NODE_A)
    house.cluster.put({ ...record, attached: true })
    await house.clock.advance(1000)
    expect(house.registry.held()).toBe(0)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
  })

  it('does not come back while its departure is announced', async () => {
    const { house, record } = await restartedTooSoon()
    house.cluster.put({ ...record, attached: true, leaving: house.clock.now() })
    await house.clock.advance(1000)
    expect(house.registry.held()).toBe(0)
  })
})

describe('a narrow export', () => {
  /** node-a was lost and cleared, node-b holds the volume alone; the record of node-a is still there. */
  async function narrow() {
    const former = await livingHouse()
    former.describe('migratable')
    const first = await former.publish(NODE_A, migratable)
    former.cluster.put(former.record(NODE_A, first.attachedAt))
    former.cluster.removeNode(NODE_A)
    await former.clock.advance(GRACE + 1000)
    const second = await former.publish(NODE_B, migratable)
    former.cluster.put(former.record(NODE_B, second.attachedAt))
    await former.stop()
    const { clock, appliance, cluster } = former
    return new ControllerHouse({ clock, appliance, cluster }).start()
  }

  it('is kept over a restart, and its holder is not cut by clearing the lost one again', async () => {
    const house = await narrow()
    const cuts = house.appliance.disks.get(VOLUME)?.cuts
    await house.clock.advance(3 * GRACE)
    expect(house.registry.running()).toBe(0)
    expect(house.sink.take()).toEqual([])
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_B), fenced: true })
    expect(house.appliance.disks.get(VOLUME)?.cuts).toBe(cuts)
    await expect(house.publish(NODE_C, migratable)).rejects.toMatchObject({ kind: 'precondition' })
  })
})

describe('two holders that are both lost', () => {
  it('are let in one by one: who is back is admitted alone', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    house.cluster.removeNode(NODE_A)
    house.cluster.removeNode(NODE_B)
    await house.clock.advance(1000)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
    house.cluster.addNode(NODE_A)
    await house.clock.advance(1000)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_A) })
    await house.clock.advance(2 * GRACE)
    expect(house.registry.heldBy(NODE_A)).toEqual([VOLUME])
    await expect(house.publish(NODE_C, migratable)).rejects.toMatchObject({ kind: 'precondition' })
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_A) })
  })
})

describe('a departure that is announced', () => {
  it('while the publish is still at work is not forgotten', async () => {
    const house = await livingHouse()
    const release = house.appliance.script.hold('allow')
    const publishing = house.publish(NODE_A, migratable)
    await house.clock.advance(0)
    house.cluster.put(house.record(NODE_A, house.clock.now(), { leaving: after(house.clock.now(), 1000) }))
    release()
    await publishing
    await house.clock.advance(0)
    expect(house.registry.get(VOLUME)).toMatchObject({ seat: { node: NODE_A, leaving: expect.any(Number) } })
  })

  it('of an older record is none of a seat that was taken since', async () => {
    const house = await livingHouse()
    await house.clock.advance(60_000)
    await house.publish(NODE_A, migratable)
    house.cluster.put(house.record(NODE_A, house.clock.now(), { leaving: after(house.clock.now(), -30_000) }))
    await house.clock.advance(0)
    expect(house.registry.get(VOLUME)).toMatchObject({ seat: { node: NODE_A, leaving: undefined } })
  })
})
