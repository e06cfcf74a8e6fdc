import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type ClusterOptions,
  type RunningCluster,
  startCluster,
} from '../../../../src/adapters/sim/cluster/start-cluster.ts'
import { ApiClient, attachment, ATTACHMENTS, claim, type OpenWatch, type WatchEvent } from './api-client.ts'

let cluster: RunningCluster
let client: ApiClient

async function start(options: ClusterOptions = {}): Promise<void> {
  cluster = await startCluster(options)
  client = new ApiClient(cluster)
}

beforeEach(() => start())
afterEach(async () => {
  await client.close()
  await cluster.close()
})

const shown = (event: WatchEvent | undefined): string => `${event?.type} ${event?.object.metadata.name}`

async function take(watch: OpenWatch, count: number): Promise<string[]> {
  const events: string[] = []
  while (events.length < count) events.push(shown(await watch.next()))
  return events
}

async function revision(): Promise<string> {
  return (await client.get(ATTACHMENTS)).body.metadata.resourceVersion
}

describe('a watch', () => {
  it('begins with what is there and follows what happens, each object with kind and apiVersion', async () => {
    await client.post(ATTACHMENTS, attachment('b'))
    await client.post(ATTACHMENTS, attachment('a'))
    const watch = await client.watch(ATTACHMENTS)
    expect(await take(watch, 2)).toEqual(['ADDED a', 'ADDED b'])
    await client.post(ATTACHMENTS, attachment('c'))
    await client.patch(`${ATTACHMENTS}/c/status`, { status: { attached: true } })
    await client.delete(`${ATTACHMENTS}/a`)
    expect((await watch.next())?.object).toMatchObject({ kind: 'VolumeAttachment', apiVersion: 'storage.k8s.io/v1' })
    expect((await watch.next())?.object.status).toEqual({ attached: true })
    expect(shown(await watch.next())).toBe('DELETED a')
    await watch.close()
  })

  it('begins after the revision that it names', async () => {
    await client.post(ATTACHMENTS, attachment('before'))
    const from = await revision()
    await client.post(ATTACHMENTS, attachment('after'))
    await client.delete(`${ATTACHMENTS}/before`)
    const watch = await client.watch(`${ATTACHMENTS}?resourceVersion=${from}`)
    expect(await take(watch, 2)).toEqual(['ADDED after', 'DELETED before'])
    await client.post(ATTACHMENTS, attachment('live'))
    expect(await take(watch, 1)).toEqual(['ADDED live'])
    await watch.close()
  })

  it('tells of a deletion with the revision of the deletion', async () => {
    await client.post(ATTACHMENTS, attachment('held', { metadata: { finalizers: ['a/b'] } }))
    const watch = await client.watch(`${ATTACHMENTS}?resourceVersion=${await revision()}`)
    await client.delete(`${ATTACHMENTS}/held`)
    await client.patch(`${ATTACHMENTS}/held`, { metadata: { finalizers: null } })
    const marked = await watch.next()
    const gone = await watch.next()
    expect([marked?.type, gone?.type]).toEqual(['MODIFIED', 'DELETED'])
    expect(marked?.object.metadata.deletionTimestamp).toBe(gone?.object.metadata.deletionTimestamp)
    expect(Number(gone?.object.metadata.resourceVersion)).toBeGreaterThan(
      Number(marked?.object.metadata.resourceVersion),
    )
    await watch.close()
  })

  it('is silent about a write that changed nothing', async () => {
    const { body } = await client.post(ATTACHMENTS, attachment('same'))
    const watch = await client.watch(`${ATTACHMENTS}?resourceVersion=${body.metadata.resourceVersion}`)
    await client.put(`${ATTACHMENTS}/same`, body)
    await client.post(ATTACHMENTS, attachment('next'))
    expect(await take(watch, 1)).toEqual(['ADDED next'])
    await watch.close()
  })

  it('shows through a selector what comes into view as added and what leaves it as deleted', async () => {
    const watch = await client.watch(`${ATTACHMENTS}?labelSelector=seen&resourceVersion=${await revision()}`)
    await client.post(ATTACHMENTS, attachment('x'))
    const label = (seen: string | null) => client.patch(`${ATTACHMENTS}/x`, { metadata: { labels: { seen } } })
    await label('yes')
    await label('again')
    await label(null)
    expect(await take(watch, 2)).toEqual(['ADDED x', 'MODIFIED x'])
    const left = await watch.next()
    expect([left?.type, left?.object.metadata.labels]).toEqual(['DELETED', { seen: 'again' }])
    expect(left?.object.metadata.resourceVersion).toBe(await revision())
    await watch.close()
  })

  it('sees one namespace only, or one name only, if told so', async () => {
    const path = (namespace: string): string => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`
    const namespaced = await client.watch(path('default'))
    const named = await client.watch('/api/v1/persistentvolumeclaims?fieldSelector=metadata.name%3Dtwo')
    for (const name of ['one', 'two']) for (const at of ['rds-csi', 'default']) await client.post(path(at), claim(name))
    expect(await take(namespaced, 2)).toEqual(['ADDED one', 'ADDED two'])
    expect((await named.next())?.object.metadata.namespace).toBe('rds-csi')
    expect((await named.next())?.object.metadata.namespace).toBe('default')
    await Promise.all([namespaced.close(), named.close()])
  })

  it('gets one ERROR with 410 and the end when it names a forgotten revision', async () => {
    const from = await revision()
    await client.post(ATTACHMENTS, attachment('missed'))
    cluster.faults.forgetHistory()
    const watch = await client.watch(`${ATTACHMENTS}?resourceVersion=${from}`)
    expect(await watch.next()).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired' },
    })
    expect(await watch.next()).toBeUndefined()
  })

  it('goes on when history is forgotten while it is open', async () => {
    const watch = await client.watch(ATTACHMENTS)
    cluster.faults.forgetHistory()
    await client.post(ATTACHMENTS, attachment('still'))
    expect(await take(watch, 1)).toEqual(['ADDED still'])
    await watch.close()
  })

  it('ends in order after timeoutSeconds, with a bookmark for those who asked for one', async () => {
    const bookmarked = await client.watch(`${ATTACHMENTS}?timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=2`)
    const plain = await client.watch(`${ATTACHMENTS}?timeoutSeconds=1`)
    const { resourceVersion } = (await client.post('/api/v1/nodes', { metadata: { name: 'other-kind' } })).body.metadata
    expect(await bookmarked.next()).toEqual({
      type: 'BOOKMARK',
      object: {
        kind: 'VolumeAttachment',
        apiVersion: 'storage.k8s.io/v1',
        metadata: { resourceVersion, creationTimestamp: null },
      },
    })
    expect(await bookmarked.next()).toBeUndefined()
    expect(await plain.next()).toBeUndefined()
  })

  it('refuses wrong parameters before it begins', async () => {
    for (const wrong of ['resourceVersion=x', 'timeoutSeconds=soon', 'fieldSelector=a%3Db'])
      expect((await client.get(`${ATTACHMENTS}?watch=1&${wrong}`)).code).toBe(400)
  })

  it('is known to the server while it is open, and no longer', async () => {
    const watch = await client.watch(ATTACHMENTS)
    expect(cluster.faults.openWatches({ resource: 'volumeattachments' })).toBe(1)
    await client.post(ATTACHMENTS, attachment('x'))
    await watch.next()
    await watch.close()
    await vi.waitFor(() => expect(cluster.faults.openWatches()).toBe(0))
  })
})

describe('bookmarks', () => {
  it('come again and again to a quiet watch', async () => {
    await client.close()
    await cluster.close()
    await start({ bookmarkMillis: 5 })
    const watch = await client.watch(`${ATTACHMENTS}?allowWatchBookmarks=true`)
    expect([(await watch.next())?.type, (await watch.next())?.type]).toEqual(['BOOKMARK', 'BOOKMARK'])
    await watch.close()
  })
})
