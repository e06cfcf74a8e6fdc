import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningCluster, startCluster } from '../../../../src/adapters/sim/cluster/start-cluster.ts'
import { ApiClient, type Json } from './api-client.ts'

const EVENTS = '/apis/events.k8s.io/v1/namespaces/default/events'
const CORE = '/api/v1/namespaces/default/events'

let cluster: RunningCluster
let client: ApiClient

beforeAll(async () => {
  cluster = await startCluster()
  client = new ApiClient(cluster)
})
afterAll(async () => {
  await client.close()
  await cluster.close()
})

const regarding = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace: 'default', name: 'claim', uid: 'u-1' }

const event = (name: string, changes: object = {}): Json => ({
  metadata: { name, namespace: 'default' },
  eventTime: '2026-01-02T03:04:05.678901Z',
  reportingController: 'rds.csi.srvlab.io',
  reportingInstance: 'controller-0',
  action: 'Migrate',
  reason: 'MigrationStarted',
  regarding,
  note: 'a note',
  type: 'Normal',
  ...changes,
})

const coreEvent = (name: string, changes: object = {}): Json => ({
  metadata: { name },
  involvedObject: regarding,
  reason: 'VolumeAttached',
  message: 'a message',
  source: { component: 'older-driver' },
  firstTimestamp: '2026-01-02T03:04:05Z',
  lastTimestamp: '2026-01-02T03:04:06Z',
  count: 2,
  type: 'Normal',
  ...changes,
})

describe('an event', () => {
  it('that was posted by events.k8s.io reads as a core event with the older names', async () => {
    const related = { kind: 'Node', name: 'node-b' }
    const posted = await client.post(EVENTS, event('new', { related }))
    expect(posted.code).toBe(201)
    const { body } = await client.get(`${CORE}/new`)
    expect(body).toEqual({
      kind: 'Event',
      apiVersion: 'v1',
      metadata: posted.body.metadata,
      involvedObject: regarding,
      reason: 'MigrationStarted',
      message: 'a note',
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: '2026-01-02T03:04:05.678901Z',
      action: 'Migrate',
      related,
      type: 'Normal',
      reportingComponent: 'rds.csi.srvlab.io',
      reportingInstance: 'controller-0',
    })
  })

  it('that was posted by core/v1 reads in events.k8s.io with the newer names', async () => {
    const posted = await client.post(CORE, coreEvent('old', { note: 'no member of a core event' }))
    const { body } = await client.get(`${EVENTS}/old`)
    expect(body).toEqual({
      kind: 'Event',
      apiVersion: 'events.k8s.io/v1',
      metadata: posted.body.metadata,
      eventTime: null,
      reason: 'VolumeAttached',
      regarding,
      note: 'a message',
      type: 'Normal',
      deprecatedSource: { component: 'older-driver' },
      deprecatedFirstTimestamp: '2026-01-02T03:04:05Z',
      deprecatedLastTimestamp: '2026-01-02T03:04:06Z',
      deprecatedCount: 2,
    })
  })

  it('is the same object by both ways: one name, one series, one deletion', async () => {
    await client.post(EVENTS, event('series'))
    expect((await client.post(CORE, coreEvent('series'))).body.reason).toBe('AlreadyExists')
    const series = { count: 2, lastObservedTime: '2026-01-02T03:05:05.000000Z' }
    expect((await client.patch(`${EVENTS}/series`, { series })).body.series).toEqual(series)
    expect((await client.get(`${CORE}/series`)).body.series).toEqual(series)
    expect((await client.delete(`${CORE}/series`)).body.status).toBe('Success')
    expect((await client.get(`${EVENTS}/series`)).code).toBe(404)
  })

  it('is found by what it regards, by either form of the selector', async () => {
    await client.post(EVENTS, event('selected', { regarding: { ...regarding, name: 'sought' }, reason: 'Found' }))
    const named = (reply: Json): string[] => reply.body.items.map((item: Json) => item.metadata.name)
    const by = (path: string, selector: string) => client.get(`${path}?fieldSelector=${encodeURIComponent(selector)}`)
    expect(named(await by(CORE, 'involvedObject.name=sought'))).toEqual(['selected'])
    expect(named(await by(EVENTS, 'regarding.name=sought,regarding.kind=PersistentVolumeClaim'))).toEqual(['selected'])
    expect(named(await by('/api/v1/events', 'reason=Found,type=Normal,involvedObject.uid=u-1'))).toEqual(['selected'])
    expect(named(await by(CORE, 'source=older-driver'))).toEqual(['old'])
    expect(named(await by(EVENTS, 'reportingController=rds.csi.srvlab.io,reason=Found'))).toEqual(['selected'])
    expect((await by(EVENTS, 'involvedObject.name=sought')).code).toBe(400)
  })

  it('shows in each form to the watches of that form', async () => {
    const { resourceVersion } = (await client.get(CORE)).body.metadata
    const open = (path: string) => client.watch(`${path}?resourceVersion=${resourceVersion}`)
    const [core, events] = await Promise.all([open(CORE), open(EVENTS)])
    await client.post(CORE, coreEvent('watched'))
    expect((await core.next())?.object).toMatchObject({ apiVersion: 'v1', message: 'a message' })
    expect((await events.next())?.object).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'a message' })
    await Promise.all([core.close(), events.close()])
  })
})

describe('events.k8s.io', () => {
  it.each([
    ['no eventTime', { eventTime: null }, 'eventTime', 'FieldValueRequired'],
    ['no reportingController', { reportingController: '' }, 'reportingController', 'FieldValueRequired'],
    [
      'a reportingController that is no name',
      { reportingController: 'a b' },
      'reportingController',
      'FieldValueInvalid',
    ],
    ['no reportingInstance', { reportingInstance: '' }, 'reportingInstance', 'FieldValueRequired'],
    ['a long reportingInstance', { reportingInstance: 'x'.repeat(129) }, 'reportingInstance', 'FieldValueInvalid'],
    ['no action', { action: '' }, 'action', 'FieldValueRequired'],
    ['no reason', { reason: '' }, 'reason', 'FieldValueRequired'],
    ['a long note', { note: 'x'.repeat(1025) }, 'message', 'FieldValueInvalid'],
    ['an unknown type', { type: 'Error' }, 'type', 'FieldValueInvalid'],
    ['a deprecated count', { deprecatedCount: 1 }, 'count', 'FieldValueInvalid'],
    ['a deprecated source', { deprecatedSource: { component: 'x' } }, 'source', 'FieldValueInvalid'],
    ['a deprecated time', { deprecatedFirstTimestamp: '2026-01-01T00:00:00Z' }, 'firstTimestamp', 'FieldValueInvalid'],
    ['a series of one', { series: { count: 1 } }, 'series.count', 'FieldValueInvalid'],
  ])('refuses an event with %s', async (_case, changes, field, reason) => {
    const { code, body } = await client.post(EVENTS, event('judged', changes))
    expect([code, body.reason]).toEqual([422, 'Invalid'])
    expect(body.details.causes).toContainEqual(expect.objectContaining({ field, reason }))
  })

  it('takes an event in another namespace than that of its object, as the API server does', async () => {
    const sent = event('astray', { regarding: { ...regarding, namespace: 'rds-csi' } })
    expect((await client.post(EVENTS, sent)).code).toBe(201)
  })

  it('refuses an event about an object without namespace outside of default and kube-system', async () => {
    const metadata = { name: 'misplaced', namespace: 'rds-csi' }
    const sent = event('misplaced', { metadata, regarding: { kind: 'Node', name: 'node-a' } })
    const { code, body } = await client.post('/apis/events.k8s.io/v1/namespaces/rds-csi/events', sent)
    expect([code, body.details.causes[0].field]).toEqual([422, 'involvedObject.namespace'])
    expect(body.message).toContain('does not match event.namespace')
  })

  it('refuses an empty namespace in the path', async () => {
    const { code, body } = await client.post('/apis/events.k8s.io/v1/namespaces//events', event('nowhere'))
    expect([code, body.reason]).toEqual([422, 'Invalid'])
    expect(body.details.causes).toContainEqual(expect.objectContaining({ field: 'metadata.namespace' }))
  })

  it('refuses a time that has no six digits, as Go does', async () => {
    const { code, body } = await client.post(EVENTS, event('rough', { eventTime: '2026-01-02T03:04:05.678Z' }))
    expect([code, body.reason]).toEqual([400, 'BadRequest'])
    expect(body.message).toContain('"2006-01-02T15:04:05.000000Z07:00"')
  })

  it('lets nothing but the series and metadata change', async () => {
    await client.post(EVENTS, event('fixed'))
    const { code, body } = await client.patch(`${EVENTS}/fixed`, { note: 'another' })
    expect([code, body.details.causes[0]]).toMatchObject([422, { field: 'message' }])
    expect((await client.patch(`${EVENTS}/fixed`, { metadata: { labels: { a: 'b' } } })).code).toBe(200)
    expect((await client.patch(`${CORE}/fixed`, { message: 'the older way' })).code).toBe(200)
  })
})

describe('core/v1', () => {
  it('refuses an event in another namespace than that of its object', async () => {
    const sent = coreEvent('elsewhere', { involvedObject: { ...regarding, namespace: 'rds-csi' } })
    const { code, body } = await client.post(CORE, sent)
    expect([code, body.details.causes[0].message]).toEqual([
      422,
      'Invalid value: "rds-csi": does not match event.namespace',
    ])
  })

  it('asks for a reporting component under its own name', async () => {
    const sent = coreEvent('half-new', { eventTime: '2026-01-02T03:04:05.000000Z' })
    const { body } = await client.post(CORE, sent)
    expect(body.details.causes[0]).toMatchObject({ field: 'reportingComponent', reason: 'FieldValueRequired' })
  })
})
