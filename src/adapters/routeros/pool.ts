import type { Bytes } from '../../domain/ids.ts'
import type { DiskRow } from './disk-row.ts'

/** The mounted file system in which the base path lies, as it was read last. */
export interface Pool {
  /** Mount point with its leading slash. */
  readonly path: string
  readonly fileSystem: string
  /** The label by which commands for subvolumes name it; undefined where it has none, or none of its kind has. */
  readonly label: string | undefined
  readonly bytes: Bytes | undefined
  readonly free: Bytes | undefined
}

/** The pool that a disk is which is mounted at the path. */
export function poolOf(row: DiskRow, path: string): Pool {
  const label = row.fileSystem === 'btrfs' && row.label !== '' ? row.label : undefined
  return { path, fileSystem: row.fileSystem, label, bytes: row.bytes, free: row.free }
}
