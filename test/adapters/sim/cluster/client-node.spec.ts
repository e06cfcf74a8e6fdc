import {
  CoordinationV1Api,
  CoreV1Api,
  EventsV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  StorageV1Api,
  V1MicroTime,
  type V1VolumeAttachment,
  Watch,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RunningCluster, startCluster } from '../../../../src/adapters/sim/cluster/start-cluster.ts'
import { attachment } from './api-client.ts'

let cluster: RunningCluster
let config: KubeConfig
let storage: StorageV1Api
let core: CoreV1Api

beforeAll(async () => {
  cluster = await startCluster({ nodes: ['node-a', 'node-b'] })
  config = new KubeConfig()
  config.loadFromString(cluster.kubeconfig)
  storage = config.makeApiClient(StorageV1Api)
  core = config.makeApiClient(CoreV1Api)
})
afterAll(() => cluster.close())

describe('the unchanged client library', () => {
  it('creates, lists in pages, patches the status of and deletes attachments', async () => {
    for (const name of ['one', 'three', 'two']) await storage.createVolumeAttachment({ body: attachment(name) })
    const first = await storage.listVolumeAttachment({ limit: 2 })
    const rest = await storage.listVolumeAttachment({ limit: 2, _continue: first.metadata?._continue ?? '' })
    expect([...first.items, ...rest.items].map(item => item.metadata?.name)).toEqual(['one', 'three', 'two'])
    expect(first.items[0]?.metadata?.creationTimestamp).toBeInstanceOf(Date)
    const body = { status: { attached: true, attachmentMetadata: { attachedAt: '1' } } }
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
    const patched = await storage.patchVolumeAttachmentStatus({ name: 'one', body }, merge)
    expect(patched.status).toMatchObject(body.status)
    const deleted = await storage.deleteVolumeAttachment({ name: 'one' })
    expect(deleted.metadata?.name).toBe('one')
  })

  it('gets an error with code and Status for what is refused', async () => {
    const failure = await storage.readVolumeAttachment({ name: 'absent' }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 404 })
    expect(JSON.parse((failure as { body: string }).body)).toMatchObject({ kind: 'Status', reason: 'NotFound' })
  })

  it('runs an informer that follows additions, changes and deletions, and one that it missed', async () => {
    const path = '/apis/storage.k8s.io/v1/volumeattachments'
    const informer = makeInformer(config, path, () => storage.listVolumeAttachment())
    const seen: string[] = []
    const note = (what: string) => (object: V1VolumeAttachment) => void seen.push(`${what} ${object.metadata?.name}`)
    for (const verb of ['add', 'update', 'delete'] as const) informer.on(verb, note(verb))
    let errors = 0
    informer.on('error', () => void (errors += 1))
    await informer.start()
    await vi.waitFor(() => expect(seen).toEqual(['add three', 'add two']))
    await vi.waitFor(() => expect(cluster.faults.openWatches({ resource: 'volumeattachments' })).toBe(1))
    await storage.createVolumeAttachment({ body: attachment('watched') })
    const body = { metadata: { labels: { a: 'b' } } }
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
    await storage.patchVolumeAttachment({ name: 'watched', body }, merge)
    await storage.deleteVolumeAttachment({ name: 'watched' })
    await vi.waitFor(() => expect(seen.slice(2)).toEqual(['add watched', 'update watched', 'delete watched']))
    cluster.faults.resetWatches()
    await vi.waitFor(() => expect(errors).toBe(1))
    await storage.deleteVolumeAttachment({ name: 'two' })
    await informer.start()
    await vi.waitFor(() => expect(seen.at(-1)).toBe('delete two'))
    await informer.stop()
  })

  it('watches with bookmarks and a resourceVersion', async () => {
    const { metadata } = await core.listNode()
    const seen: string[] = []
    const done = new Promise<unknown>(resolve => {
      const query = { resourceVersion: metadata?.resourceVersion, allowWatchBookmarks: true, timeoutSeconds: 1 }
      void new Watch(config).watch('/api/v1/nodes', query, phase => seen.push(phase), resolve)
    })
    await core.deleteNode({ name: 'node-b' })
    await done
    expect(seen).toEqual(['DELETED', 'BOOKMARK'])
  })

  it('posts an event by events.k8s.io and reads it by core/v1', async () => {
    const events = config.makeApiClient(EventsV1Api)
    const regarding = {
      kind: 'PersistentVolumeClaim',
      namespace: 'default',
      name: 'claim',
      uid: 'u-1',
      apiVersion: 'v1',
    }
    const body = {
      metadata: { name: 'claim.1', namespace: 'default' },
      eventTime: new V1MicroTime('2026-01-02T03:04:05.678Z'),
      reportingController: 'rds.csi.srvlab.io',
      reportingInstance: 'controller-0',
      action: 'Attach',
      reason: 'VolumeAttached',
      type: 'Normal',
      note: '[pvc-1]: Attached to node node-a (duration: 5ms)',
      regarding,
    }
    await events.createNamespacedEvent({ namespace: 'default', body })
    const fieldSelector = 'involvedObject.name=claim'
    const { items } = await core.listNamespacedEvent({ namespace: 'default', fieldSelector })
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ message: body.note, involvedObject: regarding, reason: 'VolumeAttached' })
    expect(String(items[0]?.eventTime)).toBe('2026-01-02T03:04:05.678000Z')
    const again = await events.createNamespacedEvent({ namespace: 'default', body }).catch((error: unknown) => error)
    expect(again).toMatchObject({ code: 409 })
  })

  it('takes and renews a Lease, and loses it to who was faster', async () => {
    const leases = config.makeApiClient(CoordinationV1Api)
    const at = { namespace: 'rds-csi', name: 'leader' }
    const spec = { holderIdentity: 'one', renewTime: new V1MicroTime('2026-01-01T00:00:00Z') }
    const lease = await leases.createNamespacedLease({
      namespace: at.namespace,
      body: { metadata: { name: at.name }, spec },
    })
    const renewTime = new V1MicroTime('2026-01-01T00:00:05Z')
    const renewed = { metadata: lease.metadata ?? {}, spec: { ...spec, renewTime } }
    await leases.replaceNamespacedLease({ ...at, body: renewed })
    const late = await leases.replaceNamespacedLease({ ...at, body: renewed }).catch((error: unknown) => error)
    expect(late).toMatchObject({ code: 409 })
  })
})
