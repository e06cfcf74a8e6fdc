import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningCluster, startCluster } from '../../../../src/adapters/sim/cluster/start-cluster.ts'
import { ApiClient, attachment, ATTACHMENTS, claim, type Reply } from './api-client.ts'

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

const names = ({ body }: Reply): string[] =>
  body.items.map((item: { metadata: { name: string } }) => item.metadata.name)
const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `va-${String(index).padStart(5, '0')}`)

function fill(count: number): string[] {
  const all = numbered(count)
  for (const name of all) cluster.store.put('volumeattachments', attachment(name, { status: { attached: true } }))
  return all
}

const page = (limit: number, token?: string): Promise<Reply> =>
  client.get(`${ATTACHMENTS}?limit=${limit}${token === undefined ? '' : `&continue=${encodeURIComponent(token)}`}`)

describe('a list', () => {
  it('is ordered by name, names its revision and leaves kind and apiVersion to the list', async () => {
    for (const name of ['b', 'a-1', 'a']) await client.post(ATTACHMENTS, attachment(name))
    const last = await client.get(`${ATTACHMENTS}/a`)
    const list = await client.get(ATTACHMENTS)
    expect(names(list)).toEqual(['a', 'a-1', 'b'])
    expect(list.body).toMatchObject({ kind: 'VolumeAttachmentList', apiVersion: 'storage.k8s.io/v1' })
    expect(list.body.metadata).toEqual({ resourceVersion: last.body.metadata.resourceVersion })
    expect(Object.keys(list.body.items[0])).not.toContain('kind')
  })

  it('holds one namespace or all of them', async () => {
    for (const namespace of ['rds-csi', 'default'])
      await client.post(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`, claim(`in-${namespace}`))
    expect(names(await client.get('/api/v1/persistentvolumeclaims'))).toEqual(['in-default', 'in-rds-csi'])
    expect(names(await client.get('/api/v1/namespaces/rds-csi/persistentvolumeclaims'))).toEqual(['in-rds-csi'])
  })

  it('waits for no revision that is still to come', async () => {
    const { code, body } = await client.get(`${ATTACHMENTS}?resourceVersion=9999`)
    expect([code, body.reason, body.details.causes[0].reason]).toEqual([504, 'Timeout', 'ResourceVersionTooLarge'])
    expect((await client.get(`${ATTACHMENTS}?resourceVersion=0`)).code).toBe(200)
    expect((await client.get(`${ATTACHMENTS}?resourceVersion=x`)).code).toBe(400)
  })

  it('shows an exact revision of the past', async () => {
    const first = await client.post(ATTACHMENTS, attachment('early'))
    const { resourceVersion } = first.body.metadata
    await client.delete(`${ATTACHMENTS}/early`)
    await client.post(ATTACHMENTS, attachment('late'))
    const exact = `${ATTACHMENTS}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`
    expect(names(await client.get(exact))).toEqual(['early'])
    cluster.faults.forgetHistory()
    expect((await client.get(exact)).body.reason).toBe('Expired')
  })
})

describe('paging', () => {
  it('shows on every page the state of the first, whatever changes meanwhile', async () => {
    const all = fill(25)
    const first = await page(10)
    expect(first.body.metadata.remainingItemCount).toBe(15)
    await client.delete(`${ATTACHMENTS}/${all[12]}`)
    await client.post(ATTACHMENTS, attachment('va-00011-and-a-half'))
    await client.patch(`${ATTACHMENTS}/${all[20]}`, { metadata: { labels: { changed: 'yes' } } })
    const second = await page(10, first.body.metadata.continue)
    const third = await page(10, second.body.metadata.continue)
    expect([first, second, third].flatMap(names)).toEqual(all)
    expect(third.body.items[0].metadata.labels).toBeUndefined()
    expect(third.body.metadata).toEqual({ resourceVersion: first.body.metadata.resourceVersion })
    expect(names(await client.get(ATTACHMENTS))).toContain('va-00011-and-a-half')
  })

  it('answers 410 Expired with a token for the rest as it is now when the state is forgotten', async () => {
    const all = fill(4)
    const first = await page(2)
    await client.delete(`${ATTACHMENTS}/${all[2]}`)
    cluster.faults.forgetHistory()
    const { code, body } = await page(2, first.body.metadata.continue)
    expect([code, body.reason]).toEqual([410, 'Expired'])
    expect(names(await page(2, body.metadata.continue))).toEqual([all[3]])
  })

  it('forgets by itself after enough changes', async () => {
    await cluster.close()
    await client.close()
    cluster = await startCluster({ historyLength: 3 })
    client = new ApiClient(cluster)
    fill(2)
    const first = await page(1)
    fill(10)
    expect((await page(1, first.body.metadata.continue)).code).toBe(410)
  })

  it('refuses a token that it never made, and a revision beside one', async () => {
    fill(2)
    expect((await page(1, 'bm90aGluZw')).body.message).toBe('continue key is not valid')
    const { body } = await page(1)
    const path = `${ATTACHMENTS}?limit=1&resourceVersion=1&continue=${body.metadata.continue}`
    expect((await client.get(path)).code).toBe(400)
  })

  it('fills its pages with what a selector lets through and then tells no remaining count', async () => {
    const all = fill(6)
    for (const name of all.slice(3))
      await client.patch(`${ATTACHMENTS}/${name}`, { metadata: { labels: { late: 'yes' } } })
    const first = await client.get(`${ATTACHMENTS}?limit=2&labelSelector=late`)
    expect(names(first)).toEqual(all.slice(3, 5))
    expect(Object.keys(first.body.metadata)).toEqual(['resourceVersion', 'continue'])
    const path = `${ATTACHMENTS}?limit=2&labelSelector=late&continue=${first.body.metadata.continue}`
    expect(names(await client.get(path))).toEqual(all.slice(5))
  })

  it('lists ten thousand attachments in pages of 500 for less than two seconds of processor time', async () => {
    const all = fill(10_000)
    const begun = process.cpuUsage()
    const seen: string[] = []
    let reply = await page(500)
    seen.push(...names(reply))
    while (reply.body.metadata.continue !== undefined) {
      reply = await page(500, reply.body.metadata.continue)
      seen.push(...names(reply))
    }
    expect(seen).toEqual(all)
    const { user, system } = process.cpuUsage(begun)
    expect(user + system).toBeLessThan(2_000_000)
  })
})

describe('a selector', () => {
  beforeEach(() => {
    const labels = [{ app: 'a', tier: 'x' }, { app: 'b' }, {}, { app: 'c', tier: 'y' }]
    for (const [index, own] of labels.entries())
      cluster.store.put('volumeattachments', attachment(`va-${index}`, { metadata: { labels: own } }))
  })

  it.each([
    ['app=a', ['va-0']],
    ['app==b', ['va-1']],
    ['app!=a', ['va-1', 'va-2', 'va-3']],
    ['app', ['va-0', 'va-1', 'va-3']],
    ['!app', ['va-2']],
    ['app in (a, c)', ['va-0', 'va-3']],
    ['app notin (a,c),app', ['va-1']],
    ['app in (a,b),tier', ['va-0']],
    ['', ['va-0', 'va-1', 'va-2', 'va-3']],
  ])('of labels "%s" picks what it says', async (selector, expected) => {
    expect(names(await client.get(`${ATTACHMENTS}?labelSelector=${encodeURIComponent(selector)}`))).toEqual(expected)
  })

  it('of labels that is none is refused', async () => {
    expect((await client.get(`${ATTACHMENTS}?labelSelector=${encodeURIComponent('app in a')}`)).code).toBe(400)
  })

  it.each([
    ['metadata.name=va-1', ['va-1']],
    ['metadata.name!=va-1', ['va-0', 'va-2', 'va-3']],
    ['metadata.name==va-1,metadata.name!=va-1', []],
  ])('of fields "%s" picks what it says', async (selector, expected) => {
    expect(names(await client.get(`${ATTACHMENTS}?fieldSelector=${encodeURIComponent(selector)}`))).toEqual(expected)
  })

  it.each([
    [
      ATTACHMENTS,
      'spec.nodeName=node-a',
      '"spec.nodeName" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
    ['/api/v1/nodes', 'status.phase=x', 'field label not supported: status.phase'],
    ['/api/v1/events', 'regarding.name=x', 'field label not supported: regarding.name'],
    [ATTACHMENTS, 'metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
  ])('of fields that %s does not offer is refused: %s', async (path, selector, message) => {
    const { code, body } = await client.get(`${path}?fieldSelector=${encodeURIComponent(selector)}`)
    expect([code, body.reason, body.message]).toEqual([400, 'BadRequest', message])
  })
})
