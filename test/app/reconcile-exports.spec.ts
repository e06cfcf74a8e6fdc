import { describe, expect, it } from 'vitest'
import { StorageError } from '../../src/domain/errors.ts'
import type { HostNqn, VolumeId } from '../../src/domain/ids.ts'
import type { Admitted } from '../../src/ports/host-access.ts'
import {
  type ControllerHouse,
  GRACE,
  livingHouse,
  migratable,
  never,
  NODE_A,
  NODE_B,
  VOLUME,
} from '../support/controller-house.ts'

const INTERVAL = 300_000
const stranger = { to: 'host', host: 'nqn.2014-08.org.nvmexpress:uuid:stranger' as HostNqn } as const

describe('an export', () => {
  it('that no seat justifies goes off after the grace period', async () => {
    const house = await livingHouse()
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'any' }
    await house.clock.advance(INTERVAL + GRACE / 2)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'any' })
    await house.clock.advance(GRACE)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
  })

  it('that is justified in time stays', async () => {
    const house = await livingHouse()
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'any' }
    await house.clock.advance(INTERVAL)
    await house.publish(NODE_A, migratable)
    await house.clock.advance(2 * INTERVAL)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'any' })
  })

  it('that the appliance forgot is turned on again', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'nobody' }
    await house.clock.advance(INTERVAL + 250)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_A) })
  })

  it('that lets a stranger in goes off and on for the holder', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    house.appliance.disks.get(VOLUME)!.admitted = stranger
    await house.clock.advance(INTERVAL + 250)
    expect(house.appliance.changes.slice(-2)).toEqual([`revoke ${VOLUME}`, `allow ${VOLUME}`])
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_A) })
  })

  it('that is wider than wanted is left alone', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'any' }
    await house.clock.advance(2 * INTERVAL)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'any' })
  })

  it('of a lost holder stays off', async () => {
    const house = await livingHouse({ settings: { grace: 10 * INTERVAL } })
    await house.publish(NODE_A)
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(3 * INTERVAL)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
  })

  it('that the appliance forgot is on again for who is left beside a lost holder, alone', async () => {
    const house = await livingHouse({ settings: { grace: 10 * INTERVAL } })
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(1000)
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'nobody' }
    await house.clock.advance(INTERVAL + 250)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_B) })
  })

  it('of a lost holder that somebody turned on goes off again', async () => {
    const house = await livingHouse({ settings: { grace: 10 * INTERVAL } })
    await house.publish(NODE_A, migratable)
    house.cluster.removeNode(NODE_A)
    await house.clock.advance(1000)
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'any' }
    await house.clock.advance(INTERVAL + 250)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
    expect(house.registry.heldBy(NODE_A)).toEqual([VOLUME])
  })

  it('that cannot be mended keeps no other from being mended', async () => {
    const house = await livingHouse()
    const other = 'pvc-00000000-2222-4333-8444-555555555555' as VolumeId
    house.seed(other)
    await house.publish(NODE_A)
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'nobody' }
    house.appliance.disks.get(other)!.admitted = { to: 'any' }
    house.appliance.script.fail('allow', new StorageError('internal', 'refused'), Infinity)
    await house.clock.advance(INTERVAL + 3 * GRACE)
    expect(house.appliance.admittedTo(other)).toEqual({ to: 'nobody' })
    house.appliance.script.mend('allow')
    await house.clock.advance(INTERVAL)
    expect(house.appliance.admittedTo(VOLUME)).toMatchObject({ to: 'host' })
  })
})

describe('a volume that no listing shows and that is still exported', () => {
  /** As the older driver leaves its volumes. */
  async function houseWithOldExport() {
    const house = await livingHouse()
    house.appliance.backend.list = async () => []
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'any' }
    return house
  }

  it('can be deleted once its export has been off for a grace period after the first try', async () => {
    const house = await houseWithOldExport()
    await expect(house.volumes.remove(VOLUME, never)).rejects.toMatchObject({ kind: 'precondition' })
    await house.clock.advance(GRACE / 2)
    await expect(house.volumes.remove(VOLUME, never)).rejects.toMatchObject({ kind: 'precondition' })
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'any' })
    await house.clock.advance(GRACE)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
    await house.volumes.remove(VOLUME, never)
    expect(house.appliance.disks.size).toBe(0)
  })

  it('does not grow before that', async () => {
    const house = await houseWithOldExport()
    const range = { required: 2 * 1024 ** 3, limit: 0 }
    await expect(house.changes.expand(VOLUME, range, never)).rejects.toMatchObject({ kind: 'precondition' })
    await house.clock.advance(2 * GRACE)
    expect(await house.changes.expand(VOLUME, range, never)).toMatchObject({ bytes: range.required })
  })
})

describe('a publish whose export came about although it failed', () => {
  it('leaves it open no longer than a grace period', async () => {
    const house = await livingHouse()
    const allow = house.appliance.hosts.allow.bind(house.appliance.hosts)
    house.appliance.hosts.allow = async (...wanted) => {
      await allow(...wanted)
      throw new StorageError('unavailable', 'the reply was lost')
    }
    await expect(house.publish(NODE_A, migratable)).rejects.toMatchObject({ kind: 'unavailable' })
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'any' })
    await house.clock.advance(GRACE + 1000)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
  })
})

describe('an appliance that was restarted', () => {
  /** It was away, and what it exported is as it is told. */
  async function comesBack(house: ControllerHouse, admitted: Admitted): Promise<void> {
    house.appliance.link.cut()
    await house.clock.advance(10_000)
    house.appliance.disks.get(VOLUME)!.admitted = admitted
    house.appliance.link.restore()
    await house.clock.advance(250)
  }

  it('and forgot an export has it on again as soon as the link is back', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    await comesBack(house, { to: 'nobody' })
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_A) })
  })

  it('and forgot nothing is left alone', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A, migratable)
    const changes = house.appliance.changes.length
    await comesBack(house, { to: 'any' })
    expect(house.appliance.changes.slice(changes)).toEqual([])
    expect(house.appliance.disks.get(VOLUME)?.cuts).toBe(0)
  })

  it('is asked again and again while its pool is not there, less often each time', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    house.appliance.script.fail('list', new StorageError('unavailable', 'the pool is not mounted'), 3)
    await comesBack(house, { to: 'nobody' })
    await house.clock.advance(1000)
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'nobody' })
    await house.clock.advance(6500)
    expect(house.appliance.admittedTo(VOLUME)).toMatchObject({ to: 'host' })
  })
})
