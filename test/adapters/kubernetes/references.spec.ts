import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SnapshotId } from '../../../src/domain/ids.ts'
import { OTHER, persistentVolume, VOLUME, volumeAttachment } from './objects.ts'
import { openRig, type Rig, until } from './rig.ts'

const SNAPSHOT = 'snap-11111111-2222-4333-8444-666666666666' as SnapshotId
const live = (): AbortSignal => AbortSignal.timeout(10_000)

/** A PersistentVolume with a policy. */
function withPolicy(policy: string, changes: Parameters<typeof persistentVolume>[0] = {}) {
  const object = persistentVolume(changes) as { metadata: object; spec: object }
  return { ...object, spec: { ...object.spec, persistentVolumeReclaimPolicy: policy } }
}

const content = (name: string, spec: object, status: Readonly<Record<string, string>>) => ({
  metadata: { name },
  spec: { driver: 'rds.csi.srvlab.io', deletionPolicy: 'Delete', ...spec },
  status,
})

describe('what the objects of a cluster name', () => {
  let rig: Rig
  beforeEach(async () => {
    rig = await openRig()
  })
  afterEach(() => rig.close())

  it('is every volume of a PersistentVolume with its policy, whatever driver it is of', async () => {
    rig.server.store.put('persistentvolumes', withPolicy('Delete'))
    rig.server.store.put('persistentvolumes', withPolicy('Recycle', { handle: OTHER, driver: 'older.driver' }))
    const { volumes } = await rig.references.list(live())
    expect(volumes).toEqual(
      new Map([
        [VOLUME, 'delete'],
        [OTHER, 'retain'],
      ]),
    )
  })

  it('is retained where one of two objects for a volume says so', async () => {
    rig.server.store.put('persistentvolumes', withPolicy('Retain', { name: 'a' }))
    rig.server.store.put('persistentvolumes', withPolicy('Delete', { name: 'b' }))
    expect((await rig.references.list(live())).volumes.get(VOLUME)).toBe('retain')
  })

  it('is complete over many pages, and where pages go stale', async () => {
    const id = (n: number) => `pvc-00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as typeof VOLUME
    for (let n = 0; n < 1201; n += 1) rig.server.store.put('persistentvolumes', withPolicy('Delete', { handle: id(n) }))
    expect((await rig.references.list(live())).volumes.size).toBe(1201)
    expect(rig.server.faults.requestsOf({ verb: 'list', resource: 'persistentvolumes' })).toHaveLength(3)
    rig.server.faults.add({
      resource: 'persistentvolumes',
      times: 1,
      fault: { kind: 'status', code: 410, reason: 'Expired' },
    })
    expect((await rig.references.list(live())).volumes.size).toBe(1201)
  })

  it('is also what an attachment brings to a node, with or without its PersistentVolume', async () => {
    rig.server.store.put('persistentvolumes', withPolicy('Delete', { name: 'static', handle: OTHER }))
    rig.server.store.put('volumeattachments', volumeAttachment({ attached: false }))
    rig.server.store.put(
      'volumeattachments',
      volumeAttachment({ node: 'node-b', source: { persistentVolumeName: 'static' } }),
    )
    expect((await rig.references.list(live())).attached).toEqual(new Set([VOLUME, OTHER]))
  })

  it('is every snapshot of a content; one without a handle stands for any of its volume', async () => {
    const { store } = rig.server
    store.put(
      'volumesnapshotcontents',
      content('a', { source: { volumeHandle: VOLUME } }, { snapshotHandle: SNAPSHOT }),
    )
    store.put('volumesnapshotcontents', content('b', { source: { volumeHandle: OTHER } }, {}))
    const { snapshots, snapshotting } = await rig.references.list(live())
    expect(snapshots).toEqual(new Map([[SNAPSHOT, 'delete']]))
    expect(snapshotting).toEqual(new Set([OTHER]))
  })

  it('knows no snapshots where the cluster has no such kind, and only there', async () => {
    const take = rig.server.faults.add({ resource: 'volumesnapshotcontents', fault: { kind: 'status', code: 404 } })
    expect((await rig.references.list(live())).snapshots).toBeUndefined()
    take()
    rig.server.faults.add({ resource: 'volumesnapshotcontents', fault: { kind: 'status', code: 403 } })
    await expect(rig.references.list(live())).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it.each(['persistentvolumes', 'volumeattachments'])(
    'is an error where %s cannot be listed to the end',
    async resource => {
      rig.server.faults.add({ resource, fault: { kind: 'status', code: 500 } })
      await expect(rig.references.list(live())).rejects.toMatchObject({ kind: 'unavailable' })
    },
  )

  it('remembers that a volume was to be retained when its object is gone, as the watch saw it', async () => {
    rig.server.store.put('persistentvolumes', withPolicy('Retain'))
    rig.server.store.put('persistentvolumes', withPolicy('Delete', { handle: OTHER }))
    await rig.start()
    rig.server.store.remove('persistentvolumes', VOLUME)
    rig.server.store.remove('persistentvolumes', OTHER)
    await until(
      'the watch to see it',
      () => rig.cluster.volume(VOLUME) === undefined && rig.cluster.volume(OTHER) === undefined,
    )
    const { volumes, lastPolicies } = await rig.references.list(live())
    expect(volumes.size).toBe(0)
    expect(lastPolicies).toEqual(new Map([[VOLUME, 'retain']]))
  })
})
