import { describe, expect, it } from 'vitest'
import { countOf } from '../../src/demo/claim-events.ts'
import type { Volume } from '../../src/demo/volume.ts'
import { Rig, valueOf } from './rig.ts'

const TIME_LIMIT = 60_000
const GAUGE = 'rds_csi_migration_active_migrations'

const told = async (rig: Rig, volume: Volume) =>
  (await rig.events(volume)).map(event => [countOf(event), event.type, event.reason, event.message])

describe('a whole live migration', { timeout: TIME_LIMIT }, () => {
  it('is told in metrics and events exactly as promised', async () => {
    const rig = await Rig.start()
    const volume = await rig.provision()
    const source = await rig.run(volume, 'node-a')
    await source.write(0, 'from node-a')
    expect(valueOf(await rig.metrics(rig.controller), GAUGE)).toBe(0)

    const target = await rig.run(volume, 'node-b')
    expect(valueOf(await rig.metrics(rig.controller), GAUGE)).toBe(1)
    expect(await target.read(0, 11)).toBe('from node-a')

    await source.end()
    await rig.attacher.detach(volume, 'node-a')
    const page = await rig.metrics(rig.controller)
    expect(valueOf(page, GAUGE)).toBe(0)
    expect(page.lines('rds_csi_migration_migrations_total')).toEqual([
      'rds_csi_migration_migrations_total{result="success"} 1',
      'rds_csi_migration_migrations_total{result="failed"} 0',
      'rds_csi_migration_migrations_total{result="timeout"} 0',
    ])
    expect(page.lines('rds_csi_migration_duration_seconds').filter(line => !line.includes('_sum'))).toEqual([
      ...['15', '30', '60', '90', '120', '180', '300', '600', '+Inf'].map(
        bound => `rds_csi_migration_duration_seconds_bucket{le="${bound}"} 1`,
      ),
      'rds_csi_migration_duration_seconds_count 1',
    ])

    await target.end()
    await rig.attacher.detach(volume, 'node-b')
    const id = `[${volume.id}]`
    await rig.eventually(async () =>
      expect(await told(rig, volume)).toEqual([
        [
          1,
          'Normal',
          'VolumeAttached',
          expect.stringMatching(/^\[pvc-[-0-9a-f]+\]: Attached to node node-a \(duration: \d+ms\)$/),
        ],
        [
          1,
          'Normal',
          'MigrationStarted',
          `${id}: KubeVirt live migration started - source: node-a, target: node-b, timeout: 5m0s`,
        ],
        [
          1,
          'Normal',
          'MigrationCompleted',
          expect.stringMatching(
            /: KubeVirt live migration completed - source: node-a -> target: node-b \(duration: \ds\)$/,
          ),
        ],
        [1, 'Normal', 'VolumeDetached', `${id}: Detached from node node-b`],
      ]),
    )
    const selected = { fieldSelector: `involvedObject.name=${volume.claim.name}` }
    expect(await rig.kube.list('/api/v1/namespaces/default/events', selected)).toHaveLength(4)
    await rig.eventually(async () => {
      const posted = await rig.metrics(rig.controller)
      for (const reason of ['VolumeAttached', 'MigrationStarted', 'MigrationCompleted', 'VolumeDetached']) {
        expect(valueOf(posted, 'rds_csi_events_posted_total', { reason })).toBe(1)
      }
    })
  })

  it('is done all the same while events cannot be posted, and that is logged', async () => {
    const rig = await Rig.start()
    rig.cluster.faults.add({
      verb: 'create',
      resource: 'events',
      fault: { kind: 'status', code: 403, reason: 'Forbidden' },
    })
    const volume = await rig.provision()
    const source = await rig.run(volume, 'node-a')
    const target = await rig.run(volume, 'node-b')
    await source.end()
    await rig.attacher.detach(volume, 'node-a')
    await target.end()
    await rig.attacher.detach(volume, 'node-b')

    await rig.eventually(async () => {
      const lines = rig.controller.program.lines.filter(line => line.includes('an event could not be posted'))
      const reasons = lines.map(line => (JSON.parse(line) as { reason: string }).reason)
      expect(reasons.toSorted()).toEqual(['MigrationCompleted', 'MigrationStarted', 'VolumeAttached', 'VolumeDetached'])
    })
    expect(await rig.events(volume)).toEqual([])
    const page = await rig.metrics(rig.controller)
    expect(valueOf(page, 'rds_csi_migration_migrations_total', { result: 'success' })).toBe(1)
    expect(valueOf(page, 'rds_csi_events_posted_total')).toBe(0)
  })

  it('is not held up by an events API that never answers', async () => {
    const rig = await Rig.start()
    rig.cluster.faults.add({ verb: 'create', resource: 'events', fault: { kind: 'hang' } })
    const volume = await rig.provision()
    const source = await rig.run(volume, 'node-a')
    const began = performance.now()
    await rig.run(volume, 'node-b')
    await source.end()
    await rig.attacher.detach(volume, 'node-a')
    expect(performance.now() - began).toBeLessThan(5_000)
    const page = await rig.metrics(rig.controller)
    expect(valueOf(page, 'rds_csi_migration_migrations_total', { result: 'success' })).toBe(1)
  })
})
