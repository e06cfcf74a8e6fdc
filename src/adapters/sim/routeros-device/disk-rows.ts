import { type DiskItem, setting } from './disk-item.ts'
import { writeId } from './item-ids.ts'
import type { Pool } from './pool.ts'
import type { Row } from './query.ts'
import type { DeviceSwitches } from './switches.ts'

/** Size of a sector; `size` of an item is a whole number of them (rounding of Linux; unknown for RouterOS). */
const SECTOR = 512

const SHARING = 'iscsi-export nfs-sharing smb-sharing media-sharing media-interface swap'.split(' ')
const SERVER = 'nvme-tcp-server-port nvme-tcp-server-nqn nvme-tcp-server-allow-host-name'.split(' ')

/**
 * A file disk as the API prints it: the properties and the order of the capture of 7.24.4, sizes as plain decimals,
 * booleans as true and false. Passwords are never printed (sensitive).
 */
export function fileDiskRow(disk: DiskItem, switches: DeviceSwitches): Row {
  const shows = setting(disk, 'nvme-tcp-export') === 'true' || switches.exportPropsShownWhenOff
  const told = (...names: readonly string[]): [string, string][] => names.map(name => [name, setting(disk, name)])
  const size = disk.file?.size
  return new Map([
    ['.id', writeId(disk.id, '*')],
    ...comment(setting(disk, 'comment')),
    ...told('type', 'slot'),
    ['slot-default', ''],
    ...told('parent'),
    ['fs', '-'],
    ['model', setting(disk, 'file-path')],
    ...(size === undefined ? [] : property('size', size - (size % SECTOR))),
    ...told('mount-filesystem', 'mount-read-only', 'compress'),
    ['sector-size', String(SECTOR)],
    ...told('raid-master', 'nvme-tcp-export', ...(shows ? SERVER : []), ...SHARING, 'file-path'),
    ...(size === undefined ? [] : property('file-size', size)),
    ...told('file-offset', 'disabled'),
    ['empty', String(disk.file === undefined)],
    ['block-device', String(disk.file !== undefined)],
    ['mounted', 'false'],
  ])
}

/** The pool's item: a mounted btrfs array, `free`, `use` and `mount-point` only while it is mounted. */
export function poolRow(pool: Pool): Row {
  return new Map([
    ['.id', writeId(pool.id, '*')],
    ...comment(pool.comment),
    ['type', 'raid'],
    ['slot', pool.name],
    ['slot-default', ''],
    ['parent', ''],
    ['fs-label', `${pool.name}-fs`],
    ['fs', pool.mounted ? 'btrfs' : '-'],
    ['model', 'RAID0 striped'],
    ...property('size', pool.size),
    ...(pool.mounted ? mountedProperties(pool) : []),
    ['mount-filesystem', 'true'],
    ['mount-read-only', 'false'],
    ['compress', 'false'],
    ['sector-size', String(SECTOR)],
    ['raid-type', '0'],
    ['raid-master', 'none'],
    ['state', 'clean'],
    ['nvme-tcp-export', 'false'],
    ['disabled', 'false'],
    ['empty', 'false'],
    ['block-device', 'true'],
    ['mounted', String(pool.mounted)],
  ])
}

function mountedProperties(pool: Pool): [string, string][] {
  const use = Math.round((100 * (pool.size - pool.free)) / pool.size)
  // The console writes `use=8%`; whether the API keeps the sign is unknown.
  return [...property('free', pool.free), ['use', `${use}%`], ['mount-point', pool.name]]
}

function property(name: string, value: number): [string, string][] {
  return [[name, String(value)]]
}

/** Items without a comment have no such property. */
function comment(value: string): [string, string][] {
  return value === '' ? [] : [['comment', value]]
}
