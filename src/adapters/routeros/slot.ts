import { isUuid, type SnapshotId, type Uuid, type VolumeId } from '../../domain/ids.ts'
import { parseSnapshotId } from '../../domain/snapshot-id.ts'
import { parseVolumeId } from '../../domain/volume-id.ts'
import { base32Of, uuidOfBase32 } from './base32.ts'

/** What has a place on the appliance: a volume, or a snapshot. */
export type ItemId = VolumeId | SnapshotId

/**
 * The slot (name of the disk item) of a volume: `pvc-` or `vol-` and its UUID in 26 base-32 characters, 30 in all.
 * RouterOS 7.24 takes 32 at most.
 */
export const slotOf = (id: VolumeId): string => id.slice(0, 4) + base32Of(id.slice(4) as Uuid)

/** The slot of a snapshot that is a copy on a disk of its own: `snap-` and its UUID in base 32, 31 characters in all. */
export const snapshotSlotOf = (id: SnapshotId): string => `snap-${base32Of(id.slice(5) as Uuid)}`

/** The slot that the older driver gave the volume: the id itself, of 40 characters. It knew no `vol-` ids. */
export const olderSlotOf = (id: VolumeId): string | undefined => (id.startsWith('pvc-') ? id : undefined)

/** Every slot under which a volume may be found. */
export function slotsOf(id: VolumeId): string[] {
  const older = olderSlotOf(id)
  return older === undefined ? [slotOf(id)] : [slotOf(id), older]
}

/** The volume to which a slot belongs by its form, ours or the older driver's; undefined for any other. */
export function volumeOfSlot(slot: string): VolumeId | undefined {
  const uuid = uuidOfBase32(slot.slice(4))
  return uuid === undefined ? olderVolumeOfSlot(slot) : parseVolumeId(slot.slice(0, 4) + uuid)
}

/** The snapshot to which a slot belongs by its form; undefined for any other. */
export function snapshotOfSlot(slot: string): SnapshotId | undefined {
  const uuid = slot.startsWith('snap-') ? uuidOfBase32(slot.slice(5)) : undefined
  return uuid === undefined ? undefined : parseSnapshotId(`snap-${uuid}`)
}

function olderVolumeOfSlot(slot: string): VolumeId | undefined {
  return slot.startsWith('pvc-') && isUuid(slot.slice(4)) ? parseVolumeId(slot) : undefined
}
