import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningCluster, startCluster } from '../../../../src/adapters/sim/cluster/start-cluster.ts'
import { ApiClient, attachment, ATTACHMENTS, claim, JSON_PATCH, STRATEGIC } from './api-client.ts'

const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims'
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/rds-csi/leases'

let cluster: RunningCluster
let client: ApiClient

beforeAll(async () => {
  cluster = await startCluster({ nodes: ['node-a'] })
  client = new ApiClient(cluster)
})
afterAll(async () => {
  await client.close()
  await cluster.close()
})

async function made(name: string, changes: Parameters<typeof attachment>[1] = {}) {
  return (await client.post(ATTACHMENTS, attachment(name, changes))).body
}

describe('update', () => {
  it('takes the newest resourceVersion once and refuses it after that with Conflict', async () => {
    const first = await made('raced')
    const next = { ...first, metadata: { ...first.metadata, annotations: { by: 'one' } } }
    const won = await client.put(`${ATTACHMENTS}/raced`, next)
    expect([won.code, won.body.metadata.annotations]).toEqual([200, { by: 'one' }])
    expect(Number(won.body.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion))
    const lost = await client.put(`${ATTACHMENTS}/raced`, next)
    expect([lost.code, lost.body.reason]).toEqual([409, 'Conflict'])
    expect(lost.body.message).toContain('the object has been modified; please apply your changes to the latest version')
  })

  it('needs a resourceVersion for kinds that are never overwritten blindly, and for those only', async () => {
    await made('blind')
    const refused = await client.put(`${ATTACHMENTS}/blind`, attachment('blind'))
    expect([refused.code, refused.body.details.causes[0].field]).toEqual([422, 'metadata.resourceVersion'])
    await client.post(CLAIMS, claim('blind'))
    expect((await client.put(`${CLAIMS}/blind`, claim('blind', { labels: { a: 'b' } }))).code).toBe(200)
  })

  it('changes no status through the main endpoint, and no spec or label of an attachment through /status', async () => {
    const first = await made('split')
    const attached = { ...first, status: { attached: true } }
    const viaMain = await client.put(`${ATTACHMENTS}/split`, attached)
    expect(viaMain.body.status).toEqual({ attached: false })
    const labelled = { ...attached, metadata: { ...first.metadata, labels: { a: 'b' } }, spec: { attacher: 'other' } }
    const viaStatus = await client.put(`${ATTACHMENTS}/split/status`, labelled)
    expect(viaStatus.body.status).toEqual({ attached: true })
    expect([viaStatus.body.metadata.labels, viaStatus.body.spec.attacher]).toEqual([undefined, 'rds.csi.srvlab.io'])
  })

  it('lets labels follow through the /status of a node', async () => {
    const patch = {
      metadata: { labels: { zone: 'z' } },
      spec: { taints: [] },
      status: { nodeInfo: { architecture: 'amd64' } },
    }
    const { body } = await client.patch('/api/v1/nodes/node-a/status', patch)
    expect([body.metadata.labels.zone, body.spec, body.status.nodeInfo.architecture]).toEqual(['z', {}, 'amd64'])
  })

  it('refuses another spec of an attachment as immutable', async () => {
    const first = await made('fixed')
    const { code, body } = await client.put(`${ATTACHMENTS}/fixed`, {
      ...first,
      spec: { ...first.spec, nodeName: 'b' },
    })
    expect([code, body.details.causes[0].message.endsWith('field is immutable')]).toEqual([422, true])
  })

  it('refuses another name or uid and keeps what only the server sets', async () => {
    const first = await made('identity')
    const named = { ...first, metadata: { ...first.metadata, name: 'another' } }
    expect((await client.put(`${ATTACHMENTS}/identity`, named)).code).toBe(400)
    const replaced = { ...first, metadata: { ...first.metadata, uid: 'another' } }
    expect((await client.put(`${ATTACHMENTS}/identity`, replaced)).body.reason).toBe('Conflict')
    const forged = {
      ...first.metadata,
      creationTimestamp: '2000-01-01T00:00:00Z',
      deletionTimestamp: '2000-01-01T00:00:00Z',
    }
    const { body } = await client.put(`${ATTACHMENTS}/identity`, { ...first, metadata: forged })
    expect(body.metadata).toEqual(first.metadata)
  })

  it('writes nothing when nothing changes', async () => {
    const first = await made('same')
    expect((await client.put(`${ATTACHMENTS}/same`, first)).body).toEqual(first)
    expect((await client.patch(`${ATTACHMENTS}/same`, { spec: first.spec })).body).toEqual(first)
  })

  it('creates a lease by PUT, but no claim', async () => {
    const lease = {
      metadata: { name: 'leader' },
      spec: { holderIdentity: 'one', renewTime: '2026-01-01T00:00:00.000000Z' },
    }
    const created = await client.put(`${LEASES}/leader`, lease)
    expect([created.code, created.body.metadata.namespace]).toEqual([201, 'rds-csi'])
    const rough = { ...lease, spec: { renewTime: '2026-01-01T00:00:00.000Z' } }
    expect((await client.put(`${LEASES}/rough`, rough)).body.message).toContain(
      'parsing time "2026-01-01T00:00:00.000Z"',
    )
    expect((await client.put(`${CLAIMS}/absent`, claim('absent'))).code).toBe(404)
  })
})

describe('patch', () => {
  it('merges, and null removes', async () => {
    await made('merged', { metadata: { annotations: { keep: '1', drop: '2' }, finalizers: ['a/b'] } })
    const patch = { metadata: { annotations: { drop: null, add: '3' }, finalizers: ['c/d'] } }
    const { body } = await client.patch(`${ATTACHMENTS}/merged`, patch)
    expect(body.metadata.annotations).toEqual({ keep: '1', add: '3' })
    expect(body.metadata.finalizers).toEqual(['c/d'])
  })

  it('merges finalizers as a set when it is strategic', async () => {
    await made('strategic', { metadata: { finalizers: ['a/b'] } })
    const path = `${ATTACHMENTS}/strategic`
    const added = await client.patch(path, { metadata: { finalizers: ['c/d', 'a/b'] } }, STRATEGIC)
    expect(added.body.metadata.finalizers).toEqual(['a/b', 'c/d'])
    const directives = { '$deleteFromPrimitiveList/finalizers': ['a/b'], '$setElementOrder/finalizers': ['c/d'] }
    expect((await client.patch(path, { metadata: directives }, STRATEGIC)).body.metadata.finalizers).toEqual(['c/d'])
  })

  it('merges conditions by their type when it is strategic', async () => {
    const conditions = [
      { type: 'Ready', status: 'False' },
      { type: 'DiskPressure', status: 'False' },
    ]
    const { body } = await client.patch('/api/v1/nodes/node-a/status', { status: { conditions } }, STRATEGIC)
    expect(body.status.conditions).toMatchObject([
      { type: 'Ready', status: 'False', reason: 'KubeletReady' },
      { type: 'DiskPressure', status: 'False' },
    ])
    const gone = { status: { conditions: [{ type: 'DiskPressure', $patch: 'delete' }] } }
    const left = (await client.patch('/api/v1/nodes/node-a/status', gone, STRATEGIC)).body.status.conditions
    expect(left.map((condition: { type: string }) => condition.type)).toEqual(['Ready'])
  })

  it('obeys the operations of a JSON patch, or refuses all of them', async () => {
    await made('operations', { metadata: { labels: { a: '1', 'x/y': '2' } } })
    const path = `${ATTACHMENTS}/operations`
    const operations = [
      { op: 'test', path: '/metadata/labels/a', value: '1' },
      { op: 'move', from: '/metadata/labels/x~1y', path: '/metadata/labels/z' },
      { op: 'copy', from: '/metadata/labels/a', path: '/metadata/labels/b' },
      { op: 'replace', path: '/metadata/labels/a', value: '9' },
      { op: 'add', path: '/metadata/finalizers', value: ['a/b'] },
      { op: 'add', path: '/metadata/finalizers/-', value: 'c/d' },
      { op: 'remove', path: '/metadata/finalizers/0' },
    ]
    const { body } = await client.patch(path, operations, JSON_PATCH)
    expect(body.metadata.labels).toEqual({ a: '9', b: '1', z: '2' })
    expect(body.metadata.finalizers).toEqual(['c/d'])
    const failing = [
      { op: 'remove', path: '/metadata/labels/a' },
      { op: 'test', path: '/metadata/labels/b', value: '7' },
    ]
    expect((await client.patch(path, failing, JSON_PATCH)).code).toBe(422)
    expect((await client.patch(path, [{ op: 'remove', path: '/nothing' }], JSON_PATCH)).code).toBe(422)
    expect((await client.patch(path, [{ op: 'invent', path: '/spec' }], JSON_PATCH)).code).toBe(400)
    expect((await client.get(path)).body).toEqual(body)
  })

  it('conflicts only with a resourceVersion that is not the newest', async () => {
    const first = await made('versioned')
    const { resourceVersion } = first.metadata
    const path = `${ATTACHMENTS}/versioned`
    expect((await client.patch(path, { metadata: { resourceVersion, labels: { a: '1' } } })).code).toBe(200)
    expect((await client.patch(path, { metadata: { resourceVersion, labels: { a: '2' } } })).body.reason).toBe(
      'Conflict',
    )
    expect((await client.patch(path, { metadata: { labels: { a: '3' } } })).code).toBe(200)
  })

  it('answers 404 for what is not there and 415 for server-side apply', async () => {
    expect((await client.patch(`${ATTACHMENTS}/absent`, {})).code).toBe(404)
    const { code } = await client.patch(`${ATTACHMENTS}/versioned`, {}, 'application/apply-patch+yaml')
    expect(code).toBe(415)
  })
})

describe('delete', () => {
  it('removes at once without finalizers and answers with the object, for some kinds with a Status', async () => {
    const first = await made('plain')
    const { code, body } = await client.delete(`${ATTACHMENTS}/plain`)
    expect([code, body.kind, body.metadata.uid]).toEqual([200, 'VolumeAttachment', first.metadata.uid])
    expect((await client.get(`${ATTACHMENTS}/plain`)).code).toBe(404)
    const lease = await client.post(LEASES, { metadata: { name: 'gone' } })
    expect((await client.delete(`${LEASES}/gone`)).body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'gone', group: 'coordination.k8s.io', kind: 'leases', uid: lease.body.metadata.uid },
    })
  })

  it('only marks an object with finalizers, which goes with the last of them', async () => {
    await made('held', { metadata: { finalizers: ['a/b', 'c/d'] } })
    const path = `${ATTACHMENTS}/held`
    const marked = await client.delete(path)
    expect(marked.body.metadata).toMatchObject({ deletionGracePeriodSeconds: 0, finalizers: ['a/b', 'c/d'] })
    expect(marked.body.metadata.deletionTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect((await client.delete(path)).body).toEqual(marked.body)
    const one = await client.patch(path, { metadata: { finalizers: ['c/d'] } })
    expect(one.body.metadata.deletionTimestamp).toBe(marked.body.metadata.deletionTimestamp)
    const added = await client.patch(path, { metadata: { finalizers: ['c/d', 'new/one'] } })
    expect([added.code, added.body.details.causes[0].reason]).toEqual([422, 'FieldValueForbidden'])
    expect((await client.patch(`${path}/status`, { status: { attached: true } })).body.status.attached).toBe(true)
    expect((await client.patch(path, { metadata: { finalizers: null } })).code).toBe(200)
    expect((await client.get(path)).code).toBe(404)
  })

  it('obeys preconditions', async () => {
    const { metadata } = await made('conditional')
    const path = `${ATTACHMENTS}/conditional`
    const other = await client.delete(path, { preconditions: { uid: 'another' } })
    expect([other.code, other.body.reason]).toEqual([409, 'Conflict'])
    expect((await client.delete(path, { preconditions: { resourceVersion: '1' } })).code).toBe(409)
    const { uid, resourceVersion } = metadata
    expect((await client.delete(path, { preconditions: { uid, resourceVersion } })).code).toBe(200)
  })

  it('takes all that lies in it when it is a namespace', async () => {
    await client.post('/api/v1/namespaces', { metadata: { name: 'short-lived' } })
    const path = '/api/v1/namespaces/short-lived/persistentvolumeclaims'
    await client.post(path, claim('inside'))
    expect((await client.delete('/api/v1/namespaces/short-lived')).code).toBe(200)
    expect((await client.get(path)).body.items).toEqual([])
  })

  it('is not served for whole collections', async () => {
    expect((await client.delete(ATTACHMENTS)).code).toBe(405)
  })
})
