import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Access } from '../../src/domain/attachment.ts'
import { isStorageError } from '../../src/domain/errors.ts'
import { type ClusterId, type Instant, instant, type Millis, nodeId, type VolumeId } from '../../src/domain/ids.ts'
import type { AttachmentRecord, Cluster, ClusterChange } from '../../src/ports/cluster.ts'

/** What people, kubelets and sidecars do to the cluster. */
export interface ClusterWorld {
  addNode(name: string): Promise<void>
  /** A node that is there from now on connects from these addresses. */
  placeNode(name: string, ...addresses: readonly string[]): Promise<void>
  removeNode(name: string): Promise<void>
  addVolume(volume: VolumeId, access: Access, migrationTimeout: Millis): Promise<void>
  /** An attachment that is done. */
  attach(done: DoneAttachment): Promise<void>
  /** Its deletion is announced, but not done. */
  leave(name: string): Promise<void>
  /** It is gone at once. */
  remove(name: string): Promise<void>
  /** Nothing answers, until the returned function is called. */
  outage(): () => void
  /** Whoever follows hears of nothing, though it is answered, until the returned function is called. */
  silence(): () => void
}

export interface DoneAttachment {
  readonly name: string
  readonly volume: VolumeId
  readonly node: string
  readonly at: Instant
  /** Granted beside another holder, and no migration. */
  readonly sharing: boolean
}

export interface OpenedCluster {
  /** Not started. Nodes node-a and node-b exist. */
  readonly cluster: Cluster
  readonly world: ClusterWorld
  readonly identity: ClusterId
  close(): Promise<void>
}

const movable = 'pvc-aaaaaaaa-0000-4000-8000-000000000001' as VolumeId
const single = 'pvc-aaaaaaaa-0000-4000-8000-000000000002' as VolumeId
const [nodeA, nodeB] = [nodeId('node-a'), nodeId('node-b')]
const at = instant(Date.UTC(2026, 0, 1, 12, 0, 0, 123))

/** What every Cluster promises. */
export function clusterContract(name: string, open: () => Promise<OpenedCluster>): void {
  describe(`cluster: ${name}`, () => {
    let opened: OpenedCluster
    let stop: AbortController
    let changes: ClusterChange[]
    beforeEach(async () => {
      opened = await open()
      stop = new AbortController()
      changes = []
      opened.cluster.onChange(change => changes.push(change))
    })
    afterEach(async () => {
      stop.abort(new Error('the test is over'))
      await opened.close()
    })
    const attach = (named: string, volume: VolumeId, node: string, sharing = false): Promise<void> =>
      opened.world.attach({ name: named, volume, node, at, sharing })
    const start = (): Promise<void> => opened.cluster.start(stop.signal)
    const seen = (type: ClusterChange['type']) => changes.filter(change => change.type === type)
    const record = (named: string): AttachmentRecord | undefined =>
      opened.cluster.attachments().find(found => found.name === named)

    it('knows everything that is there as soon as it has started, and tells nothing of it', async () => {
      await opened.world.addVolume(movable, 'migratable', 90_000)
      await opened.world.addVolume(single, 'exclusive', 300_000)
      await attach('one', movable, 'node-a')
      await attach('two', single, 'node-b')
      await start()
      const { cluster } = opened
      expect(cluster.identity()).toBe(opened.identity)
      expect([cluster.hasNode(nodeA), cluster.hasNode(nodeId('node-z'))]).toEqual([true, false])
      expect(cluster.volume(movable)).toEqual({ volume: movable, access: 'migratable', migrationTimeout: 90_000 })
      expect(cluster.volume(single)).toEqual({ volume: single, access: 'exclusive', migrationTimeout: 300_000 })
      expect(cluster.volume('pvc-aaaaaaaa-0000-4000-8000-00000000000' as VolumeId)).toBeUndefined()
      const one = record('one')
      expect(one).toEqual({
        name: 'one',
        uid: one?.uid,
        volume: movable,
        node: nodeA,
        since: at,
        attached: true,
        leaving: undefined,
        sharing: false,
        lost: false,
      })
      expect(record('two')).toMatchObject({ volume: single, node: nodeB })
      expect(changes).toEqual([])
    })

    it('knows all nodes, and from where each connects as that changes', async () => {
      await opened.world.placeNode('node-a', '10.0.0.1')
      await start()
      const { cluster, world } = opened
      expect(cluster.nodes()).toEqual(expect.arrayContaining([nodeA, nodeB]))
      expect([cluster.addresses(nodeA), cluster.addresses(nodeB)]).toEqual([['10.0.0.1'], []])
      await world.placeNode('node-a', '10.0.0.7', '10.1.0.7')
      await vi.waitFor(() => expect(cluster.addresses(nodeA)).toEqual(['10.0.0.7', '10.1.0.7']))
      await world.removeNode('node-a')
      await vi.waitFor(() => expect(cluster.nodes()).not.toContain(nodeA))
      expect(cluster.addresses(nodeA)).toEqual([])
      expect(seen('node-seen')).toEqual([])
    })

    it('tells each attachment that comes, leaves and vanishes, with its last state', async () => {
      await opened.world.addVolume(movable, 'migratable', 90_000)
      await start()
      await attach('one', movable, 'node-a')
      await vi.waitFor(() => expect(seen('attachment-seen').at(-1)).toMatchObject({ record: { attached: true } }))
      await opened.world.leave('one')
      await vi.waitFor(() => expect(record('one')?.leaving).toBeDefined())
      expect(seen('attachment-vanished')).toEqual([])
      const last = record('one')
      await opened.world.remove('one')
      await vi.waitFor(() =>
        expect(seen('attachment-vanished')).toEqual([{ type: 'attachment-vanished', record: last }]),
      )
      expect(opened.cluster.attachments()).toEqual([])
    })

    it('takes a new object of the same name for another record', async () => {
      await opened.world.addVolume(movable, 'migratable', 90_000)
      await attach('one', movable, 'node-a')
      await start()
      const first = record('one')!
      await opened.world.remove('one')
      await attach('one', movable, 'node-a')
      await vi.waitFor(() => expect(seen('attachment-seen')).not.toEqual([]))
      expect(record('one')?.uid).not.toBe(first.uid)
      expect(seen('attachment-vanished')).toEqual([{ type: 'attachment-vanished', record: first }])
      const order = changes.map(change => change.type)
      expect(order.indexOf('attachment-vanished')).toBeLessThan(order.indexOf('attachment-seen'))
      expect(await opened.cluster.stillThere(first, stop.signal)).toBe(false)
      expect(await opened.cluster.stillThere(record('one')!, stop.signal)).toBe(true)
    })

    it('is right about an attachment that comes before its volume and its node', async () => {
      await start()
      await attach('one', movable, 'node-z')
      await vi.waitFor(() => expect(record('one')?.lost).toBe(true))
      await opened.world.addVolume(movable, 'migratable', 90_000)
      await opened.world.addNode('node-z')
      await vi.waitFor(() => expect(record('one')?.lost).toBe(false))
      await vi.waitFor(() => expect(opened.cluster.volume(movable)?.access).toBe('migratable'))
    })

    it('tells nodes that go and come, and marks the records of those that are gone', async () => {
      await opened.world.addVolume(movable, 'migratable', 90_000)
      await attach('one', movable, 'node-a')
      await start()
      await opened.world.removeNode('node-a')
      await vi.waitFor(() => expect(seen('node-gone')).toEqual([{ type: 'node-gone', node: nodeA }]))
      expect([opened.cluster.hasNode(nodeA), record('one')?.lost]).toEqual([false, true])
      await opened.world.addNode('node-a')
      await vi.waitFor(() => expect(seen('node-seen')).toEqual([{ type: 'node-seen', node: nodeA }]))
      expect([opened.cluster.hasNode(nodeA), record('one')?.lost]).toEqual([true, false])
    })

    it('knows a holder that was admitted beside another one on purpose', async () => {
      await opened.world.addVolume(movable, 'migratable', 90_000)
      await attach('one', movable, 'node-a')
      await attach('two', movable, 'node-b', true)
      await start()
      expect([record('one')?.sharing, record('two')?.sharing]).toEqual([false, true])
    })

    it('keeps what it knows through an outage, never calls it absence, and follows again afterwards', async () => {
      await opened.world.addVolume(movable, 'migratable', 90_000)
      await attach('one', movable, 'node-a')
      await start()
      const known = record('one')!
      const end = opened.world.outage()
      const asked = await opened.cluster.stillThere(known, stop.signal).catch((error: unknown) => error)
      expect(isStorageError(asked, 'unavailable')).toBe(true)
      expect(opened.cluster.attachments()).toEqual([known])
      expect(changes).toEqual([])
      end()
      await attach('two', movable, 'node-b')
      await vi.waitFor(() => expect(record('two')).toBeDefined(), 5000)
      expect(record('one')).toEqual(known)
    })

    it('waits through an outage at the start and rejects only with the reason of its signal', async () => {
      const end = opened.world.outage()
      const reason = new Error('enough')
      const given = new AbortController()
      const starting = opened.cluster.start(given.signal)
      given.abort(reason)
      await expect(starting).rejects.toBe(reason)
      end()
      await expect(opened.cluster.start(AbortSignal.abort(reason))).rejects.toBe(reason)
    })

    it('holds everything once it is refreshed, whatever it did not hear of, and tells it', async () => {
      await opened.world.addVolume(movable, 'migratable', 90_000)
      await attach('one', movable, 'node-a')
      await start()
      const one = record('one')
      opened.world.silence()
      await opened.world.remove('one')
      await attach('two', movable, 'node-b')
      await opened.world.addVolume(single, 'exclusive', 300_000)
      await opened.world.removeNode('node-a')
      await opened.cluster.refresh(stop.signal)
      expect(opened.cluster.attachments().map(found => found.name)).toEqual(['two'])
      expect(opened.cluster.hasNode(nodeA)).toBe(false)
      expect(opened.cluster.volume(single)?.access).toBe('exclusive')
      expect(seen('attachment-vanished')).toMatchObject([{ record: { uid: one?.uid } }])
      expect(seen('attachment-seen')).toMatchObject([{ record: { name: 'two' } }])
      expect(seen('node-gone')).toHaveLength(1)
    })

    it('follows on after it was refreshed, also by several at once', async () => {
      await opened.world.addVolume(movable, 'migratable', 90_000)
      await start()
      const end = opened.world.silence()
      await Promise.all([opened.cluster.refresh(stop.signal), opened.cluster.refresh(stop.signal)])
      end()
      await attach('one', movable, 'node-a')
      await vi.waitFor(() => expect(record('one')).toBeDefined(), 5000)
    })

    it('waits through an outage to be refreshed and rejects only with the reason of its signal', async () => {
      await opened.world.addVolume(movable, 'migratable', 90_000)
      await start()
      const end = opened.world.outage()
      const reason = new Error('enough')
      const given = new AbortController()
      const hopeless = opened.cluster.refresh(given.signal)
      let done = false
      const patient = opened.cluster.refresh(stop.signal).then(() => void (done = true))
      await attach('one', movable, 'node-a')
      given.abort(reason)
      await expect(hopeless).rejects.toBe(reason)
      await expect(opened.cluster.refresh(AbortSignal.abort(reason))).rejects.toBe(reason)
      expect(done).toBe(false)
      end()
      await patient
      expect(record('one')).toBeDefined()
    })

    it('stops telling a listener that has left', async () => {
      await start()
      const later = vi.fn<(change: ClusterChange) => void>()
      const leave = opened.cluster.onChange(later)
      leave()
      await opened.world.addNode('node-y')
      await vi.waitFor(() => expect(seen('node-seen')).toHaveLength(1))
      expect(later).not.toHaveBeenCalled()
    })

    it('goes on telling others when a listener throws', async () => {
      await start()
      const second: ClusterChange[] = []
      opened.cluster.onChange(() => {
        throw new Error('a fault of the listener')
      })
      opened.cluster.onChange(change => second.push(change))
      await opened.world.addNode('node-y')
      await vi.waitFor(() => expect(second).toEqual([{ type: 'node-seen', node: nodeId('node-y') }]))
    })
  })
}
