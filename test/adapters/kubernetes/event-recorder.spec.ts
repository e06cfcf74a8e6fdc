import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fact } from '../../../src/domain/facts.ts'
import { after, nodeId } from '../../../src/domain/ids.ts'
import { about, completed, eventsOf, nodeA, noon, openEventRig, refused, started } from './event-rig.ts'
import { CLAIM } from './objects.ts'
import { type Rig, until } from './rig.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openEventRig()
})
afterEach(() => rig.close())

const posted = async () => {
  await rig.connection.idle()
  return eventsOf(rig)
}
const posts = () => rig.server.faults.requestsOf({ resource: 'events', verb: 'create' })
const attached = (took: number) => [{ type: 'attached', node: nodeA, beside: [] } as Fact, about({ took })] as const

describe('what happens again', () => {
  it('is one series that counts', async () => {
    for (let times = 1; times <= 3; times += 1) {
      rig.events.publish(refused, about({ at: after(noon, times * 1000) }))
      await rig.connection.idle()
    }
    const [event, ...others] = await posted()
    expect(others).toEqual([])
    expect(event?.series?.count).toBe(3)
    expect(new Date(event?.series?.lastObservedTime ?? 0).getTime()).toBe(after(noon, 3000))
    expect(rig.recorder.counts.posted).toBe(3)
  })

  it('while it waits is counted too, with one request', async () => {
    for (let times = 0; times < 50; times += 1) rig.events.publish(refused, about())
    const [event, ...others] = await posted()
    expect([others.length, event?.series?.count, posts().length]).toEqual([0, 50, 1])
  })

  it('starts a new series when the old one is gone', async () => {
    rig.events.publish(refused, about())
    const [first] = await posted()
    rig.server.store.remove('events', first?.metadata.name ?? '', CLAIM.namespace)
    rig.events.publish(refused, about())
    const [second, ...others] = await posted()
    expect(others).toEqual([])
    expect(second?.metadata.name).not.toBe(first?.metadata.name)
    expect(second?.series).toBeUndefined()
  })

  it('with another text is another event', async () => {
    for (const took of [1, 2, 3]) rig.events.publish(...attached(took))
    expect(await posted()).toHaveLength(3)
  })
})

describe('a failing API server', () => {
  it('holds nobody up, and is counted and logged without the token', async () => {
    rig.server.faults.add({ resource: 'events', fault: { kind: 'status', code: 503, message: rig.server.token } })
    const began = performance.now()
    for (const fact of [refused, started, completed]) rig.events.publish(fact, about())
    expect(performance.now() - began).toBeLessThan(100)
    await rig.connection.idle()
    expect(rig.recorder.counts).toEqual({ posted: 0, failed: 3, dropped: 0 })
    expect(rig.log.lines.filter(({ message }) => message === 'an event could not be posted')).toHaveLength(3)
    expect(rig.telemetry.observations).toEqual([])
    expect(JSON.stringify(rig.log.lines)).not.toContain(rig.server.token)
  })

  it.each([
    { kind: 'status', code: 500 },
    { kind: 'status', code: 429 },
    { kind: 'reset' },
    { kind: 'lose-reply' },
  ] as const)('that is well again after $kind $code gets what waited, once', async fault => {
    rig.server.faults.add({ resource: 'events', fault, times: 2 })
    rig.events.publish(started, about())
    rig.events.publish(completed, about())
    expect((await posted()).map(({ reason }) => String(reason)).toSorted()).toEqual([
      'MigrationCompleted',
      'MigrationStarted',
    ])
    expect(rig.recorder.counts).toEqual({ posted: 2, failed: 0, dropped: 0 })
  })

  it('that takes a token for expired is asked again for a migration, and only for that', async () => {
    rig.server.faults.add({
      resource: 'events',
      fault: { kind: 'status', code: 401, reason: 'Unauthorized' },
      times: 3,
    })
    rig.events.publish(started, about())
    await rig.connection.idle()
    expect([posts().length, rig.recorder.counts.posted]).toEqual([4, 1])
    rig.server.faults.add({ resource: 'events', fault: { kind: 'status', code: 401, reason: 'Unauthorized' } })
    rig.events.publish(refused, about())
    await rig.connection.idle()
    expect([posts().length, rig.recorder.counts.failed]).toEqual([5, 1])
  })

  it('is not asked twice for what it refuses', async () => {
    rig.server.faults.add({ resource: 'events', fault: { kind: 'status', code: 403, reason: 'Forbidden' } })
    rig.events.publish(started, about())
    await rig.connection.idle()
    expect([posts().length, rig.recorder.counts.failed]).toEqual([1, 1])
  })
})

describe('very many events', () => {
  it('are bounded: the oldest of the ordinary ones are left out, never those of migrations', async () => {
    const end = rig.server.faults.add({ resource: 'events', fault: { kind: 'status', code: 503 } })
    for (let index = 0; index < 1200; index += 1) rig.events.publish(...attached(index))
    rig.events.publish(started, about())
    rig.events.publish(completed, about())
    expect(rig.recorder.counts.dropped).toBe(202)
    end()
    await until('the migration is told', () => rig.recorder.counts.posted >= 2)
    const reasons = (await eventsOf(rig)).map(({ reason }) => reason)
    expect(reasons).toEqual(expect.arrayContaining(['MigrationStarted', 'MigrationCompleted']))
  })

  it('are paced, but those of migrations overtake them', async () => {
    for (let index = 0; index < 150; index += 1) rig.events.publish(...attached(index))
    await until('the burst is over', () => rig.recorder.counts.posted >= 100)
    rig.events.publish(started, about())
    await until('it is told', () =>
      rig.telemetry.observations.some(
        ({ type, ...more }) => type === 'event-posted' && 'reason' in more && more.reason === 'MigrationStarted',
      ),
    )
    expect(rig.recorder.counts.posted).toBeLessThan(150)
  })
})

describe('a migration event whose name is not known yet', () => {
  it('lets all others go first', async () => {
    rig.events.publish({ ...started, target: nodeId('node-c') } as Fact, about())
    rig.events.publish(completed, about())
    rig.events.publish(refused, about())
    await until('the others are told', () => rig.recorder.counts.posted === 2)
    const told = rig.telemetry.observations.map(observation => 'reason' in observation && observation.reason)
    expect(told).toEqual(['MigrationCompleted', 'AttachmentConflict'])
    await rig.connection.idle()
    expect(rig.recorder.counts.posted).toBe(3)
  })
})

describe('the end', () => {
  it('posts what waits, without pauses', async () => {
    for (let index = 0; index < 120; index += 1) rig.events.publish(...attached(index))
    rig.events.publish({ ...started, target: nodeId('node-c') } as Fact, about())
    await rig.connection.drain(60_000)
    expect(await eventsOf(rig)).toHaveLength(121)
  })

  it('does not wait longer than it may for an API server that hangs', async () => {
    rig.server.faults.add({ resource: 'events', fault: { kind: 'hang' } })
    rig.events.publish(started, about())
    rig.events.publish(completed, about())
    await until('it hangs', () => posts().length === 1)
    await rig.connection.drain(10)
    expect(rig.log.lines.at(-1)).toMatchObject({ level: 'warn', fields: { left: 1 } })
    rig.events.publish(refused, about())
    await rig.connection.idle()
    expect(posts()).toHaveLength(1)
  })
})
