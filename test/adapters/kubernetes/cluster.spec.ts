import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ClusterId, NodeId, VolumeId } from '../../../src/domain/ids.ts'
import type { AttachmentRecord } from '../../../src/ports/cluster.ts'
import { node, OTHER, persistentVolume, VOLUME, volumeAttachment } from './objects.ts'
import { DRIVER, openRig, type Rig, until } from './rig.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openRig()
})
afterEach(() => rig.close())

const put = (resource: string, object: ReturnType<typeof node>) => rig.server.store.put(resource, object)
const record = (name: string): AttachmentRecord | undefined =>
  rig.cluster.attachments().find(found => found.name === name)
const warnings = () => rig.log.lines.filter(line => line.level === 'warn')

describe('a VolumeAttachment', () => {
  it('belongs to the volume of its PersistentVolume, whatever that is called', async () => {
    put('persistentvolumes', persistentVolume({ name: 'static-disk', handle: OTHER }))
    put('volumeattachments', volumeAttachment({ source: { persistentVolumeName: 'static-disk' } }))
    await rig.start()
    expect(record('csi-node-a')?.volume).toBe(OTHER)
  })

  it('belongs to pvc-<uuid> by name where the PersistentVolume is missing, until that comes', async () => {
    put('volumeattachments', volumeAttachment())
    await rig.start()
    expect(record('csi-node-a')?.volume).toBe(VOLUME)
    put('persistentvolumes', persistentVolume({ name: VOLUME, handle: OTHER }))
    await until('the handle wins', () => record('csi-node-a')?.volume === OTHER)
    await until('that is told', () => rig.changes.length === 1)
    expect(rig.changes).toMatchObject([{ type: 'attachment-seen', record: { volume: OTHER } }])
  })

  it('keeps its volume when the PersistentVolume goes first', async () => {
    put('persistentvolumes', persistentVolume({ name: 'static-disk', handle: OTHER }))
    put('volumeattachments', volumeAttachment({ source: { persistentVolumeName: 'static-disk' } }))
    await rig.start()
    expect(record('csi-node-a')?.volume).toBe(OTHER)
    rig.server.store.remove('persistentvolumes', 'static-disk')
    await until('the PersistentVolume is gone', () => rig.cluster.volume(OTHER) === undefined)
    expect(record('csi-node-a')?.volume).toBe(OTHER)
  })

  it('says when it was taken: by attachedAt in ms, else by its creation', async () => {
    const creationTimestamp = '2026-02-03T04:05:06Z'
    const made = (name: string, context: Record<string, string>) =>
      put('volumeattachments', volumeAttachment({ name, context, metadata: { creationTimestamp } }))
    made('exact', { attachedAt: '1767225600123' })
    made('missing', {})
    made('odd', { attachedAt: '2026-01-01T00:00:00Z' })
    await rig.start()
    expect(['exact', 'missing', 'odd'].map(name => record(name)?.since)).toEqual([
      1767225600123,
      Date.parse(creationTimestamp),
      Date.parse(creationTimestamp),
    ])
    rig.cluster.attachments()
    expect(warnings()).toMatchObject([{ fields: { volumeAttachment: 'odd' } }])
  })

  it('of another driver is not seen', async () => {
    put('volumeattachments', volumeAttachment({ attacher: 'another.csi.example' }))
    await rig.start()
    expect(rig.cluster.attachments()).toEqual([])
    expect(warnings()).toEqual([])
  })

  it('that is odd is passed over with one warning, however often it is looked at', async () => {
    put('persistentvolumes', persistentVolume({ name: 'foreign', driver: 'another.csi.example' }))
    put('persistentvolumes', persistentVolume({ name: 'strange', handle: '../etc' }))
    const sources = {
      inline: { inlineVolumeSpec: { csi: { driver: DRIVER, volumeHandle: VOLUME } } },
      nameless: {},
      unknown: { persistentVolumeName: 'not-there' },
      foreign: { persistentVolumeName: 'foreign' },
      strange: { persistentVolumeName: 'strange' },
    }
    for (const [name, source] of Object.entries(sources)) put('volumeattachments', volumeAttachment({ name, source }))
    put('volumeattachments', volumeAttachment({ name: 'nowhere', node: '' }))
    put('volumeattachments', volumeAttachment({ name: 'good' }))
    await rig.start()
    for (let times = 0; times < 3; times += 1) {
      expect(rig.cluster.attachments().map(({ name }) => name)).toEqual(['good'])
    }
    const names = warnings().map(line => line.fields?.['volumeAttachment'])
    expect(names.map(String).toSorted()).toEqual([...Object.keys(sources), 'nowhere'].toSorted())
  })

  it('is the only truth: annotations on the PersistentVolume mean nothing', async () => {
    const volume = persistentVolume()
    const annotations = { [`${DRIVER}/attached-node`]: 'node-b', [`${DRIVER}/attached-at`]: '2026-01-01T00:00:00Z' }
    put('persistentvolumes', { ...volume, metadata: { ...volume.metadata, annotations } })
    await rig.start()
    expect(rig.cluster.attachments()).toEqual([])
  })
})

describe('a PersistentVolume', () => {
  it.each([
    [['ReadWriteMany'], 'Block', 'migratable'],
    [['ReadWriteOnce', 'ReadWriteMany'], 'Block', 'migratable'],
    [['ReadWriteMany'], 'Filesystem', 'exclusive'],
    [['ReadWriteOnce'], 'Block', 'exclusive'],
    [['ReadWriteOncePod'], 'Block', 'exclusive'],
  ])('with %j and %s is %s', async (modes, volumeMode, access) => {
    put('persistentvolumes', persistentVolume({ modes, volumeMode }))
    await rig.start()
    expect(rig.cluster.volume(VOLUME)?.access).toBe(access)
  })

  it.each([
    [{}, 300_000],
    [{ migrationTimeoutSeconds: '45' }, 45_000],
    [{ migrationTimeoutSeconds: '5' }, 30_000],
    [{ migrationTimeoutSeconds: 'soon' }, 300_000],
  ])('with the attributes %j has a migration time-out of %i ms', async (attributes, expected) => {
    put('persistentvolumes', persistentVolume({ attributes }))
    await rig.start()
    expect(rig.cluster.volume(VOLUME)?.migrationTimeout).toBe(expected)
  })

  it('of another driver is no volume of ours', async () => {
    put('persistentvolumes', persistentVolume({ driver: 'another.csi.example' }))
    await rig.start()
    expect(rig.cluster.volume(VOLUME)).toBeUndefined()
  })

  it('that goes leaves the volume to another one with the same handle', async () => {
    put('persistentvolumes', persistentVolume({ name: 'first', modes: ['ReadWriteOnce'] }))
    put('persistentvolumes', persistentVolume({ name: 'second' }))
    await rig.start()
    expect(rig.cluster.volume(VOLUME)?.access).toBe('migratable')
    rig.server.store.remove('persistentvolumes', 'second')
    await until('the other one counts', () => rig.cluster.volume(VOLUME)?.access === 'exclusive')
  })
})

describe('a node', () => {
  const taint = 'node.kubernetes.io/out-of-service'
  const hasA = () => rig.cluster.hasNode('node-a' as NodeId)

  it('is lost when it is not ready and declared out of service, and back when it is well', async () => {
    await rig.start()
    put('nodes', node('node-a', { ready: false, taint }))
    await until('it is lost', () => !hasA())
    put('nodes', node('node-a'))
    await until('it is back', hasA)
    expect(rig.changes.map(({ type }) => type)).toEqual(['node-gone', 'node-seen'])
  })

  it('is not lost by either alone', async () => {
    await rig.start()
    put('nodes', node('node-a', { ready: false }))
    put('nodes', node('node-b', { taint }))
    put('nodes', node('node-z'))
    await until('all was heard', () => rig.cluster.hasNode('node-z' as NodeId))
    expect(rig.changes).toEqual([{ type: 'node-seen', node: 'node-z' }])
  })
})

describe('the identity of the cluster', () => {
  it('is the one given, which needs no look at the cluster', async () => {
    const given = '11111111-1111-4111-8111-111111111111' as ClusterId
    const { cluster } = rig.replica({ clusterId: given })
    const stop = new AbortController()
    await cluster.start(stop.signal)
    expect(cluster.identity()).toBe(given)
    expect(rig.server.faults.requestsOf({ resource: 'namespaces' })).toEqual([])
    stop.abort()
  })

  it('is unknown before the start', () => {
    expect(() => rig.cluster.identity()).toThrow(expect.objectContaining({ kind: 'unavailable' }))
  })
})

it('asks the API three lists and one uid for any number of volumes, and nothing when it is looked at', async () => {
  for (let index = 0; index < 20; index += 1) {
    const handle = `pvc-11111111-2222-4333-8444-${String(index).padStart(12, '0')}` as VolumeId
    put('persistentvolumes', persistentVolume({ handle }))
    put('volumeattachments', volumeAttachment({ name: `csi-${index}`, source: { persistentVolumeName: handle } }))
  }
  await rig.start()
  await until('it watches', () => rig.server.faults.openWatches() === 3)
  for (let times = 0; times < 10; times += 1) expect(rig.cluster.attachments()).toHaveLength(20)
  const verbs = rig.server.faults.requests.map(({ verb, resource }) => `${verb} ${resource}`)
  expect(verbs.toSorted()).toEqual([
    'get namespaces',
    ...['nodes', 'persistentvolumes', 'volumeattachments'].map(kind => `list ${kind}`),
    ...['nodes', 'persistentvolumes', 'volumeattachments'].map(kind => `watch ${kind}`),
  ])
})

describe('the addresses of a node', () => {
  const internal = [
    { type: 'Hostname', address: 'node-a' },
    { type: 'InternalIP', address: '10.0.0.1' },
    { type: 'ExternalIP', address: '192.0.2.1' },
    { type: 'InternalIP', address: 'fd00::1' },
  ]
  const addressesOf = async (object: ReturnType<typeof node>) => {
    put('nodes', object)
    await rig.start()
    return rig.cluster.addresses('node-a' as NodeId)
  }

  it('are its internal ones', async () => {
    expect(await addressesOf(node('node-a', { addresses: internal }))).toEqual(['10.0.0.1', 'fd00::1'])
  })

  it('are what its annotation says, where it has one', async () => {
    const annotations = { [`${DRIVER}/source-addresses`]: '10.1.0.1, 10.1.0.2,10.1.0.1' }
    expect(await addressesOf(node('node-a', { addresses: internal, annotations }))).toEqual(['10.1.0.1', '10.1.0.2'])
  })

  it('are none that are no addresses', async () => {
    const annotations = { [`${DRIVER}/source-addresses`]: '10.1.0.0/24,node-a,,10.1.0.999' }
    expect(await addressesOf(node('node-a', { addresses: internal, annotations }))).toEqual([])
  })

  it('are none while it is out of service', async () => {
    const lost = { ready: false, taint: 'node.kubernetes.io/out-of-service', addresses: internal }
    expect(await addressesOf(node('node-a', lost))).toEqual([])
  })
})
