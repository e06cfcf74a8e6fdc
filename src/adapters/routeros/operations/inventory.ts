import { isInside } from '../../../domain/folder.ts'
import type { ApplianceInventory, FoundSnapshot, FoundVolume, Inventory } from '../../../ports/appliance-inventory.ts'
import type { Appliance } from '../appliance.ts'
import { parseComment } from '../comment.ts'
import { folderOf, imageIn, imagePlace, leafOf } from '../device-path.ts'
import type { DiskRow } from '../disk-row.ts'
import { olderSlotOf, snapshotOfSlot, volumeOfSlot } from '../slot.ts'
import { parseSnapshotComment } from '../snapshot-comment.ts'
import { parseSubvolumeName } from '../subvolume-name.ts'
import type { SubvolumeRow } from '../subvolume-row.ts'

/** Volumes and snapshots of every owner below the base path, by their tags and names. */
export class RouterOsInventory implements ApplianceInventory {
  readonly #appliance: Appliance

  constructor(appliance: Appliance) {
    this.#appliance = appliance
  }

  async take(signal: AbortSignal): Promise<Inventory> {
    const disks = (await this.#appliance.allDisks(signal)).filter(disk => this.#isBelow(disk.path))
    await this.#appliance.readZone(signal)
    const files = await this.#appliance.filesBelow(this.#appliance.basePath, undefined, signal)
    const subvolumes = await this.#appliance.subvolumes(undefined, signal)
    const sizes = new Map(files.map(({ path, bytes }) => [path, bytes]))
    return {
      volumes: disks.flatMap(disk => foundVolume(disk) ?? []),
      snapshots: [
        ...disks.flatMap(disk => copiedSnapshot(disk) ?? []),
        ...subvolumes
          .filter(({ path }) => this.#isBelow(path))
          .flatMap(subvolume => instantSnapshot(subvolume, sizes.get(imageIn(subvolume.path))) ?? []),
      ],
    }
  }

  #isBelow(path: string | undefined): boolean {
    return path !== undefined && isInside(folderOf(path), this.#appliance.basePath)
  }
}

/** A disk with a tag that fits its slot, or one of the older driver's: without a comment, its id as slot. */
function foundVolume(disk: DiskRow): FoundVolume | undefined {
  const { path, bytes, exported, disabled } = disk
  const known = identityOf(disk)
  if (known === undefined || path === undefined) return undefined
  const subvolume = imagePlace(path)?.subvolume
  return {
    ...known,
    bytes,
    exported: exported && !disabled,
    layout: subvolume === undefined ? 'file' : 'subvolume',
    folder: folderOf(subvolume ?? path),
  }
}

function identityOf({
  slot,
  type,
  comment,
}: DiskRow): Pick<FoundVolume, 'id' | 'owner' | 'name' | 'createdAt'> | undefined {
  const id = volumeOfSlot(slot)
  if (id === undefined || type !== 'file') return undefined
  if (comment === undefined) {
    return slot === olderSlotOf(id) ? { id, owner: undefined, name: undefined, createdAt: undefined } : undefined
  }
  const tag = parseComment(comment)
  return tag?.id === id && tag.unfinished !== true
    ? { id, owner: tag.owner, name: tag.name, createdAt: tag.createdAt }
    : undefined
}

function copiedSnapshot({ slot, comment = '', bytes }: DiskRow): FoundSnapshot | undefined {
  const tag = parseSnapshotComment(comment)
  if (tag === undefined || snapshotOfSlot(slot) !== tag.id) return undefined
  const { id, owner, source, createdAt } = tag
  return { id, owner, source, createdAt, bytes }
}

function instantSnapshot({ path, createdAt }: SubvolumeRow, bytes: number | undefined): FoundSnapshot | undefined {
  const name = parseSubvolumeName(leafOf(path))
  if (name?.of !== 'snapshot') return undefined
  const { id, owner, source } = name
  return { id, owner, source, createdAt, bytes }
}
