import type { Bytes } from '../../domain/ids.ts'
import { type OwnerTag, writeComment } from './comment.ts'
import type { DiskRow } from './disk-row.ts'
import type { Holdings } from './holdings.ts'
import type { KnownDisk } from './known-disk.ts'
import { type ItemId, slotOf, slotsOf, snapshotSlotOf } from './slot.ts'
import { type SnapshotTag, writeSnapshotComment } from './snapshot-comment.ts'
import type { SnapshotDisk } from './snapshot-disk.ts'

/** Where a disk of ours is to be: its slot, what it says, and how it is found there. */
export interface DiskPlace<Disk extends { readonly bytes: Bytes | undefined }> {
  readonly id: ItemId
  /** For errors: what the disk is to become. */
  readonly name: string
  readonly slot: string
  /** Every slot in which it may be. */
  readonly slots: readonly string[]
  readonly comment: string
  /** Reads the slots and this file. */
  look(path: string, signal: AbortSignal): Promise<DiskRow[]>
  /** What the last reading found. */
  found(): Disk | undefined
  /** The disk on the file was taken back. */
  forget(path: string): void
}

export function volumePlace(holdings: Holdings, tag: OwnerTag): DiskPlace<KnownDisk> {
  const { id } = tag
  return {
    id,
    name: `volume ${id}`,
    slot: slotOf(id),
    slots: slotsOf(id),
    comment: writeComment(tag),
    look: (path, signal) => holdings.look(id, path, signal),
    found: () => holdings.table.anyDisk(id),
    forget: path => holdings.table.forget(id, path),
  }
}

export function snapshotPlace(holdings: Holdings, tag: SnapshotTag): DiskPlace<SnapshotDisk> {
  const { id } = tag
  const slot = snapshotSlotOf(id)
  return {
    id,
    name: `snapshot ${id}`,
    slot,
    slots: [slot],
    comment: writeSnapshotComment(tag),
    look: (path, signal) => holdings.lookAtSnapshot(id, path, signal),
    found: () => holdings.table.snapshotDisk(id),
    forget: () => holdings.table.dropSnapshot(id),
  }
}
