import { describe, expect, it } from 'vitest'
import type { Capability } from '../../src/domain/capability.ts'
import type { NodeId } from '../../src/domain/ids.ts'
import {
  type ControllerHouse,
  exclusive,
  GRACE,
  livingHouse,
  migratable,
  NODE_A,
  NODE_B,
  NODE_C,
  VOLUME,
} from '../support/controller-house.ts'

const accessOf = (capability: Capability) => (capability === migratable ? 'migratable' : 'exclusive')

/** The node holds the volume, and the cluster says so. */
async function attach(house: ControllerHouse, node: NodeId, capability: Capability): Promise<void> {
  const { attachedAt } = await house.publish(node, capability)
  house.cluster.put(house.record(node, attachedAt))
}

/** node-a held the volume, was lost and cleared; its record is still there. */
async function cleared(capability: Capability): Promise<ControllerHouse> {
  const house = await livingHouse()
  house.describe(accessOf(capability))
  await attach(house, NODE_A, capability)
  house.cluster.removeNode(NODE_A)
  await house.clock.advance(GRACE + 1000)
  expect(house.registry.held()).toBe(0)
  return house
}

const KINDS = [
  ['exclusive', exclusive],
  ['migratable', migratable],
] as const

describe('the loss of the last holder', () => {
  it.each(KINDS)(
    'of an %s volume is remembered over a restart: the old record holds nothing',
    async (_, capability) => {
      const former = await cleared(capability)
      const cuts = former.appliance.disks.get(VOLUME)?.cuts
      former.cluster.addNode(NODE_A)
      const house = await former.restart()
      await house.clock.advance(2 * GRACE)
      expect(house.registry.held()).toBe(0)
      expect(house.sink.take()).toEqual([])
      expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody', fenced: true })
      expect(house.appliance.disks.get(VOLUME)?.cuts).toBe(cuts)
    },
  )

  it.each(KINDS)('of an %s volume is not told again after a restart', async (_, capability) => {
    const house = await (await cleared(capability)).restart()
    await house.clock.advance(2 * GRACE)
    expect(house.sink.take()).toEqual([])
    expect(house.telemetry.reconciled).toEqual([])
  })

  it.each(KINDS)('of an %s volume is over when that node publishes it anew', async (_, capability) => {
    const former = await cleared(capability)
    former.cluster.addNode(NODE_A)
    const house = await former.restart()
    await attach(house, NODE_A, capability)
    const again = await house.restart()
    expect(again.registry.heldBy(NODE_A)).toEqual([VOLUME])
  })

  it('lets in the next holder alone, also after a restart in between and one after that', async () => {
    const house = await (await cleared(migratable)).restart()
    await attach(house, NODE_B, migratable)
    const alone = { to: 'host', host: house.hostOf(NODE_B), fenced: true }
    expect(house.appliance.admittedTo(VOLUME)).toEqual(alone)
    const again = await house.restart()
    await expect(again.publish(NODE_C, migratable)).rejects.toMatchObject({ kind: 'precondition' })
    expect(again.registry.heldBy(NODE_B)).toEqual([VOLUME])
    expect(again.registry.heldBy(NODE_A)).toEqual([])
    expect(again.appliance.admittedTo(VOLUME)).toEqual(alone)
  })

  it('is forgotten when the next holder has left', async () => {
    const house = await (await cleared(migratable)).restart()
    await house.publish(NODE_B, migratable)
    await house.unpublish(NODE_B)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
    await house.publish(NODE_C, migratable)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'any' })
  })

  it('does not make another access of the volume narrow', async () => {
    const house = await (await cleared(exclusive)).restart()
    await house.publish(NODE_B, exclusive)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_B) })
  })

  it('is remembered when the lost node is unpublished before it is cleared', async () => {
    const former = await livingHouse()
    former.describe('migratable')
    await attach(former, NODE_A, migratable)
    former.cluster.removeNode(NODE_A)
    await former.clock.advance(1000)
    await former.unpublish(NODE_A)
    const house = await former.restart()
    await house.publish(NODE_B, migratable)
    expect(house.appliance.admittedTo(VOLUME)).toMatchObject({ to: 'host', fenced: true })
  })

  it('stays remembered when the lost node is unpublished once more', async () => {
    const house = await (await cleared(migratable)).restart()
    await house.unpublish(NODE_A)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody', fenced: true })
  })

  it('is not remembered of a node that is back before it is cleared', async () => {
    const former = await livingHouse()
    former.describe('migratable')
    await attach(former, NODE_A, migratable)
    former.cluster.removeNode(NODE_A)
    await former.clock.advance(GRACE / 2)
    expect(former.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
    former.cluster.addNode(NODE_A)
    const house = await former.restart()
    await house.clock.advance(2 * GRACE)
    expect(house.registry.heldBy(NODE_A)).toEqual([VOLUME])
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'any' })
  })

  it('beside another holder is remembered from when that one has left', async () => {
    const former = await livingHouse()
    former.describe('migratable')
    await attach(former, NODE_A, migratable)
    await attach(former, NODE_B, migratable)
    former.cluster.removeNode(NODE_A)
    await former.clock.advance(GRACE + 1000)
    await former.unpublish(NODE_B)
    const house = await former.restart()
    expect(house.registry.held()).toBe(0)
    await house.publish(NODE_C, migratable)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_C), fenced: true })
  })

  it('lets nobody in by a record that the cluster confirms only after that', async () => {
    const former = await livingHouse()
    former.describe('migratable')
    const { attachedAt } = await former.publish(NODE_A, migratable)
    const late = former.record(NODE_A, attachedAt, { attached: false })
    former.cluster.put(late)
    former.cluster.removeNode(NODE_A)
    await former.clock.advance(GRACE + 1000)
    former.cluster.addNode(NODE_A)
    const house = await former.restart()
    house.cluster.put({ ...late, attached: true })
    await house.clock.advance(2 * GRACE)
    expect(house.registry.held()).toBe(0)
  })

  it('lets nobody in beside the next holder by a record that the cluster confirms only after that', async () => {
    const former = await livingHouse()
    former.describe('migratable')
    const { attachedAt } = await former.publish(NODE_A, migratable)
    const late = former.record(NODE_A, attachedAt, { attached: false })
    former.cluster.put(late)
    former.cluster.removeNode(NODE_A)
    await former.clock.advance(GRACE + 1000)
    former.cluster.addNode(NODE_A)
    await attach(former, NODE_B, migratable)
    const house = await former.restart()
    house.cluster.put({ ...late, attached: true })
    await house.clock.advance(2 * GRACE)
    expect(house.registry.heldBy(NODE_A)).toEqual([])
    expect(house.registry.heldBy(NODE_B)).toEqual([VOLUME])
  })

  it('lets nobody in whose seat was granted before it and is confirmed only after', async () => {
    const former = await livingHouse()
    former.describe('migratable')
    await attach(former, NODE_A, migratable)
    const { attachedAt } = await former.publish(NODE_B, migratable)
    const late = former.record(NODE_B, attachedAt, { attached: false })
    former.cluster.put(late)
    const house = await former.restart()
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(GRACE + 1000)
    expect(house.registry.held()).toBe(0)
    house.cluster.put({ ...late, attached: true })
    await house.clock.advance(1000)
    expect(house.registry.held()).toBe(0)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody', fenced: true })
  })

  it('is remembered for a second one too, that was alone by the first', async () => {
    const house = await cleared(migratable)
    await attach(house, NODE_B, migratable)
    house.cluster.removeNode(NODE_B)
    await house.clock.advance(GRACE + 1000)
    const again = await house.restart()
    await again.publish(NODE_C, migratable)
    expect(again.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_C), fenced: true })
  })
})

describe('an earlier loss', () => {
  it('is remembered while the next holder is lost too, so that its record holds nothing after a restart', async () => {
    const former = await cleared(migratable)
    await attach(former, NODE_B, migratable)
    former.cluster.removeNode(NODE_B)
    await former.clock.advance(1000)
    expect(former.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody', fenced: true })
    former.cluster.addNode(NODE_A)
    const house = await former.restart()
    await house.clock.advance(2 * GRACE)
    expect(house.registry.heldBy(NODE_A)).toEqual([])
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody', fenced: true })
  })

  it('beside the next holder is remembered from when that one is lost too', async () => {
    const former = await livingHouse()
    former.describe('migratable')
    await attach(former, NODE_A, migratable)
    await attach(former, NODE_B, migratable)
    former.cluster.removeNode(NODE_A)
    await former.clock.advance(GRACE + 1000)
    former.cluster.removeNode(NODE_B)
    await former.clock.advance(1000)
    former.cluster.addNode(NODE_A)
    const house = await former.restart()
    await house.clock.advance(2 * GRACE)
    expect(house.registry.heldBy(NODE_A)).toEqual([])
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody', fenced: true })
  })

  it('does not keep the next holder from coming back before it is cleared', async () => {
    const house = await cleared(migratable)
    await attach(house, NODE_B, migratable)
    house.cluster.removeNode(NODE_B)
    await house.clock.advance(GRACE / 2)
    house.cluster.addNode(NODE_B)
    await house.clock.advance(1000)
    expect(house.registry.heldBy(NODE_B)).toEqual([VOLUME])
    const alone = { to: 'host', host: house.hostOf(NODE_B), fenced: true }
    expect(house.appliance.admittedTo(VOLUME)).toEqual(alone)
  })
})

describe('both holders of a volume that are lost', () => {
  it('leave it to the one that is back alone, after the other was cleared', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(GRACE / 2)
    house.cluster.removeNode(NODE_B)
    await house.clock.advance(GRACE / 2 + 1000)
    expect(house.registry.heldBy(NODE_A)).toEqual([])
    house.cluster.addNode(NODE_B)
    await house.clock.advance(1000)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_B), fenced: true })
    await expect(house.publish(NODE_C, migratable)).rejects.toMatchObject({ kind: 'precondition' })
  })
})
