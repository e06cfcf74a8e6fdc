import { describe, expect, it } from 'vitest'
import { StorageError } from '../../src/domain/errors.ts'
import { GRACE, livingHouse, migratable, NODE_A, NODE_B, VOLUME } from '../support/controller-house.ts'

const outage = new StorageError('unavailable', 'the appliance does not answer')

async function houseWithLostHolder() {
  const house = await livingHouse()
  await house.publish(NODE_A)
  house.sink.take()
  house.cluster.removeNode(NODE_A)
  await house.clock.advance(250)
  return house
}

describe('a lost holder', () => {
  it('is fenced at once and keeps the volume from everybody until the grace period is over', async () => {
    const house = await houseWithLostHolder()
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
    await house.clock.advance(GRACE - 1_000)
    await expect(house.publish(NODE_B)).rejects.toMatchObject({
      kind: 'precondition',
      message: expect.stringMatching(/grace period/),
    })
    expect(house.sink.take()).toMatchObject([{ type: 'attachment-refused' }])
    await house.clock.advance(1_500)
    expect(house.sink.take()).toMatchObject([{ type: 'stale-attachment-cleared', node: NODE_A }])
    await house.publish(NODE_B)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_B) })
    expect(house.telemetry.reconciled).toEqual(['node_watcher_trigger', 'clear_stale'])
  })

  it('keeps its seat and is admitted again when its node is back before that', async () => {
    const house = await houseWithLostHolder()
    await house.clock.advance(GRACE / 2)
    house.cluster.addNode(NODE_A)
    await house.clock.advance(GRACE)
    expect(house.registry.heldBy(NODE_A)).toEqual([VOLUME])
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_A) })
    expect(house.sink.take()).toEqual([])
    expect(house.telemetry.reconciled).toEqual(['node_watcher_trigger'])
  })

  it('keeps its seat when its node is back before it could be fenced, however long that took', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    house.sink.take()
    const goOn = house.appliance.script.hold('revoke')
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(1_000)
    house.cluster.addNode(NODE_A)
    await house.clock.advance(2 * GRACE)
    goOn()
    await house.clock.advance(1_000)
    expect(house.registry.heldBy(NODE_A)).toEqual([VOLUME])
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_A) })
    expect(house.sink.take()).toEqual([])
  })

  it('is admitted again although the appliance was away when its node came back', async () => {
    const house = await houseWithLostHolder()
    house.appliance.script.fail('allow', outage)
    house.cluster.addNode(NODE_A)
    await house.clock.advance(2 * GRACE)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_A) })
    expect(house.sink.take()).toEqual([])
  })

  it('is not cleared before it could be fenced', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    house.appliance.script.fail('revoke', outage, Infinity)
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(2 * GRACE)
    expect(house.registry.heldBy(NODE_A)).toEqual([VOLUME])
    expect(house.log.lines.filter(line => line.level === 'warn').length).toBeLessThan(25)
    house.appliance.script.mend('revoke')
    await house.clock.advance(5_500)
    expect(house.registry.held()).toBe(0)
  })

  it('is noticed although the watch missed that its node went', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    house.cluster.forgetNode(NODE_A)
    await house.clock.advance(250)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
    await house.clock.advance(GRACE)
    expect(house.registry.held()).toBe(0)
  })

  it('that was granted its seat while its node went is lost like any other', async () => {
    const house = await livingHouse()
    const go = house.appliance.script.hold('allow')
    const running = house.publish(NODE_A)
    await house.clock.advance(0)
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(0)
    go()
    await running
    await house.clock.advance(GRACE + 500)
    expect(house.registry.held()).toBe(0)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody', fenced: true })
  })

  it('may be unpublished before it is cleared; nothing is counted as cleared then', async () => {
    const house = await houseWithLostHolder()
    await house.unpublish(NODE_A)
    await house.publish(NODE_B)
    await house.clock.advance(2 * GRACE)
    expect(house.registry.heldBy(NODE_B)).toEqual([VOLUME])
    expect(house.telemetry.reconciled).toEqual(['node_watcher_trigger'])
    expect(house.log.lines.filter(line => line.level === 'warn')).toEqual([])
  })

  it('beside another one is not fenced, and is the loss of a migration when it is cleared', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    house.sink.take()
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(1_000)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'any' })
    await house.clock.advance(GRACE)
    expect(house.sink.take()).toMatchObject([
      { type: 'migration-failed', reason: 'source-lost' },
      { type: 'stale-attachment-cleared', node: NODE_A },
    ])
    expect(house.registry.get(VOLUME)).toMatchObject({ phase: 'attached', seat: { node: NODE_B }, fence: 'armed' })
  })

  it('of a migratable volume leaves an export for the next holder alone, and no second one', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A, migratable)
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(GRACE + 500)
    await house.publish(NODE_B, migratable)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_B), fenced: true })
    house.cluster.addNode(NODE_A)
    await expect(house.publish(NODE_A, migratable)).rejects.toMatchObject({
      kind: 'precondition',
      message: expect.stringMatching(/alone/),
    })
  })
})
