import { StorageError } from '../../domain/errors.ts'
import { isInside } from '../../domain/folder.ts'
import type { Bytes, ClusterId, HostNqn, VolumeId } from '../../domain/ids.ts'
import type { Volume } from '../../domain/volume.ts'
import { volumeNqn } from '../../domain/volume-id.ts'
import type { Admitted } from '../../ports/host-access.ts'
import { type OwnerTag, parseComment } from './comment.ts'
import { folderOf } from './device-path.ts'
import type { DiskRow } from './disk-row.ts'
import { olderSlotOf, volumeOfSlot } from './slot.ts'

/** A disk that is a volume of ours. */
export interface KnownDisk {
  readonly id: VolumeId
  /** Its name in `/disk`; the only thing it is addressed by, since the device may renumber its ids. */
  readonly slot: string
  /** Undefined for a volume of the older driver that has not been published by us yet. */
  readonly tag: OwnerTag | undefined
  /** Undefined while there is nothing behind the disk, as when its pool is not mounted. */
  readonly bytes: Bytes | undefined
  /** The backing file, inside the base path. */
  readonly path: string
  readonly admitted: Admitted
  /** Somebody switched the disk off: nobody gets in, whatever its export says. */
  readonly disabled: boolean
  /** False for an export under another NQN or port than ours. */
  readonly usual: boolean
}

/** Whose disks are ours. */
export interface Ownership {
  readonly owner: ClusterId
  readonly basePath: string
  readonly nvmePort: number
}

/**
 * The volume that a disk is, or undefined for a stranger's: one with our owner tag that fits its slot, or one of the older
 * driver, which has no comment and its volume's id as slot. Either has its file inside the base path.
 */
export function knownDisk(row: DiskRow, { owner, basePath, nvmePort }: Ownership): KnownDisk | undefined {
  const id = volumeOfSlot(row.slot)
  const { path, bytes, slot } = row
  if (id === undefined || row.type !== 'file' || path === undefined || !isInside(folderOf(path), basePath)) {
    return undefined
  }
  const tag = ownTag(row, id, owner)
  const isOlder = row.comment === undefined && slot === olderSlotOf(id)
  if (tag === undefined && !isOlder) return undefined
  const usual = row.nqn === volumeNqn(id) && row.port === String(nvmePort)
  return { id, slot, tag, bytes, path, admitted: admittedBy(row), disabled: row.disabled, usual }
}

function ownTag({ comment }: DiskRow, id: VolumeId, owner: ClusterId): OwnerTag | undefined {
  const tag = comment === undefined ? undefined : parseComment(comment)
  return tag?.owner === owner && tag.id === id ? tag : undefined
}

function admittedBy({ exported, disabled, allowedHost }: DiskRow): Admitted {
  if (!exported || disabled) return { to: 'nobody' }
  return allowedHost === '' ? { to: 'any' } : { to: 'host', host: allowedHost as HostNqn }
}

/** Whether somebody may have a session: sessions may outlive that a disk is disabled. */
export const mayBeLive = ({ admitted, disabled }: KnownDisk): boolean => admitted.to !== 'nobody' || disabled

/** The volume as the rest of the program sees it. Throws `unavailable` while there is nothing behind the disk. */
export function volumeOf(disk: KnownDisk): Volume {
  if (disk.bytes === undefined) {
    throw new StorageError(
      'unavailable',
      `disk "${disk.slot}" has nothing behind it at present: is ${disk.path} there?`,
    )
  }
  return listedVolume(disk)
}

/** As `volumeOf`, with 0 bytes while there is nothing behind the disk: it must not hide the others. */
export function listedVolume({ id, tag, bytes = 0, path }: KnownDisk): Volume {
  return { id, name: tag?.name, bytes, folder: folderOf(path), nqn: volumeNqn(id), createdAt: tag?.createdAt }
}
