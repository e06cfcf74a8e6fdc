import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Controller } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { DRIVER } from '../../src/demo/installation.ts'
import type { Volume } from '../../src/demo/volume.ts'
import { Rig, valueOf } from './rig.ts'

const GAUGE = 'rds_csi_migration_active_migrations'
const TOTAL = 'rds_csi_migration_migrations_total'
/** How long the controller stays away; the migration's duration has to include it. */
const AWAY = 1_200

const persistentVolume = ({ id }: Volume): string => `/api/v1/persistentvolumes/${id}`

/** What nobody may ever believe. */
const STALE = {
  metadata: {
    annotations: {
      [`${DRIVER}/attached-node`]: 'node-c,node-a',
      [`${DRIVER}/attached-at`]: '2020-01-01T00:00:00.000Z',
    },
  },
}

async function holdersOf(rig: Rig, volume: Volume): Promise<readonly string[]> {
  const { entries } = await rig.controller.csi.call(Controller.method.listVolumes, {})
  return entries.find(entry => entry.volume?.volumeId === volume.id)?.status?.publishedNodeIds ?? []
}

describe('a controller that is killed in the middle of a migration', { timeout: 60_000 }, () => {
  it('goes on with it when it is started again, whatever stands in annotations', async () => {
    const rig = await Rig.start()
    const [volume, idle] = [await rig.provision(), await rig.provision({ claim: 'idle' })]
    const source = await rig.run(volume, 'node-a')
    const target = await rig.run(volume, 'node-b')
    await rig.eventually(async () => {
      expect((await rig.events(volume)).map(({ reason }) => reason)).toContain('MigrationStarted')
    })

    await rig.controller.program.kill()
    await rig.kube.patch(persistentVolume(volume), STALE)
    await rig.kube.patch(persistentVolume(idle), STALE)
    await target.write(0, 'nobody is there')
    await pause(AWAY)
    await rig.startController()

    const rebuilt = await rig.metrics(rig.controller)
    expect(valueOf(rebuilt, GAUGE)).toBe(1)
    expect(valueOf(rebuilt, TOTAL)).toBe(0)
    expect(valueOf(rebuilt, 'rds_csi_attachment_attach_total')).toBe(0)
    expect(await holdersOf(rig, volume)).toEqual(['node-a', 'node-b'])
    expect(await holdersOf(rig, idle)).toEqual([])
    expect(await source.read(0, 15)).toBe('nobody is there')

    await source.end()
    await rig.attacher.detach(volume, 'node-a')
    const page = await rig.metrics(rig.controller)
    expect(valueOf(page, GAUGE)).toBe(0)
    expect(valueOf(page, TOTAL, { result: 'success' })).toBe(1)
    expect(valueOf(page, TOTAL)).toBe(1)
    expect(valueOf(page, 'rds_csi_migration_duration_seconds_sum')).toBeGreaterThan(AWAY / 1000)
    await rig.eventually(async () => {
      const reasons = (await rig.events(volume)).map(({ reason }) => reason)
      expect(reasons).toEqual(['VolumeAttached', 'MigrationStarted', 'MigrationCompleted'])
      const { metadata } = await rig.kube.get(persistentVolume(volume))
      expect(metadata.annotations?.[`${DRIVER}/attached-node`]).toBe('node-b')
    })
    await expect(rig.run(idle, 'node-b')).resolves.toBeDefined()
  })

  it('keeps the first time of a repeated publish', async () => {
    const rig = await Rig.start({ nodes: ['node-a'] })
    const volume = await rig.provision({ access: 'ReadWriteOnce' })
    const first = await rig.attacher.attach(volume, 'node-a')
    await rig.controller.program.kill()
    await rig.startController()
    expect(await rig.attacher.attach(volume, 'node-a')).toEqual(first)
  })
})
