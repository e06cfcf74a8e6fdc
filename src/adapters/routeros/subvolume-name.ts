import { clusterId, type ClusterId, type GroupId, type SnapshotId, type Uuid, type VolumeId } from '../../domain/ids.ts'
import { parseGroupId } from '../../domain/snapshot-id.ts'
import type { VolumeSource } from '../../domain/volume.ts'
import { parseVolumeId } from '../../domain/volume-id.ts'
import { base32Of, uuidOfBase32 } from './base32.ts'
import { slotOf, snapshotOfSlot, snapshotSlotOf, volumeOfSlot } from './slot.ts'

/** A subvolume of a volume, with what it was made from. Whose it is says the disk on its image. */
export interface VolumeSubvolume {
  readonly of: 'volume'
  readonly id: VolumeId
  readonly source: VolumeSource | undefined
}

/** A subvolume that is a snapshot. It has nothing but its name to say what it is. */
export interface SnapshotSubvolume {
  readonly of: 'snapshot'
  readonly id: SnapshotId
  readonly source: VolumeId
  readonly owner: ClusterId
  readonly group: GroupId | undefined
}

const FROM = '.from-'

/**
 * The last part of a subvolume's name: `<volume id>`, `<volume id>.from-<source>`, or
 * `snap-<id>.<source>.<owner>[.<group>]`, with volumes and snapshots written as slots and the rest in base 32. The device
 * forgets a snapshot's parent when that is removed, and has no other property to keep this in.
 */
export function subvolumeName(name: VolumeSubvolume | SnapshotSubvolume): string {
  if (name.of === 'volume') return name.source === undefined ? name.id : `${name.id}${FROM}${slotOfSource(name.source)}`
  const { id, source, owner, group } = name
  const parts = [snapshotSlotOf(id), slotOf(source), base32Of(owner as string as Uuid)]
  if (group !== undefined) parts.push(base32Of(group.slice('group-'.length) as Uuid))
  return parts.join('.')
}

/** What a name says, or undefined where a single character differs from what `subvolumeName` writes. */
export function parseSubvolumeName(text: string): VolumeSubvolume | SnapshotSubvolume | undefined {
  const name = text.startsWith('snap-') ? parseSnapshot(text) : parseVolume(text)
  return name !== undefined && subvolumeName(name) === text ? name : undefined
}

function parseVolume(text: string): VolumeSubvolume | undefined {
  const [own = '', from] = text.split(FROM)
  const id = parseVolumeId(own)
  if (id === undefined) return undefined
  if (from === undefined) return { of: 'volume', id, source: undefined }
  const source = sourceOfSlot(from)
  return source && { of: 'volume', id, source }
}

function parseSnapshot(text: string): SnapshotSubvolume | undefined {
  const [own = '', from = '', ownerText = '', groupText = ''] = text.split('.')
  const id = snapshotOfSlot(own)
  const source = volumeOfSlot(from)
  const owner = clusterId(uuidOfBase32(ownerText) ?? '')
  if (id === undefined || source === undefined || owner === undefined) return undefined
  // A group that is none does not write back as it was.
  return { of: 'snapshot', id, source, owner, group: groupOf(groupText) }
}

function groupOf(text: string): GroupId | undefined {
  const uuid = uuidOfBase32(text)
  return uuid === undefined ? undefined : parseGroupId(`group-${uuid}`)
}

const slotOfSource = (source: VolumeSource): string =>
  source.from === 'volume' ? slotOf(source.id) : snapshotSlotOf(source.id)

function sourceOfSlot(slot: string): VolumeSource | undefined {
  const snapshot = snapshotOfSlot(slot)
  if (snapshot !== undefined) return { from: 'snapshot', id: snapshot }
  const volume = volumeOfSlot(slot)
  return volume && { from: 'volume', id: volume }
}
