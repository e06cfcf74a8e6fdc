import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fact } from '../../../src/domain/facts.ts'
import { after, type VolumeId } from '../../../src/domain/ids.ts'
import { factSinkContract } from '../../contracts/fact-sink.contract.ts'
import {
  about,
  completed,
  eventsOf,
  heldBy,
  left,
  lines,
  nodeA,
  nodeB,
  noon,
  openEventRig,
  refused,
  started,
  uidOf,
} from './event-rig.ts'
import { CLAIM, persistentVolume, VOLUME, volumeAttachment } from './objects.ts'
import { DRIVER, openRig, type Rig, until } from './rig.ts'

factSinkContract('Kubernetes events', async () => {
  const opened = await openEventRig()
  return {
    sink: opened.events,
    seen: async () => {
      await opened.connection.idle()
      return JSON.stringify(opened.server.store.list('events'))
    },
    silent: ['attach-failed', 'detach-failed', 'operation-succeeded', 'operation-failed'],
    close: () => opened.close(),
  }
})

let rig: Rig
beforeEach(async () => {
  rig = await openEventRig()
})
afterEach(() => rig.close())

const posted = async () => {
  await rig.connection.idle()
  return eventsOf(rig)
}
const names = () => rig.server.store.list('events').map(({ metadata }) => String(metadata.name))

describe('the events of a claim', () => {
  const failed = (reason: 'target-left' | 'target-lost' | 'source-lost' | 'abandoned'): Fact => ({
    type: 'migration-failed',
    source: nodeA,
    target: nodeB,
    took: 5400,
    reason,
  })
  const detached = { type: 'detached', node: nodeA, held: 60_000, partial: false, quiet: false } as const
  const shared: Fact = { type: 'attached', node: nodeB, beside: [nodeA] }
  const timedOut: Fact = { type: 'migration-timed-out', source: nodeA, target: nodeB, took: 300_000 }
  const at = `[${VOLUME}]: `
  const failure = `KubeVirt live migration failed - source: node-a, attempted target: node-b, reason:`

  it.each<[Fact, 'Normal' | 'Warning', string, string]>([
    [
      started,
      'Normal',
      'MigrationStarted',
      `${at}KubeVirt live migration started - source: node-a, target: node-b, timeout: 5m0s`,
    ],
    [
      completed,
      'Normal',
      'MigrationCompleted',
      `${at}KubeVirt live migration completed - source: node-a -> target: node-b (duration: 45s)`,
    ],
    [failed('target-left'), 'Warning', 'MigrationFailed', `${at}${failure} target-left, elapsed: 5s`],
    [failed('target-lost'), 'Warning', 'MigrationFailed', `${at}${failure} target-lost, elapsed: 5s`],
    [failed('source-lost'), 'Warning', 'MigrationFailed', `${at}${failure} source-lost, elapsed: 5s`],
    [failed('abandoned'), 'Warning', 'MigrationFailed', `${at}${failure} abandoned, elapsed: 5s`],
    [timedOut, 'Warning', 'MigrationFailed', `${at}${failure} timeout, elapsed: 5m0s`],
    [
      { type: 'attached', node: nodeA, beside: [] },
      'Normal',
      'VolumeAttached',
      `${at}Attached to node node-a (duration: 120ms)`,
    ],
    [shared, 'Normal', 'VolumeAttached', `${at}Attached to node node-b (duration: 120ms)`],
    [detached, 'Normal', 'VolumeDetached', `${at}Detached from node node-a`],
    [
      refused,
      'Warning',
      'AttachmentConflict',
      `${at}Attachment to node node-b rejected - volume already attached to node node-a. Delete the pod on node-a to release the volume.`,
    ],
    [
      { type: 'stale-attachment-cleared', node: nodeA, held: 60_000 },
      'Normal',
      'StaleAttachmentCleared',
      `${at}Cleared stale attachment from deleted node node-a`,
    ],
  ])('tell %j', async (fact, type, reason, message) => {
    rig.events.publish(fact, about())
    const [event, ...others] = await posted()
    expect(others).toEqual([])
    expect(event).toMatchObject({
      type,
      reason,
      message,
      involvedObject: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', ...CLAIM },
      reportingComponent: DRIVER,
      reportingInstance: 'controller-0',
      metadata: { namespace: CLAIM.namespace },
    })
    expect(event?.action).toMatch(/^(Attach|Detach|Migrate)$/)
    expect(new Date(event?.eventTime ?? 0).getTime()).toBe(noon)
    expect(rig.telemetry.observations).toEqual([{ type: 'event-posted', reason }])
    const logged = rig.log.lines.find(line => line.message === 'event posted')
    expect(logged).toMatchObject({
      level: 'info',
      fields: { reason, note: message, claim: 'vms/disk-0', volume: VOLUME },
    })
  })

  it('name all holders that are in the way', async () => {
    const refusal = { kind: 'two-holders', holders: [nodeA, nodeB] } as const
    rig.events.publish({ type: 'attachment-refused', node: nodeA, refusal }, about())
    expect((await posted())[0]?.message).toContain(
      'already attached to node node-a, node-b. Delete the pod on node-a, node-b to',
    )
  })

  it('tell nothing of a holder that asks again on other terms: no other node is in its way', async () => {
    const refusal = { kind: 'terms-differ', holders: [nodeA], held: 'SINGLE_NODE_WRITER/block' } as const
    rig.events.publish({ type: 'attachment-refused', node: nodeA, refusal }, about())
    expect(await posted()).toEqual([])
  })

  it('tell nothing of a departure that the outcome of a migration tells', async () => {
    rig.events.publish(completed, about({ holders: heldBy(nodeB) }))
    rig.events.publish({ ...detached, partial: true, quiet: true }, about({ holders: heldBy(nodeB) }))
    expect(lines(await posted()).map(line => line.split(':')[0])).toEqual(['MigrationCompleted'])
  })
})

describe('a migration event', () => {
  it('is named after the VolumeAttachment of the target, also when that is gone at the outcome', async () => {
    const uid = uidOf(rig, nodeB)
    rig.events.publish(started, about({ holders: heldBy(nodeA, nodeB) }))
    rig.server.store.remove('volumeattachments', 'csi-node-b')
    await until('it is gone', () => rig.cluster.attachments().length === 1)
    rig.events.publish(left, about())
    await rig.connection.idle()
    expect(names().toSorted()).toEqual([`rds-csi.migration-failed.${uid}`, `rds-csi.migration-started.${uid}`])
  })

  it('is posted once by however many processes tell it', async () => {
    const again = rig.replica({ identity: 'controller-1' })
    const stop = new AbortController()
    await again.cluster.start(stop.signal)
    for (const { events, connection } of [rig, again, again]) {
      events.publish(started, about({ holders: heldBy(nodeA, nodeB) }))
      events.publish(completed, about({ holders: heldBy(nodeB) }))
      await connection.idle()
    }
    stop.abort()
    expect(await posted()).toHaveLength(2)
    expect(again.recorder.counts).toEqual({ posted: 0, failed: 0, dropped: 0 })
    expect(rig.telemetry.observations).toHaveLength(2)
  })

  it('waits a moment for a VolumeAttachment that has not been seen yet', async () => {
    rig.server.store.remove('volumeattachments', 'csi-node-b')
    await until('it is gone', () => rig.cluster.attachments().length === 1)
    rig.events.publish(started, about())
    const made = rig.server.store.put('volumeattachments', volumeAttachment({ node: 'node-b' }))
    await rig.connection.idle()
    expect(names()).toEqual([`rds-csi.migration-started.${made.metadata.uid}`])
  })

  it('is named after volume, target and start where there is none, the same in every process', async () => {
    rig.server.store.remove('volumeattachments', 'csi-node-b')
    await until('it is gone', () => rig.cluster.attachments().length === 1)
    const joined = after(noon, 1000)
    rig.events.publish(started, about({ at: joined, holders: heldBy(nodeA, nodeB) }))
    rig.events.publish(completed, about({ at: after(joined, 45_000), holders: [{ node: nodeB, since: joined }] }))
    rig.events.publish(left, about({ at: after(joined, 45_000) }))
    await rig.connection.idle()
    const keys = names().map(name => /^rds-csi\.migration-[a-z]+\.([0-9a-f]{32})$/.exec(name)?.[1])
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
  })
})

describe('a volume whose claim is not known', () => {
  it.each([
    ['is not bound', persistentVolume({ claim: undefined })],
    ['is bound to a claim without a uid', persistentVolume({ claim: { namespace: 'vms', name: 'disk-0' } })],
    ['is of another driver', persistentVolume({ driver: 'another.csi.example' })],
  ])('has no events, and that is logged once, where it %s', async (_, volume) => {
    const own = await openRig()
    own.server.store.put('persistentvolumes', volume)
    await own.start()
    for (const fact of [started, completed, refused]) own.events.publish(fact, about())
    await own.connection.idle()
    expect(own.server.store.list('events')).toEqual([])
    expect(own.log.lines.filter(({ level }) => level === 'warn')).toMatchObject([{ fields: { volume: VOLUME } }])
    await own.close()
  })

  it('does not keep others from theirs', async () => {
    const unknown = 'pvc-00000000-2222-4333-8444-555555555555' as VolumeId
    rig.events.publish(refused, about({ volume: unknown }))
    rig.events.publish(refused, about())
    expect(await posted()).toHaveLength(1)
  })
})
