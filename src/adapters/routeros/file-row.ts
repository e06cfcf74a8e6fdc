import type { Bytes } from '../../domain/ids.ts'
import { normalPath } from './device-path.ts'
import { bytesOf } from './disk-row.ts'
import type { ReplyRow } from './transport.ts'

/** One entry of `/file`. */
export interface FileRow {
  /** With a leading slash. */
  readonly path: string
  readonly isFolder: boolean
  /** Undefined for a folder, or where the device tells no exact size. */
  readonly bytes: Bytes | undefined
}

export const FILE_PROPERTIES = ['name', 'type', 'size'] as const

/** What folders are called; what a subvolume is called is unknown. */
const FOLDER = /^(directory|disk|(btrfs[ -]?)?subvolume)$/

/** Undefined for a row without a plain name. A mount point is of type `disk`. */
export function fileRow(row: ReplyRow): FileRow | undefined {
  const path = normalPath(row.get('name') ?? '')
  const isFolder = FOLDER.test(row.get('type') ?? '')
  return path === undefined
    ? undefined
    : { path, isFolder, bytes: isFolder ? undefined : bytesOf(row.get('size') ?? '') }
}
