import type { Bytes } from '../../domain/ids.ts'
import { normalPath } from './device-path.ts'
import type { ReplyRow } from './transport.ts'

/** One `/disk` item, as far as it matters here. */
export interface DiskRow {
  readonly slot: string
  readonly type: string
  /** Undefined where the item has none. */
  readonly comment: string | undefined
  /** Exact; undefined while there is nothing behind the item. */
  readonly bytes: Bytes | undefined
  /** The backing file with its leading slash; undefined where there is none. */
  readonly path: string | undefined
  readonly exported: boolean
  /** Switched off as a whole: whatever else it says, no host gets in. */
  readonly disabled: boolean
  readonly nqn: string
  readonly port: string
  /** The host NQN that is let in; empty for any. */
  readonly allowedHost: string
  /** With a leading slash; undefined while it is not mounted. */
  readonly mountPoint: string | undefined
  readonly free: Bytes | undefined
  /** Kind of file system, such as `btrfs`; empty or `-` for none. */
  readonly fileSystem: string
  /** Name of the file system; empty for none. */
  readonly label: string
}

/** What is asked of each item; everything else on a `/disk` row is never sent. */
export const DISK_PROPERTIES = [
  'slot',
  'type',
  'comment',
  'size',
  'free',
  'file-path',
  'file-size',
  'mount-point',
  'nvme-tcp-export',
  'nvme-tcp-server-nqn',
  'nvme-tcp-server-port',
  'nvme-tcp-server-allow-host-name',
  'disabled',
  'fs',
  'fs-label',
] as const

/** Text that is no number of bytes, such as a rounded `1024.0GiB`, is no size. */
const DIGITS = /^\d{1,16}$/

export function diskRow(row: ReplyRow): DiskRow {
  const text = (name: (typeof DISK_PROPERTIES)[number]): string => row.get(name) ?? ''
  return {
    slot: text('slot'),
    type: text('type'),
    comment: text('comment') === '' ? undefined : text('comment'),
    // `size` is a whole number of sectors, `file-size` is what was asked for.
    bytes: bytesOf(text('file-size')) ?? bytesOf(text('size')),
    path: text('file-path') === '' ? undefined : normalPath(text('file-path')),
    exported: isTrue(text('nvme-tcp-export')),
    disabled: isTrue(text('disabled')),
    nqn: text('nvme-tcp-server-nqn'),
    port: text('nvme-tcp-server-port'),
    allowedHost: text('nvme-tcp-server-allow-host-name'),
    mountPoint: text('mount-point') === '' ? undefined : normalPath(text('mount-point')),
    free: bytesOf(text('free')),
    fileSystem: text('fs'),
    label: text('fs-label'),
  }
}

/** Every property of a row; the type sees to it that none is left out. */
const FIELDS = Object.keys({
  slot: true,
  type: true,
  comment: true,
  bytes: true,
  path: true,
  exported: true,
  disabled: true,
  nqn: true,
  port: true,
  allowedHost: true,
  mountPoint: true,
  free: true,
  fileSystem: true,
  label: true,
} satisfies Readonly<Record<keyof DiskRow, true>>) as readonly (keyof DiskRow)[]

/** Whether two rows say the same. */
export const isSameRow = (one: DiskRow, other: DiskRow): boolean => FIELDS.every(field => one[field] === other[field])

export function bytesOf(text: string): Bytes | undefined {
  const bytes = Number(text)
  return DIGITS.test(text) && Number.isSafeInteger(bytes) ? bytes : undefined
}

/** The API writes `true` and `false`, the console `yes` and `no`. */
export const isTrue = (text: string): boolean => text === 'true' || text === 'yes'
