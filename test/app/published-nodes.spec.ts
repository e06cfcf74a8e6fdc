import { describe, expect, it } from 'vitest'
import type { HostNqn, NodeId } from '../../src/domain/ids.ts'
import {
  type ControllerHouse,
  exclusive,
  livingHouse,
  migratable,
  never,
  NODE_A,
  NODE_B,
  VOLUME,
} from '../support/controller-house.ts'

const published = async (house: ControllerHouse): Promise<readonly NodeId[]> => {
  const [one] = (await house.volumes.list({ max: 0, token: '' }, never)).items
  const { nodes } = await house.volumes.get(VOLUME, never)
  expect(one?.nodes ?? nodes).toEqual(nodes)
  return nodes
}

describe('an exclusive volume', () => {
  it('is published to the node that the appliance lets in', async () => {
    const house = await livingHouse()
    expect(await published(house)).toEqual([])
    await house.publish(NODE_A, exclusive)
    expect(await published(house)).toEqual([NODE_A])
  })

  it('is published to nobody once the appliance has forgotten its export', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A, exclusive)
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'nobody' }
    expect(await published(house)).toEqual([])
  })

  it('is published to whom it lets in by name, whoever holds it', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A, exclusive)
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'host', host: house.hostOf(NODE_B) as HostNqn }
    expect(await published(house)).toEqual([NODE_B])
    await house.unpublish(NODE_A)
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'host', host: house.hostOf(NODE_B) as HostNqn }
    expect(await published(house)).toEqual([NODE_B])
  })

  it('is published to nobody while it lets in a host that is no node', async () => {
    const house = await livingHouse()
    const host = 'nqn.2014-08.org.nvmexpress:uuid:00000000-0000-4000-8000-000000000000' as HostNqn
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'host', host }
    expect(await published(house)).toEqual([])
  })

  it('that lets in any host, as the older driver left it, is published to its holder', async () => {
    const house = await livingHouse()
    house.describe('exclusive')
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'any' }
    expect(await published(house)).toEqual([])
    house.cluster.put(house.record(NODE_A))
    const again = await house.restart()
    expect(await published(again)).toEqual([NODE_A])
  })
})

describe('a migratable volume', () => {
  it('is published to its holders as long as it is exported', async () => {
    const house = await livingHouse()
    house.describe('migratable')
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    expect(await published(house)).toEqual([NODE_A, NODE_B])
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'nobody' }
    expect(await published(house)).toEqual([])
  })

  it('is published to nobody while only a lost node holds it', async () => {
    const house = await livingHouse()
    house.describe('migratable')
    await house.publish(NODE_A, migratable)
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(1000)
    expect(await published(house)).toEqual([])
  })

  it('that is open to one host and held by nobody is published to nobody', async () => {
    const house = await livingHouse()
    house.describe('migratable')
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'host', host: house.hostOf(NODE_B) as HostNqn }
    expect(await published(house)).toEqual([])
  })
})
