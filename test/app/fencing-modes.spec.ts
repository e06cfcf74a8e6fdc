import { describe, expect, it } from 'vitest'
import { StorageError } from '../../src/domain/errors.ts'
import { FencingCensus } from '../../src/ports/fencing-census.ts'
import {
  type ControllerHouse,
  exclusive,
  GRACE,
  type HouseOptions,
  INSTALLATION,
  livingHouse,
  migratable,
  never,
  NODE_A,
  NODE_B,
  NODE_C,
  VOLUME,
} from '../support/controller-house.ts'

const INTERVAL = 300_000
const host = (house: ControllerHouse, node: typeof NODE_A) => ({ to: 'host', host: house.hostOf(node) })
const admitted = (house: ControllerHouse) => house.appliance.admittedTo(VOLUME)
const cuts = (house: ControllerHouse) => house.appliance.disks.get(VOLUME)?.cuts
const unfenced = (house: ControllerHouse) => house.container.get<FencingCensus>(FencingCensus).unfenced()

async function houseOf(settings: NonNullable<HouseOptions['settings']>): Promise<ControllerHouse> {
  const house = await livingHouse({ settings })
  house.describe('migratable')
  return house
}

describe('an export that is never touched under a holder', () => {
  it('counts the volumes that a lost node may reach still, until they were detached once', async () => {
    const house = await houseOf({ fencing: 'export' })
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    expect(unfenced(house)).toBe(0)
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(1000)
    expect(unfenced(house)).toBe(1)
    await house.clock.advance(GRACE)
    expect(house.registry.heldBy(NODE_A)).toEqual([])
    expect(unfenced(house)).toBe(1)
    await house.unpublish(NODE_B)
    expect(unfenced(house)).toBe(0)
  })

  it('is not counted where it went off between the loss and the one who is back', async () => {
    const house = await houseOf({ fencing: 'export' })
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    house.cluster.removeNode(NODE_A)
    house.cluster.removeNode(NODE_B)
    await house.clock.advance(GRACE - 1000)
    house.cluster.addNode(NODE_B)
    await house.clock.advance(3000)
    expect(house.registry.heldBy(NODE_B)).toEqual([VOLUME])
    expect(unfenced(house)).toBe(0)
  })
})

describe('an export that is narrowed while it is live', () => {
  it('lets in the one holder alone, any host while there are two, and the target alone after that', async () => {
    const house = await houseOf({ fencing: 'narrow' })
    await house.publish(NODE_A, migratable)
    expect(admitted(house)).toEqual(host(house, NODE_A))
    await house.publish(NODE_B, migratable)
    expect(admitted(house)).toEqual({ to: 'any' })
    await house.unpublish(NODE_A)
    expect(admitted(house)).toEqual(host(house, NODE_B))
    expect(cuts(house)).toBe(0)
    await house.unpublish(NODE_B)
    expect(admitted(house)).toEqual({ to: 'nobody' })
  })

  it('lets in exactly two where it takes a list', async () => {
    const house = await houseOf({ fencing: 'narrow', hostLists: true })
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    expect(admitted(house)).toEqual({ to: 'hosts', hosts: [house.hostOf(NODE_A), house.hostOf(NODE_B)] })
    await house.unpublish(NODE_A)
    expect(admitted(house)).toEqual(host(house, NODE_B))
    expect(cuts(house)).toBe(0)
  })

  it('is rebuilt with a migration that goes on, and takes a second holder after a restart', async () => {
    const former = await houseOf({ fencing: 'narrow' })
    const { attachedAt } = await former.publish(NODE_A, migratable)
    former.cluster.put(former.record(NODE_A, attachedAt))
    const house = await former.restart()
    await house.clock.advance(1000)
    await house.publish(NODE_B, migratable)
    expect(house.registry.running()).toBe(1)
    expect(admitted(house)).toEqual({ to: 'any' })
    expect(cuts(house)).toBe(0)
  })

  it('is mended where somebody widened it', async () => {
    const house = await houseOf({ fencing: 'narrow' })
    await house.publish(NODE_A, migratable)
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'any' }
    await house.clock.advance(INTERVAL + 250)
    expect(admitted(house)).toEqual(host(house, NODE_A))
    expect(cuts(house)).toBe(0)
  })

  it('lets a lost holder in no more, though its session may go on, and is counted', async () => {
    const house = await houseOf({ fencing: 'narrow' })
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(1000)
    expect(admitted(house)).toEqual(host(house, NODE_B))
    expect(cuts(house)).toBe(0)
    expect(unfenced(house)).toBe(1)
  })

  it('of a volume that was open before the mode was chosen is narrowed to its holder', async () => {
    const former = await houseOf({ fencing: 'export' })
    const { attachedAt } = await former.publish(NODE_A, migratable)
    former.cluster.put(former.record(NODE_A, attachedAt))
    const house = await former.restart({ fencing: 'narrow' })
    await house.clock.advance(500)
    expect(admitted(house)).toEqual(host(house, NODE_A))
    const back = await house.restart({ fencing: 'export' })
    await back.clock.advance(INTERVAL + 500)
    expect(admitted(back)).toEqual(host(back, NODE_A))
    await expect(back.publish(NODE_B, migratable)).rejects.toMatchObject({ kind: 'precondition' })
    expect(cuts(back)).toBe(0)
  })

  it('after a loss lets in the next holder alone and no second one, over restarts', async () => {
    const former = await houseOf({ fencing: 'narrow' })
    const first = await former.publish(NODE_A, migratable)
    former.cluster.put(former.record(NODE_A, first.attachedAt))
    former.cluster.removeNode(NODE_A)
    await former.clock.advance(GRACE + 1000)
    const second = await former.publish(NODE_B, migratable)
    former.cluster.put(former.record(NODE_B, second.attachedAt))
    former.cluster.addNode(NODE_A)
    const house = await former.restart()
    await expect(house.publish(NODE_C, migratable)).rejects.toMatchObject({ kind: 'precondition' })
    expect(house.registry.heldBy(NODE_A)).toEqual([])
  })
})

describe('a volume behind the firewall', () => {
  const ADDRESSES = new Map([
    [NODE_A, ['10.0.0.1']],
    [NODE_B, ['10.0.0.2', '10.1.0.2']],
  ])
  const through = (house: ControllerHouse) => [...(house.appliance.firewall?.get(VOLUME)?.keys() ?? [])]

  async function walled(): Promise<ControllerHouse> {
    const house = await houseOf({ fencing: 'firewall' })
    house.appliance.firewall = new Map()
    for (const [node, addresses] of ADDRESSES) house.cluster.place(node, ...addresses)
    return house.restart()
  }

  it('can be reached by its holders alone, on a port of its own', async () => {
    const house = await walled()
    expect(house.appliance.isWalled).toBe(true)
    const grant = await house.publish(NODE_A, migratable)
    expect(grant.port).toBe(4500)
    expect(through(house)).toEqual(['10.0.0.1'])
    await house.publish(NODE_B, migratable)
    expect(through(house)).toEqual(['10.0.0.1', '10.0.0.2', '10.1.0.2'])
    await house.unpublish(NODE_A)
    expect(through(house)).toEqual(['10.0.0.2', '10.1.0.2'])
    expect([admitted(house), cuts(house)]).toEqual([{ to: 'any' }, 0])
    await house.unpublish(NODE_B)
    expect(house.appliance.firewall?.size).toBe(0)
  })

  it('is open before its export is on, and closed after that is off', async () => {
    const house = await walled()
    await house.publish(NODE_A, exclusive)
    await house.unpublish(NODE_A)
    const order = house.appliance.script.calls.filter(call => /^(admit|allow|revoke|close) /.test(call))
    expect(order.slice(-4).map(call => call.split(' ')[0])).toEqual(['admit', 'allow', 'revoke', 'close'])
  })

  it('keeps a lost holder out at once, and does not cut the other', async () => {
    const house = await walled()
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(1000)
    expect(through(house)).toEqual(['10.0.0.2', '10.1.0.2'])
    expect([unfenced(house), cuts(house)]).toEqual([0, 0])
    expect(house.log.lines.filter(line => line.level === 'warn')).toEqual([])
    house.cluster.addNode(NODE_A)
    await house.clock.advance(1000)
    expect(through(house)).toEqual(['10.0.0.2', '10.1.0.2', '10.0.0.1'])
  })

  it('is not given to a node of which no address is known', async () => {
    const house = await walled()
    await expect(house.publish(NODE_C, migratable)).rejects.toMatchObject({ kind: 'precondition' })
    expect(house.registry.held()).toBe(0)
    expect(admitted(house)).toEqual({ to: 'nobody' })
  })

  it('keeps a holder whose address is not known for a while, and lets a new one in beside the old', async () => {
    const house = await walled()
    await house.publish(NODE_A, migratable)
    house.cluster.place(NODE_A)
    await house.clock.advance(INTERVAL + 500)
    expect(through(house)).toEqual(['10.0.0.1'])
    house.cluster.place(NODE_A, '10.0.0.9')
    await house.clock.advance(INTERVAL + 500)
    expect(through(house)).toEqual(['10.0.0.1', '10.0.0.9'])
  })

  it('has its rules again when they were lost, before the others are shut out', async () => {
    const house = await walled()
    const { attachedAt } = await house.publish(NODE_A, migratable)
    house.cluster.put(house.record(NODE_A, attachedAt))
    const seen: string[][] = []
    const { network } = house.appliance
    const secure = network.secure.bind(network)
    network.secure = async signal => {
      seen.push(through(house))
      await secure(signal)
    }
    house.appliance.firewall?.clear()
    await house.clock.advance(INTERVAL + 500)
    house.appliance.firewall?.clear()
    house.appliance.link.cut()
    await house.clock.advance(1000)
    house.appliance.link.restore()
    await house.clock.advance(500)
    house.appliance.firewall?.clear()
    await house.restart()
    expect(seen.slice(-3)).toEqual([['10.0.0.1'], ['10.0.0.1'], ['10.0.0.1']])
    expect(cuts(house)).toBe(0)
  })

  it('is not closed to others as long as a holder could not be let through', async () => {
    const house = await walled()
    await house.publish(NODE_A, migratable)
    house.appliance.firewall?.clear()
    house.appliance.isWalled = false
    house.appliance.script.fail('admit', new StorageError('internal', 'refused'), Infinity)
    await house.clock.advance(INTERVAL + 500)
    expect(house.appliance.isWalled).toBe(false)
    house.appliance.script.mend('admit')
    await house.clock.advance(INTERVAL + 500)
    expect([house.appliance.isWalled, through(house)]).toEqual([true, ['10.0.0.1']])
  })

  it('keeps its rules while a grace period runs for its export', async () => {
    const house = await walled()
    await house.publish(NODE_A, migratable)
    const again = await house.restart()
    await again.clock.advance(GRACE / 2)
    expect(again.registry.held()).toBe(0)
    expect([admitted(again), through(again)]).toEqual([{ to: 'any' }, ['10.0.0.1']])
    await again.clock.advance(GRACE)
    expect([admitted(again), through(again)]).toEqual([{ to: 'nobody' }, []])
  })

  it('loses rules that nobody needs', async () => {
    const house = await walled()
    house.appliance.firewall?.set(VOLUME, new Map([['10.0.0.7', NODE_C]]))
    await house.clock.advance(INTERVAL + 500)
    expect(house.appliance.firewall?.size).toBe(0)
  })

  it('that was attached before the mode was chosen is left alone and counted, until it is detached', async () => {
    const former = await houseOf({ fencing: 'export' })
    for (const node of [NODE_A, NODE_B]) {
      const { attachedAt } = await former.publish(node, migratable)
      former.cluster.put(former.record(node, attachedAt))
      former.cluster.place(node, ...(ADDRESSES.get(node) ?? []))
      await former.clock.advance(1000)
    }
    former.appliance.firewall = new Map()
    former.appliance.onCommonPort.add(VOLUME)
    const house = await former.restart({ fencing: 'firewall' })
    await house.clock.advance(INTERVAL + 500)
    expect(house.appliance.firewall?.size).toBe(0)
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(1000)
    expect([unfenced(house), cuts(house)]).toEqual([1, 0])
  })

  it('is told with its port although another mode was chosen since', async () => {
    const former = await walled()
    const { attachedAt } = await former.publish(NODE_A, migratable)
    former.cluster.put(former.record(NODE_A, attachedAt))
    const house = await former.restart({ fencing: 'export' })
    await house.clock.advance(1000)
    expect(await house.publish(NODE_B, migratable)).toMatchObject({ port: 4500 })
    expect(INSTALLATION.nvmePort).not.toBe(4500)
    expect(cuts(house)).toBe(0)
  })

  it('ends an export that nobody justifies after the grace period, and its rules with it', async () => {
    const house = await walled()
    await house.publish(NODE_A, exclusive)
    house.appliance.script.fail('revoke', new Error('crash'))
    await house.attachments.unpublish(VOLUME, NODE_A, never).catch(() => undefined)
    const again = await house.restart()
    await again.clock.advance(2 * GRACE)
    expect(admitted(again)).toEqual({ to: 'nobody' })
    expect(again.appliance.firewall?.size).toBe(0)
  })
})
