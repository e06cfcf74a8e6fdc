import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningCluster, startCluster } from '../../../../src/adapters/sim/cluster/start-cluster.ts'
import { ApiClient, attachment, ATTACHMENTS, claim } from './api-client.ts'

let cluster: RunningCluster
let client: ApiClient

beforeAll(async () => {
  cluster = await startCluster({ nodes: ['node-a', 'node-b'], clusterUid: 'uid-of-the-cluster' })
  client = new ApiClient(cluster)
})
afterAll(async () => {
  await client.close()
  await cluster.close()
})

describe('a cluster that has just started', () => {
  it('has its namespaces, kube-system with the UID that it was given', async () => {
    const { body } = await client.get('/api/v1/namespaces')
    expect(body.kind).toBe('NamespaceList')
    expect(body.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual([
      'default',
      'kube-system',
      'rds-csi',
    ])
    expect((await client.get('/api/v1/namespaces/kube-system')).body.metadata.uid).toBe('uid-of-the-cluster')
  })

  it('has its nodes, all Ready', async () => {
    const { body } = await client.get('/api/v1/nodes')
    expect(body.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual(['node-a', 'node-b'])
    expect(body.items[0].status.conditions[0]).toMatchObject({ type: 'Ready', status: 'True' })
  })

  it('answers 401 without its token, except for health and version', async () => {
    const refused = await client.raw('/api/v1/nodes', { headers: { authorization: 'Bearer wrong' } })
    expect(refused.status).toBe(401)
    expect(await refused.json()).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Unauthorized',
      reason: 'Unauthorized',
      code: 401,
    })
    for (const path of ['/healthz', '/readyz', '/version']) expect((await client.raw(path)).status).toBe(200)
  })

  it('describes its kinds by discovery', async () => {
    expect((await client.get('/api')).body.versions).toEqual(['v1'])
    const groups = (await client.get('/apis')).body.groups.map((group: { name: string }) => group.name)
    expect(groups).toEqual(['events.k8s.io', 'storage.k8s.io', 'snapshot.storage.k8s.io', 'coordination.k8s.io'])
    const { body } = await client.get('/apis/storage.k8s.io/v1')
    const names = body.resources.map((resource: { name: string }) => resource.name)
    expect(names).toContain('volumeattachments/status')
    expect(names).not.toContain('csinodes/status')
    expect((await client.get('/apis/events.k8s.io')).body.preferredVersion.groupVersion).toBe('events.k8s.io/v1')
  })

  it.each([
    '/api/v1/secrets',
    '/apis/nothing/v1/things',
    '/api/v1/nodes/node-a/log',
    '/api/v1/namespaces/a/nodes',
    '/x%zz',
  ])('answers 404 for %s', async path => {
    expect(await client.get(path)).toEqual({ code: 404, body: '404 page not found\n' })
  })
})

describe('create', () => {
  it('answers 201 with the fields that the server sets, and drops a status that only /status may set', async () => {
    const { code, body } = await client.post(ATTACHMENTS, attachment('made', { status: { attached: true } }))
    expect(code).toBe(201)
    expect(body).toMatchObject({
      kind: 'VolumeAttachment',
      apiVersion: 'storage.k8s.io/v1',
      status: { attached: false },
    })
    expect(body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/)
    expect(body.metadata.resourceVersion).toMatch(/^\d+$/)
    expect(body.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect((await client.get(`${ATTACHMENTS}/made`)).body).toEqual(body)
  })

  it('refuses a name that exists with AlreadyExists', async () => {
    await client.post(ATTACHMENTS, attachment('twice'))
    const { code, body } = await client.post(ATTACHMENTS, attachment('twice'))
    expect(code).toBe(409)
    expect(body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'volumeattachments.storage.k8s.io "twice" already exists',
      reason: 'AlreadyExists',
      details: { name: 'twice', group: 'storage.k8s.io', kind: 'volumeattachments' },
      code: 409,
    })
  })

  it('makes a name of generateName', async () => {
    const body = { ...claim(''), metadata: { generateName: 'some-' } }
    const made = await client.post('/api/v1/namespaces/default/persistentvolumeclaims', body)
    expect(made.body.metadata.name).toMatch(/^some-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(made.body).toMatchObject({ status: { phase: 'Pending' }, spec: { volumeMode: 'Filesystem' } })
  })

  it.each([
    ['no name', attachment(''), 'metadata.name', 'Required value: name or generateName is required'],
    ['a wrong name', attachment('Not_A_Name'), 'metadata.name', 'Invalid value: "Not_A_Name": a lowercase RFC 1123'],
    ['no attacher', attachment('x', { spec: { attacher: '' } }), 'spec.attacher', 'Required value'],
    ['no source', attachment('x', { spec: { source: {} } }), 'spec.source', 'Required value: must specify exactly one'],
  ])('refuses an attachment with %s with Invalid', async (_case, sent, field, message) => {
    const { code, body } = await client.post(ATTACHMENTS, sent)
    expect([code, body.reason, body.details.kind]).toEqual([422, 'Invalid', 'VolumeAttachment'])
    expect(body.details.causes[0].field).toBe(field)
    expect(body.details.causes[0].message).toContain(message)
  })

  it('needs the namespace to exist, and to be the one of the object', async () => {
    const missing = await client.post('/api/v1/namespaces/nowhere/persistentvolumeclaims', claim('c'))
    expect([missing.code, missing.body.reason, missing.body.message]).toEqual([
      404,
      'NotFound',
      'namespaces "nowhere" not found',
    ])
    const body = claim('c', { namespace: 'rds-csi' })
    const other = await client.post('/api/v1/namespaces/default/persistentvolumeclaims', body)
    expect([other.code, other.body.reason]).toEqual([400, 'BadRequest'])
    const none = await client.post('/api/v1/persistentvolumeclaims', body)
    expect([none.code, none.body.reason]).toEqual([405, 'MethodNotAllowed'])
  })

  it('refuses a resourceVersion, another kind, broken JSON and formats that it does not read', async () => {
    const versioned = await client.post(ATTACHMENTS, attachment('v', { metadata: { resourceVersion: '1' } }))
    expect([versioned.code, versioned.body.message]).toEqual([
      500,
      'resourceVersion should not be set on objects to be created',
    ])
    expect((await client.post(ATTACHMENTS, { ...attachment('v'), kind: 'Node' })).code).toBe(400)
    expect((await client.post(ATTACHMENTS, ['v'])).code).toBe(400)
    const protobuf = await client.send('POST', ATTACHMENTS, attachment('v'), 'application/vnd.kubernetes.protobuf')
    expect([protobuf.code, protobuf.body.reason]).toEqual([415, 'UnsupportedMediaType'])
    const headers = { authorization: `Bearer ${cluster.token}`, 'content-type': 'application/json' }
    expect((await client.raw(ATTACHMENTS, { method: 'POST', headers, body: '{' })).status).toBe(400)
    const dry = await client.post(`${ATTACHMENTS}?dryRun=All`, attachment('v'))
    expect(dry.code).toBe(400)
    expect((await client.get(`${ATTACHMENTS}/v`)).code).toBe(404)
  })

  it('refuses a body over three mebibytes', async () => {
    const big = attachment('big', { metadata: { annotations: { much: 'x'.repeat(3 * 1024 * 1024) } } })
    const { code, body } = await client.post(ATTACHMENTS, big)
    expect([code, body.reason]).toEqual([413, 'RequestEntityTooLarge'])
  })
})

describe('get', () => {
  it('answers NotFound for what is not there', async () => {
    const { code, body } = await client.get(`${ATTACHMENTS}/absent`)
    expect([code, body.reason, body.message]).toEqual([
      404,
      'NotFound',
      'volumeattachments.storage.k8s.io "absent" not found',
    ])
  })

  it('knows the same name in two namespaces apart', async () => {
    const path = (namespace: string): string => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`
    const one = await client.post(path('default'), claim('same'))
    const other = await client.post(path('rds-csi'), claim('same'))
    expect(one.body.metadata.uid).not.toBe(other.body.metadata.uid)
    expect((await client.get(`${path('rds-csi')}/same`)).body.metadata.uid).toBe(other.body.metadata.uid)
  })
})
