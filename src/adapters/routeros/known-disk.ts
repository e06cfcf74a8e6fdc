import { StorageError } from '../../domain/errors.ts'
import { isInside } from '../../domain/folder.ts'
import type { Bytes, ClusterId, HostNqn, VolumeId } from '../../domain/ids.ts'
import type { Volume } from '../../domain/volume.ts'
import { volumeNqn } from '../../domain/volume-id.ts'
import type { Admitted } from '../../ports/host-access.ts'
import { type OwnerTag, parseComment } from './comment.ts'
import { folderOf, imagePlace } from './device-path.ts'
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
  /** The subvolume of its own in which the file lies; undefined for one that lies flat in its folder. */
  readonly subvolume: string | undefined
  readonly admitted: Admitted
  /** The TCP port of its export; undefined while it is not exported. */
  readonly port: number | undefined
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
  /** Where each volume is exported on a port of its own: the ports that are for that. */
  readonly portRange?: PortRange | undefined
}

/** TCP ports, both ends included. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

/**
 * The volume that a disk is, or undefined for a stranger's: one with our owner tag that fits its slot, or one of the older
 * driver, which has no comment and its volume's id as slot. Either has its file inside the base path.
 */
export function knownDisk(row: DiskRow, ownership: Ownership): KnownDisk | undefined {
  const { owner, basePath } = ownership
  const id = volumeOfSlot(row.slot)
  const { path, bytes, slot } = row
  if (id === undefined || row.type !== 'file' || path === undefined || !isInside(folderOf(path), basePath)) {
    return undefined
  }
  const tag = ownTag(row, id, owner)
  const isOlder = row.comment === undefined && slot === olderSlotOf(id)
  if (tag === undefined && !isOlder) return undefined
  const subvolume = subvolumeOf(path, id)
  const { disabled } = row
  return {
    id,
    slot,
    tag,
    bytes,
    path,
    subvolume,
    disabled,
    admitted: admittedBy(row, tag),
    ...exportOf(row, id, ownership),
  }
}

/** Under what NQN and port it is exported. */
function exportOf({ nqn, port: text, exported }: DiskRow, id: VolumeId, { nvmePort, portRange }: Ownership) {
  const port = Number(text)
  const isOurs = port === nvmePort || (portRange !== undefined && isInRange(port, portRange))
  return { usual: nqn === volumeNqn(id) && isOurs, port: exported && port > 0 ? port : undefined }
}

export const isInRange = (port: number, { first, last }: PortRange): boolean => port >= first && port <= last

/** The subvolume that belongs to the volume by its name, where the file is the one in it. */
function subvolumeOf(path: string, id: VolumeId): string | undefined {
  const place = imagePlace(path)
  return place?.name.of === 'volume' && place.name.id === id ? place.subvolume : undefined
}

function ownTag({ comment }: DiskRow, id: VolumeId, owner: ClusterId): OwnerTag | undefined {
  const tag = comment === undefined ? undefined : parseComment(comment)
  return tag?.owner === owner && tag.id === id ? tag : undefined
}

function admittedBy({ exported, disabled, allowedHost }: DiskRow, tag: OwnerTag | undefined): Admitted {
  const mark = tag?.fenced === true ? ({ fenced: true } as const) : {}
  if (!exported || disabled) return { to: 'nobody', ...mark }
  if (allowedHost === '') return { to: 'any' }
  const hosts = allowedHost.split(',') as HostNqn[]
  return hosts.length > 1 ? { to: 'hosts', hosts } : { to: 'host', host: allowedHost as HostNqn, ...mark }
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
export function listedVolume({ id, tag, bytes = 0, path, subvolume }: KnownDisk): Volume {
  return {
    id,
    name: tag?.name,
    bytes,
    folder: folderOf(subvolume ?? path),
    nqn: volumeNqn(id),
    createdAt: tag?.createdAt,
    source: tag?.source,
    note: tag?.note,
  }
}

/** Whether the disk is still being made from its source: it is no volume yet. */
export const isUnfinished = ({ tag }: KnownDisk): boolean => tag?.unfinished === true
