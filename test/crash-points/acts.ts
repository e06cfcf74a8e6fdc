import type { Usage } from '../../src/app/volumes.ts'
import { GiB } from '../../src/domain/capacity.ts'
import type { Capability } from '../../src/domain/capability.ts'
import type { GroupId, NodeId, SnapshotId, VolumeId } from '../../src/domain/ids.ts'
import type { VolumeSource } from '../../src/domain/volume.ts'
import type { AttachmentRecord } from '../../src/ports/cluster.ts'
import type { World } from './world.ts'

export const migratable: Capability = { use: 'block', mode: 'MULTI_NODE_MULTI_WRITER' }
export const exclusive: Capability = { use: 'block', mode: 'SINGLE_NODE_WRITER' }
const TIMEOUT = 300_000

export interface Wish {
  readonly name?: string
  readonly bytes?: number
  readonly source?: VolumeSource
  readonly parameters?: Usage['parameters']
  readonly mutable?: Readonly<Record<string, string>>
  readonly capability?: Capability
}

export const nameOf = (letter: string): string => `pvc-${letter.repeat(8)}-2222-4333-8444-555555555555`
export const VOLUME = nameOf('a') as VolumeId
export const OTHER = nameOf('b') as VolumeId

/** A claim is bound: the provisioner calls, and makes the PersistentVolume. */
export async function create(world: World, wish: Wish = {}): Promise<unknown> {
  const { name = nameOf('a'), bytes = GiB, source, parameters = {}, mutable = {}, capability = migratable } = wish
  const request = {
    name,
    range: { required: bytes, limit: 0 },
    source,
    capabilities: [capability],
    parameters,
    mutable,
  }
  const { volume } = await world.call((process, signal) => process.volumes.create(request, signal))
  const { createdAt: _, ...rest } = volume
  world.references.volumes.set(volume.id, 'delete')
  const access = capability.mode === 'MULTI_NODE_MULTI_WRITER' ? 'migratable' : 'exclusive'
  world.cluster.describe({ volume: volume.id, access, migrationTimeout: TIMEOUT })
  return rest
}

export async function remove(world: World, volume = VOLUME): Promise<void> {
  await world.call((process, signal) => process.volumes.remove(volume, signal))
  world.references.volumes.delete(volume)
}

export async function expand(world: World, bytes: number, volume = VOLUME): Promise<unknown> {
  const range = { required: bytes, limit: 0 }
  const grown = await world.call((process, signal) => process.changes.expand(volume, range, signal))
  return grown.bytes
}

export async function annotate(world: World, note: string, volume = VOLUME): Promise<void> {
  await world.call((process, signal) => process.changes.modify(volume, { note }, signal))
}

/** Asks until it is ready, as the snapshotter does. */
export async function snapshot(world: World, name = 'snapshot-1', source = VOLUME): Promise<SnapshotId> {
  for (;;) {
    const request = { name, source, parameters: {} }
    const taken = await world.call((process, signal) => process.snapshots.create(request, signal))
    world.references.snapshots?.set(taken.id, 'delete')
    if (taken.ready) return taken.id
    await world.pass(1000)
  }
}

export async function removeSnapshot(world: World, id: SnapshotId): Promise<void> {
  await world.call((process, signal) => process.snapshots.remove(id, signal))
  world.references.snapshots?.delete(id)
}

export async function group(world: World, sources: readonly VolumeId[]): Promise<GroupId> {
  const request = { name: 'group-1', sources, parameters: {} }
  const taken = await world.call((process, signal) => process.groups.create(request, signal))
  for (const { id } of taken.members) world.references.snapshots?.set(id, 'delete')
  return taken.id
}

export async function removeGroup(world: World, id: GroupId): Promise<void> {
  await world.call((process, signal) => process.groups.remove(id, [], signal))
  world.references.snapshots?.clear()
}

/** The attacher attaches: its object is there before the call, and tells of the grant after it. The node connects. */
export async function attach(world: World, node: NodeId, capability = migratable, volume = VOLUME): Promise<void> {
  const { cluster, clock } = world
  const name = `csi-${volume}-${node}`
  const flags = { attached: false, leaving: undefined, sharing: false, lost: false }
  const record: AttachmentRecord = { volume, node, name, uid: `${name}-${clock.now()}`, since: clock.now(), ...flags }
  cluster.put(record)
  world.references.attached.add(volume)
  const wanted = { volume, node, capability, readOnly: false, migrationTimeout: TIMEOUT }
  const grant = await world.call((process, signal) => process.attachments.publish(wanted, signal))
  cluster.put({ ...record, attached: true, since: grant.attachedAt, sharing: grant.sharing })
  if (!world.connect(volume, node)) throw new Error(`${node} is not let in by ${volume}`)
}

/** Its deletion is asked for, the attacher detaches, and the object goes. */
export async function detach(world: World, node: NodeId, volume = VOLUME): Promise<void> {
  const { cluster, clock } = world
  const record = recordOf(world, node, volume)
  cluster.put({ ...record, leaving: clock.now() })
  world.leave(volume, node)
  await world.call((process, signal) => process.attachments.unpublish(volume, node, signal))
  cluster.delete(recordOf(world, node, volume))
  if (!cluster.attachments().some(left => left.volume === volume)) world.references.attached.delete(volume)
}

function recordOf({ cluster }: World, node: NodeId, volume: VolumeId): AttachmentRecord {
  const record = cluster.attachments().find(one => one.node === node && one.volume === volume)
  if (record === undefined) throw new Error(`${node} has no attachment of ${volume}`)
  return record
}
