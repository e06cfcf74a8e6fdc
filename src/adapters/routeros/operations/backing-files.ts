import { isInside } from '../../../domain/folder.ts'
import type { BackingFiles, StrayFile } from '../../../ports/backing-files.ts'
import type { Appliance } from '../appliance.ts'
import { parseComment } from '../comment.ts'
import { imageIn, imagePlace, leafOf, ownerOfFile } from '../device-path.ts'
import { parseSnapshotId } from '../../../domain/snapshot-id.ts'
import { parseVolumeId } from '../../../domain/volume-id.ts'
import type { DiskRow } from '../disk-row.ts'
import { type ItemId, volumeOfSlot } from '../slot.ts'
import { parseSubvolumeName } from '../subvolume-name.ts'

/** What lies below the base path under names of volumes and snapshots, and no disk uses it. */
export class RouterOsBackingFiles implements BackingFiles {
  readonly #appliance: Appliance

  constructor(appliance: Appliance) {
    this.#appliance = appliance
  }

  /** The disks are read first: a file that gets its disk meanwhile is a stray for one reading at most. */
  async strays(signal: AbortSignal): Promise<readonly StrayFile[]> {
    const { basePath } = this.#appliance
    const disks = await this.#appliance.allDisks(signal)
    const used = new Set(disks.flatMap(({ path }) => path ?? []))
    const files = await this.#appliance.filesBelow(basePath, undefined, signal)
    const subvolumes = await this.#appliance.subvolumes(undefined, signal)
    return [
      ...disks.flatMap(disk => unfinishedStray(disk, basePath) ?? []),
      ...files
        .filter(({ path, isFolder }) => !isFolder && !used.has(path))
        .flatMap(({ path }) => flatStray(path) ?? []),
      ...subvolumes
        .filter(({ path }) => path.startsWith(`${basePath}/`) && !used.has(imageIn(path)))
        .flatMap(({ path }) => subvolumeStray(path) ?? []),
    ]
  }
}

/** A disk that was never filled from its source: it is no volume yet, and nothing else shows it. */
function unfinishedStray({ slot, comment = '', path }: DiskRow, basePath: string): StrayFile | undefined {
  const tag = parseComment(comment)
  if (tag?.unfinished !== true || volumeOfSlot(slot) !== tag.id || path === undefined) return undefined
  return isInside(path, basePath) ? stray(tag.id, path, tag.source?.id) : undefined
}

/** A file in a subvolume of its own goes with that. */
function flatStray(path: string): StrayFile | undefined {
  const id = imagePlace(path) === undefined ? ownerOfFile(path) : undefined
  return id === undefined ? undefined : stray(id, path, undefined)
}

/** A snapshot's subvolume needs no disk. */
function subvolumeStray(path: string): StrayFile | undefined {
  const name = parseSubvolumeName(leafOf(path))
  return name?.of === 'volume' ? stray(name.id, path, name.source?.id) : undefined
}

function stray(id: ItemId, path: string, from: ItemId | undefined): StrayFile | undefined {
  const volume = parseVolumeId(id)
  if (volume !== undefined) return { kind: 'file', of: 'volume', id: volume, path, from }
  const snapshot = parseSnapshotId(id)
  return snapshot && { kind: 'file', of: 'snapshot', id: snapshot, path, from }
}
