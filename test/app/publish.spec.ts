import { describe, expect, it } from 'vitest'
import { StorageError } from '../../src/domain/errors.ts'
import {
  exclusive,
  livingHouse,
  migratable,
  never,
  NODE_A,
  NODE_B,
  NODE_C,
  TIMEOUT,
  VOLUME,
} from '../support/controller-house.ts'

const outage = new StorageError('unavailable', 'the appliance does not answer')

describe('publishing a volume', () => {
  it('lets the node in, keeps its seat and tells it', async () => {
    const house = await livingHouse()
    const grant = await house.publish(NODE_A)
    expect(grant).toMatchObject({ attachedAt: house.clock.now(), sharing: false, bytes: 1024 ** 3 })
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: grant.host.hostNqn })
    expect(house.sink.take()).toEqual([{ type: 'attached', node: NODE_A, beside: [] }])
  })

  it('is the same when it is repeated, first time included, and tells nothing twice', async () => {
    const house = await livingHouse()
    const first = await house.publish(NODE_A)
    await house.clock.advance(5_000)
    house.sink.take()
    const changes = house.appliance.changes.length
    expect(await house.publish(NODE_A)).toEqual(first)
    expect(house.sink.take()).toEqual([])
    expect(house.appliance.changes.length).toBe(changes)
  })

  it('keeps no seat and tells no attachment when the appliance fails', async () => {
    const house = await livingHouse()
    house.appliance.script.fail('allow', outage)
    await expect(house.publish(NODE_A)).rejects.toThrow(outage.message)
    expect(house.registry.get(VOLUME).phase).toBe('detached')
    expect(house.sink.take()).toEqual([{ type: 'attach-failed', node: NODE_A, why: outage.message }])
    await house.publish(NODE_A)
    expect(house.sink.take()).toMatchObject([{ type: 'attached' }])
  })

  it.each([
    ['volume', { volume: 'pvc-00000000-0000-4000-8000-000000000000' }, 'not-found'],
    ['node', { node: 'node-z' }, 'not-found'],
  ])('refuses an unknown %s', async (_, wrong, kind) => {
    const house = await livingHouse()
    const wanted = {
      volume: VOLUME,
      node: NODE_A,
      capability: exclusive,
      readOnly: false,
      migrationTimeout: TIMEOUT,
      ...(wrong as object),
    }
    await expect(house.attachments.publish(wanted, never)).rejects.toMatchObject({ kind })
    expect(house.appliance.changes).toEqual([])
  })

  it('refuses a second node for an exclusive volume, however much time passes', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    await house.clock.advance(20 * 60_000)
    house.sink.take()
    await expect(house.publish(NODE_B)).rejects.toMatchObject({
      kind: 'precondition',
      message: expect.stringMatching(/node-a/),
    })
    expect(house.sink.take()).toMatchObject([{ type: 'attachment-refused', node: NODE_B }])
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'host', host: house.hostOf(NODE_A) })
  })

  it('refuses other terms for the holder', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    await expect(house.publish(NODE_A, migratable)).rejects.toMatchObject({ kind: 'conflict' })
  })

  it('refuses a capability that destroys data before anything is asked', async () => {
    const house = await livingHouse()
    const shared = { use: 'filesystem', mode: 'MULTI_NODE_MULTI_WRITER', fsType: 'ext4', mountFlags: [] } as const
    await expect(house.publish(NODE_A, shared)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(/DATA CORRUPTION/),
    })
    expect(house.appliance.script.count('find')).toBe(0)
  })

  it('refuses what overlaps on one volume, and nothing else', async () => {
    const house = await livingHouse()
    const go = house.appliance.script.hold('allow')
    const running = house.publish(NODE_A)
    await expect(house.unpublish(NODE_A)).rejects.toMatchObject({ kind: 'busy' })
    go()
    await running
  })

  it('ends an open export that no seat justified before it lets a node in', async () => {
    const house = await livingHouse()
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'any' }
    await house.publish(NODE_A, migratable)
    expect(house.appliance.changes.slice(-2)).toEqual([`revoke ${VOLUME}`, `allow ${VOLUME}`])
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'any' })
  })
})

describe('a live migration', () => {
  it('starts with the second publish, without touching the export, and completes when the source leaves', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A, migratable)
    const changes = house.appliance.changes.length
    await house.clock.advance(1_000)
    await house.publish(NODE_B, migratable)
    expect(house.registry.running()).toBe(1)
    await house.clock.advance(45_000)
    house.sink.take()
    await house.unpublish(NODE_A)
    expect(house.appliance.changes.length).toBe(changes)
    expect(house.sink.facts).toMatchObject([
      { type: 'migration-completed', source: NODE_A, target: NODE_B, took: 45_000 },
      { type: 'detached', node: NODE_A, partial: true, quiet: true },
    ])
    expect(house.sink.told[0]?.about).toMatchObject({ volume: VOLUME, holders: [{ node: NODE_B }] })
    expect(house.registry.running()).toBe(0)
  })

  it('is rolled back when the target leaves', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    house.sink.take()
    await house.unpublish(NODE_B)
    expect(house.sink.take()).toMatchObject([{ type: 'migration-failed', reason: 'target-left' }, { type: 'detached' }])
    expect(house.appliance.admittedTo(VOLUME)).toEqual({ to: 'any' })
  })

  it('refuses a third node while two stay, and lets it in when the source is leaving', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    await expect(house.publish(NODE_C, migratable)).rejects.toMatchObject({
      kind: 'precondition',
      message: expect.stringMatching(/third/),
    })
    house.cluster.put(house.record(NODE_A, house.clock.now(), { leaving: house.clock.now() }))
    await house.clock.advance(0)
    house.sink.take()
    await house.publish(NODE_C, migratable)
    expect(house.sink.take()).toMatchObject([
      { type: 'migration-completed', source: NODE_A, target: NODE_B },
      { type: 'migration-started', source: NODE_B, target: NODE_C },
    ])
  })

  it('times out by timer, once, and is not counted again', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    house.sink.take()
    await house.clock.advance(TIMEOUT - 1_000)
    expect(house.sink.take()).toEqual([])
    await house.clock.advance(1_500)
    expect(house.sink.take()).toMatchObject([{ type: 'migration-timed-out', source: NODE_A, took: TIMEOUT }])
    expect(house.registry.running()).toBe(0)
    await house.unpublish(NODE_A)
    expect(house.sink.take()).toMatchObject([{ type: 'detached', node: NODE_A, partial: true, quiet: false }])
  })

  it('times out although a request on another volume hangs', async () => {
    const house = await livingHouse()
    const other = 'pvc-99999999-2222-4333-8444-555555555555' as typeof VOLUME
    house.seed(other)
    await house.publish(NODE_A, migratable)
    await house.publish(NODE_B, migratable)
    const stuck = { volume: other, capability: migratable, readOnly: false, migrationTimeout: 100 }
    await house.attachments.publish({ ...stuck, node: NODE_A }, never)
    await house.attachments.publish({ ...stuck, node: NODE_B }, never)
    const go = house.appliance.script.hold('admitted')
    const hanging = house.attachments.unpublish(other, NODE_A, never)
    await house.clock.advance(TIMEOUT + 500)
    expect(house.sink.types).toContain('migration-timed-out')
    go()
    await hanging
  })
})
