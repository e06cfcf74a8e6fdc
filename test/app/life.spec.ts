import { describe, expect, it } from 'vitest'
import { StorageError } from '../../src/domain/errors.ts'
import { ControllerLife } from '../../src/app/controller-life.ts'
import { instant } from '../../src/domain/ids.ts'
import {
  ControllerHouse,
  GRACE,
  livingHouse,
  migratable,
  never,
  NODE_A,
  NODE_B,
  TIMEOUT,
  VOLUME,
} from '../support/controller-house.ts'

const outage = new StorageError('unavailable', 'the appliance does not answer')

/** A controller that is killed while a migration from a to b has been running for a minute, and what it leaves. */
async function killedInMigration() {
  const house = await livingHouse()
  house.describe('migratable')
  for (const node of [NODE_A, NODE_B]) {
    const { attachedAt } = await house.publish(node, migratable)
    house.cluster.put(house.record(node, attachedAt))
    await house.clock.advance(1_000)
  }
  await house.clock.advance(60_000)
  await house.stop()
  return { clock: house.clock, appliance: house.appliance, cluster: house.cluster }
}

describe('coming to life', () => {
  it('serves nothing before everything is known', async () => {
    const house = new ControllerHouse()
    house.seed()
    house.appliance.script.fail('start', outage, 2)
    house.launch()
    await house.clock.advance(0)
    await expect(house.publish(NODE_A)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/does not answer/),
    })
    await expect(house.volumes.remove(VOLUME, never)).rejects.toMatchObject({ kind: 'unavailable' })
    await house.clock.advance(250)
    expect(house.readiness.why).toBeDefined()
    await house.clock.advance(500)
    expect(house.readiness.why).toBeUndefined()
    await house.publish(NODE_A)
  })

  it('stays unready while the attachments cannot be rebuilt', async () => {
    const house = new ControllerHouse()
    house.seed()
    house.cluster.put(house.record(NODE_A))
    house.appliance.script.fail('admitted', outage)
    house.launch()
    await house.clock.advance(0)
    expect(house.readiness.why).toMatch(/rebuilt.*does not answer/)
    await house.clock.advance(250)
    expect(house.readiness.why).toBeUndefined()
    expect(house.registry.heldBy(NODE_A)).toEqual([VOLUME])
  })

  it('rebuilds from what the cluster has now, not from what its caches had when they were warmed', async () => {
    const house = new ControllerHouse()
    house.seed()
    house.cluster.put(house.record(NODE_A))
    house.container.get(ControllerLife).warm(never)
    house.cluster.miss(house.record(NODE_A), house.record(NODE_B))
    await house.start()
    expect([house.registry.heldBy(NODE_A), house.registry.heldBy(NODE_B)]).toEqual([[], [VOLUME]])
    expect(house.cluster.script.calls).toEqual(['start', 'refresh'])
  })

  it.each(['start', 'refresh'])('ends when it is told to, also while it waits for the %s of the caches', async what => {
    const house = new ControllerHouse()
    house.cluster.script.hold(what)
    house.launch()
    await house.clock.advance(0)
    expect(house.readiness.why).toMatch(/listings of the cluster/)
    await house.stop()
    expect(house.readiness.why).toBe('stopping')
  })

  it('acts on changes that came while it rebuilt', async () => {
    const house = new ControllerHouse()
    house.seed()
    const record = house.record(NODE_A)
    house.cluster.put(record)
    const go = house.appliance.script.hold('admitted')
    house.launch()
    await house.clock.advance(0)
    house.cluster.delete({ ...record, leaving: house.clock.now() })
    go()
    await house.clock.advance(500)
    expect(house.registry.held()).toBe(0)
  })
})

describe('a restart', () => {
  it('finds a migration still running, counts nothing as started, and completes it', async () => {
    const house = await new ControllerHouse(await killedInMigration()).start()
    expect(house.registry.running()).toBe(1)
    expect(house.sink.facts).toEqual([])
    await house.unpublish(NODE_A)
    expect(house.sink.take()[0]).toMatchObject({
      type: 'migration-completed',
      source: NODE_A,
      target: NODE_B,
      took: 61_000,
    })
  })

  it('tells a time-out that passed after the last renewal of the Lease', async () => {
    const left = await killedInMigration()
    const renewed = left.clock.now()
    await left.clock.advance(TIMEOUT)
    const house = await new ControllerHouse(left).start(renewed)
    await house.clock.advance(250)
    expect(house.sink.types).toEqual(['migration-timed-out'])
  })

  it('tells no time-out that a former process told', async () => {
    const left = await killedInMigration()
    await left.clock.advance(TIMEOUT)
    const house = await new ControllerHouse(left).start(left.clock.now())
    await house.clock.advance(250)
    expect(house.sink.types).toEqual([])
    expect(house.registry.held()).toBe(1)
  })

  it('holds what no PersistentVolume describes for one node only', async () => {
    const house = new ControllerHouse()
    house.seed()
    house.cluster.put(house.record(NODE_A, instant(1_000)))
    house.cluster.put(house.record(NODE_B, instant(2_000)))
    await house.start()
    expect(house.registry.get(VOLUME)).toMatchObject({ phase: 'attached', access: 'exclusive', seat: { node: NODE_A } })
  })

  it('fences a holder whose node is gone and clears it after the grace period', async () => {
    const first = await livingHouse()
    const { attachedAt } = await first.publish(NODE_A)
    first.cluster.put(first.record(NODE_A, attachedAt))
    await first.stop()
    first.cluster.forgetNode(NODE_A)
    const house = await new ControllerHouse(first).start()
    await house.clock.advance(250)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
    await expect(house.publish(NODE_B)).rejects.toMatchObject({
      kind: 'precondition',
      message: expect.stringMatching(/lost/),
    })
    await house.clock.advance(GRACE)
    expect(house.sink.types).toContain('stale-attachment-cleared')
    await house.publish(NODE_B)
  })
})
