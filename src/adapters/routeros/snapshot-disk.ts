import { isInside } from '../../domain/folder.ts'
import type { Bytes, SnapshotId } from '../../domain/ids.ts'
import type { Snapshot } from '../../domain/snapshot.ts'
import { folderOf } from './device-path.ts'
import type { DiskRow } from './disk-row.ts'
import type { Ownership } from './known-disk.ts'
import { snapshotOfSlot } from './slot.ts'
import { parseSnapshotComment, type SnapshotTag } from './snapshot-comment.ts'

/** A disk that is a snapshot of ours: a copy of every byte, exported to nobody. */
export interface SnapshotDisk {
  readonly id: SnapshotId
  readonly slot: string
  readonly tag: SnapshotTag
  readonly bytes: Bytes | undefined
  readonly path: string
}

/** The snapshot that a disk is, or undefined for any other: its tag is ours and fits its slot, and its file lies in the base path. */
export function snapshotDisk(row: DiskRow, { owner, basePath }: Ownership): SnapshotDisk | undefined {
  const { slot, path, bytes, comment = '' } = row
  const id = snapshotOfSlot(slot)
  if (id === undefined || row.type !== 'file' || path === undefined || !isInside(folderOf(path), basePath)) {
    return undefined
  }
  const tag = parseSnapshotComment(comment)
  return tag?.owner === owner && tag.id === id ? { id, slot, tag, bytes, path } : undefined
}

/** The snapshot as the rest of the program sees it, with 0 bytes while there is nothing behind the disk. */
export function copiedSnapshot({ id, tag, bytes = 0 }: SnapshotDisk): Snapshot {
  return { id, source: tag.source, bytes, createdAt: tag.createdAt, ready: tag.ready && bytes > 0, group: tag.group }
}
