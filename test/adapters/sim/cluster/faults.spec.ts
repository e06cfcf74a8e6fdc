import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type RunningCluster, startCluster } from '../../../../src/adapters/sim/cluster/start-cluster.ts'
import { ApiClient, attachment, ATTACHMENTS } from './api-client.ts'

let cluster: RunningCluster
let client: ApiClient

beforeEach(async () => {
  cluster = await startCluster({ nodes: ['node-a'] })
  client = new ApiClient(cluster)
})
afterEach(async () => {
  await client.close()
  await cluster.close()
})

const codeOf = async (path: string): Promise<number> => (await client.get(path)).code

describe('a fault rule', () => {
  it('refuses everything with a Status until it is taken back', async () => {
    const restore = cluster.faults.add({
      fault: { kind: 'status', code: 503, reason: 'ServiceUnavailable', message: 'away' },
    })
    expect(await client.get('/api/v1/nodes')).toMatchObject({
      code: 503,
      body: { kind: 'Status', status: 'Failure', reason: 'ServiceUnavailable', message: 'away', code: 503 },
    })
    expect(await codeOf('/readyz')).toBe(503)
    restore()
    expect(await codeOf('/api/v1/nodes')).toBe(200)
  })

  it('meets one verb on one resource only, and as often as it says', async () => {
    cluster.faults.add({ verb: 'list', resource: 'nodes', times: 2, fault: { kind: 'status', code: 500 } })
    expect(await codeOf('/api/v1/namespaces')).toBe(200)
    expect(await codeOf('/api/v1/nodes/node-a')).toBe(200)
    expect([await codeOf('/api/v1/nodes'), await codeOf('/api/v1/nodes'), await codeOf('/api/v1/nodes')]).toEqual([
      500, 500, 200,
    ])
  })

  it('tells a subresource, a namespace and a name apart', async () => {
    await client.post(ATTACHMENTS, attachment('va'))
    cluster.faults.add({ resource: 'volumeattachments', subresource: 'status', fault: { kind: 'status', code: 500 } })
    cluster.faults.add({ resource: 'namespaces', name: 'default', fault: { kind: 'status', code: 429 } })
    expect((await client.patch(`${ATTACHMENTS}/va/status`, {})).code).toBe(500)
    expect((await client.patch(`${ATTACHMENTS}/va`, {})).code).toBe(200)
    expect([await codeOf('/api/v1/namespaces/default'), await codeOf('/api/v1/namespaces/rds-csi')]).toEqual([429, 200])
    cluster.faults.clear()
    expect(await codeOf('/api/v1/namespaces/default')).toBe(200)
  })

  it('resets a connection before anything is done', async () => {
    cluster.faults.add({ verb: 'create', times: 1, fault: { kind: 'reset' } })
    await expect(client.post(ATTACHMENTS, attachment('never'))).rejects.toThrow('fetch failed')
    expect(await codeOf(`${ATTACHMENTS}/never`)).toBe(404)
  })

  it('loses a reply after all is done', async () => {
    cluster.faults.add({ verb: 'create', times: 1, fault: { kind: 'lose-reply' } })
    await expect(client.post(ATTACHMENTS, attachment('done'))).rejects.toThrow('fetch failed')
    expect(await codeOf(`${ATTACHMENTS}/done`)).toBe(200)
  })

  it('delays an answer', async () => {
    cluster.faults.add({ verb: 'list', fault: { kind: 'delay', millis: 30 } })
    const begun = performance.now()
    expect(await codeOf('/api/v1/nodes')).toBe(200)
    expect(performance.now() - begun).toBeGreaterThan(25)
  })

  it('hangs without an answer, and closing the cluster ends that too', async () => {
    cluster.faults.add({ verb: 'list', fault: { kind: 'hang' } })
    const reply = client.get('/api/v1/nodes').then(
      () => 'answered',
      () => 'failed',
    )
    await vi.waitFor(() => expect(cluster.faults.requestsOf({ verb: 'list' })).toHaveLength(1))
    expect(await Promise.race([reply, codeOf('/healthz')])).toBe(200)
    await cluster.close()
    expect(await reply).toBe('failed')
    cluster = await startCluster()
  })
})

describe('resetting watches', () => {
  it('cuts those that match in the middle of the stream', async () => {
    const attachments = await client.watch(ATTACHMENTS)
    const nodes = await client.watch('/api/v1/nodes')
    await nodes.next()
    expect(cluster.faults.resetWatches({ resource: 'volumeattachments' })).toBe(1)
    await expect(attachments.next()).rejects.toThrow('terminated')
    await client.patch('/api/v1/nodes/node-a', { metadata: { labels: { still: 'here' } } })
    expect((await nodes.next())?.object.metadata.labels.still).toBe('here')
    await nodes.close()
  })
})

describe('the request log', () => {
  it('names method, path, query, verb and target of each request', async () => {
    await client.get('/healthz')
    await client.get('/api/v1/namespaces/default/events?limit=5')
    await client.patch(`${ATTACHMENTS}/absent/status`, {})
    expect(cluster.faults.requests).toEqual([
      { method: 'GET', path: '/healthz', query: {} },
      {
        method: 'GET',
        path: '/api/v1/namespaces/default/events',
        query: { limit: '5' },
        verb: 'list',
        resource: 'events',
        subresource: '',
        namespace: 'default',
        name: '',
      },
      {
        method: 'PATCH',
        path: `${ATTACHMENTS}/absent/status`,
        query: {},
        verb: 'patch',
        resource: 'volumeattachments',
        subresource: 'status',
        namespace: '',
        name: 'absent',
      },
    ])
    expect(cluster.faults.requestsOf({ verb: 'patch' })).toHaveLength(1)
    cluster.faults.clearRequests()
    expect(cluster.faults.requests).toEqual([])
  })
})

describe('the store access', () => {
  it('puts, reads, lists and removes objects past the rules, seen by watches', async () => {
    const watch = await client.watch(ATTACHMENTS)
    const put = cluster.store.put('volumeattachments', attachment('set', { status: { attached: true } }))
    expect(put).toMatchObject({ kind: 'VolumeAttachment', status: { attached: true } })
    expect((await watch.next())?.object).toEqual(put)
    expect(cluster.store.get('volumeattachments', 'set')).toEqual(put)
    expect(cluster.store.list('volumeattachments')).toEqual([put])
    expect(cluster.store.list('persistentvolumeclaims', 'default')).toEqual([])
    expect([
      cluster.store.remove('volumeattachments', 'set'),
      cluster.store.remove('volumeattachments', 'set'),
    ]).toEqual([true, false])
    expect(cluster.store.get('volumeattachments', 'set')).toBeUndefined()
    expect(() => cluster.store.list('secrets')).toThrow('no kind is called secrets')
    await watch.close()
  })
})
