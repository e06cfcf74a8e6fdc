import { describe, expect, it } from 'vitest'
import { StorageError } from '../../src/domain/errors.ts'
import {
  type ControllerHouse,
  GRACE,
  type HouseOptions,
  livingHouse,
  migratable,
  NODE_A,
  NODE_B,
  NODE_C,
  VOLUME,
} from '../support/controller-house.ts'

const INTERVAL = 300_000
const admitted = (house: ControllerHouse) => house.appliance.admittedTo(VOLUME)
const cuts = (house: ControllerHouse) => house.appliance.disks.get(VOLUME)?.cuts
const host = (house: ControllerHouse, node: typeof NODE_A) => ({ to: 'host', host: house.hostOf(node) })

/** Both hold the volume, and the cluster says so. */
async function migrating(settings: NonNullable<HouseOptions['settings']> = {}): Promise<ControllerHouse> {
  const house = await livingHouse({ settings })
  house.describe('migratable')
  for (const node of [NODE_A, NODE_B]) {
    const { attachedAt } = await house.publish(node, migratable)
    house.cluster.put(house.record(node, attachedAt))
    await house.clock.advance(1000)
  }
  return house
}

/** Nobody gets in, and nobody can be let in. */
function disable({ appliance }: ControllerHouse): void {
  appliance.disks.get(VOLUME)!.admitted = { to: 'nobody' }
  appliance.script.fail('allow', new StorageError('precondition', 'the disk is disabled'), Infinity)
}

describe('one of two holders of a volume', () => {
  it.each(['gone from the appliance', 'disabled there'])('can leave although the volume is %s', async trouble => {
    const house = await migrating()
    if (trouble === 'disabled there') disable(house)
    else house.appliance.disks.delete(VOLUME)
    await house.unpublish(NODE_A)
    expect(house.registry.heldBy(NODE_A)).toEqual([])
    expect(house.registry.heldBy(NODE_B)).toEqual([VOLUME])
    await house.unpublish(NODE_B)
    expect(house.registry.held()).toBe(0)
  })

  it('that is lost is cleared although the volume is gone from the appliance', async () => {
    const house = await migrating()
    house.appliance.disks.delete(VOLUME)
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(GRACE + 1000)
    expect(house.registry.heldBy(NODE_A)).toEqual([])
  })

  it('does not leave while the one who stays could be let in by the next try', async () => {
    const house = await migrating()
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'nobody' }
    house.appliance.script.fail('allow', new StorageError('unavailable', 'the link is being made'))
    await expect(house.unpublish(NODE_A)).rejects.toMatchObject({ kind: 'unavailable' })
    await house.unpublish(NODE_A)
    expect(admitted(house)).toEqual({ to: 'any' })
  })

  it('does not leave while it may still be let in', async () => {
    const house = await migrating({ fencing: 'firewall' })
    house.appliance.script.fail('admitted', new StorageError('precondition', 'refused'))
    await expect(house.unpublish(NODE_A)).rejects.toMatchObject({ kind: 'precondition' })
    expect(house.registry.heldBy(NODE_A)).toEqual([VOLUME])
    await house.unpublish(NODE_A)
  })

  it('does not leave while it is not known that it is shut out', async () => {
    const house = await migrating()
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'nobody' }
    house.appliance.link.breakAfter(0, 'undone')
    await expect(house.unpublish(NODE_A)).rejects.toMatchObject({ kind: 'unavailable' })
    expect(house.registry.heldBy(NODE_A)).toEqual([VOLUME])
  })
})

describe('a list of hosts that an export lets in', () => {
  const listed = { fencing: 'narrow', hostLists: true } as const

  it('cuts nobody when one of them leaves after the mode was given up', async () => {
    const former = await migrating(listed)
    const house = await former.restart({ fencing: 'export', hostLists: false })
    await house.unpublish(NODE_A)
    expect(house.registry.heldBy(NODE_B)).toEqual([VOLUME])
    expect(cuts(house)).toBe(0)
    await house.clock.advance(INTERVAL + 500)
    expect(cuts(house)).toBe(0)
  })

  it('is narrowed to the one who is left where the other went while nobody watched', async () => {
    const former = await migrating(listed)
    await former.stop()
    const record = former.cluster.attachments().find(({ node }) => node === NODE_A)
    former.cluster.delete(record!)
    const house = await former.restart()
    await house.clock.advance(INTERVAL + 500)
    expect(admitted(house)).toEqual(host(house, NODE_B))
    expect(cuts(house)).toBe(0)
  })

  it('cuts nobody where a host of others was put into it', async () => {
    const house = await migrating(listed)
    await house.unpublish(NODE_A)
    house.appliance.disks.get(VOLUME)!.admitted = {
      to: 'hosts',
      hosts: [house.hostOf(NODE_B), house.hostOf(NODE_C)] as never,
    }
    await house.publish(NODE_A, migratable)
    expect(admitted(house)).toEqual({ to: 'hosts', hosts: [house.hostOf(NODE_B), house.hostOf(NODE_A)] })
    expect(cuts(house)).toBe(0)
  })
})
