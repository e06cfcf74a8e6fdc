import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fact } from '../../../src/domain/facts.ts'
import type { VolumeId } from '../../../src/domain/ids.ts'
import { factSinkContract } from '../../contracts/fact-sink.contract.ts'
import { about, completed, heldBy, nodeA, nodeB, openEventRig, started } from './event-rig.ts'
import { persistentVolume, VOLUME } from './objects.ts'
import { DRIVER, type Rig, until } from './rig.ts'

const patches = (opened: Rig) => opened.server.faults.requestsOf({ resource: 'persistentvolumes', verb: 'patch' })

factSinkContract('annotations', async () => {
  const opened = await openEventRig()
  return {
    sink: opened.annotations,
    seen: async () => {
      await opened.connection.idle()
      return String(patches(opened).length)
    },
    silent: [
      'attachment-refused',
      'attach-failed',
      'detach-failed',
      'migration-timed-out',
      'operation-succeeded',
      'operation-failed',
    ],
    close: () => opened.close(),
  }
})

describe('the annotations of a PersistentVolume', () => {
  let rig: Rig
  beforeEach(async () => {
    rig = await openEventRig()
    const volume = persistentVolume()
    rig.server.store.put('persistentvolumes', {
      ...volume,
      metadata: { ...volume.metadata, annotations: { keep: 'me' } },
    })
  })
  afterEach(() => rig.close())

  const attached: Fact = { type: 'attached', node: nodeA, beside: [] }
  const detached: Fact = { type: 'detached', node: nodeA, held: 1, partial: false, quiet: false }
  const annotations = () => rig.server.store.get('persistentvolumes', VOLUME)?.metadata.annotations
  const noted = async () => {
    await rig.connection.idle()
    return annotations()
  }

  it('name the holder and since when', async () => {
    rig.annotations.publish(attached, about())
    expect(await noted()).toEqual({
      keep: 'me',
      [`${DRIVER}/attached-node`]: 'node-a',
      [`${DRIVER}/attached-at`]: '2026-01-01T12:00:00.000Z',
    })
  })

  it('name both holders of a migration, the source first, and then the target alone', async () => {
    rig.annotations.publish(started, about({ holders: heldBy(nodeA, nodeB) }))
    expect(await noted()).toMatchObject({
      [`${DRIVER}/attached-node`]: 'node-a,node-b',
      [`${DRIVER}/attached-at`]: '2026-01-01T12:00:00.000Z',
    })
    rig.annotations.publish(completed, about({ holders: heldBy(nodeB) }))
    expect(await noted()).toMatchObject({ [`${DRIVER}/attached-node`]: 'node-b' })
  })

  it('are removed when nobody holds it any more, and others stay', async () => {
    rig.annotations.publish(attached, about())
    await rig.connection.idle()
    rig.annotations.publish(detached, about({ holders: [] }))
    expect(await noted()).toEqual({ keep: 'me' })
  })

  it('follow the latest state only', async () => {
    const end = rig.server.faults.add({ resource: 'persistentvolumes', fault: { kind: 'status', code: 503 } })
    rig.annotations.publish(attached, about())
    await until('it was tried', () => patches(rig).length > 0)
    for (let times = 0; times < 20; times += 1) rig.annotations.publish(attached, about())
    rig.annotations.publish(attached, about({ holders: heldBy(nodeB) }))
    end()
    expect(await noted()).toMatchObject({ [`${DRIVER}/attached-node`]: 'node-b' })
    expect(patches(rig).length).toBeLessThan(6)
  })

  it('are left out with a warning when the API server fails for long, and nothing else suffers', async () => {
    rig.server.faults.add({ resource: 'persistentvolumes', fault: { kind: 'reset' } })
    rig.annotations.publish(attached, about())
    await rig.connection.idle()
    expect(patches(rig)).toHaveLength(5)
    expect(rig.log.lines.at(-1)).toMatchObject({ level: 'warn', fields: { volume: VOLUME } })
  })

  it('are not asked for where no PersistentVolume is known, or it is gone', async () => {
    const unknown = 'pvc-00000000-2222-4333-8444-555555555555' as VolumeId
    rig.annotations.publish(attached, about({ volume: unknown }))
    await rig.connection.idle()
    expect(patches(rig)).toEqual([])
    rig.server.faults.add({ verb: 'patch', fault: { kind: 'status', code: 404, reason: 'NotFound' } })
    rig.annotations.publish(attached, about())
    await rig.connection.idle()
    expect(patches(rig)).toHaveLength(1)
    expect(rig.log.lines.filter(({ level }) => level === 'warn')).toEqual([])
  })

  it('are written by patches alone, never read', async () => {
    rig.annotations.publish(attached, about())
    await rig.connection.idle()
    expect(rig.server.faults.requestsOf({ resource: 'persistentvolumes', verb: 'get' })).toEqual([])
  })
})
