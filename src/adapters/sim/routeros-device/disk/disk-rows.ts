import { type DiskItem, setting } from './disk-item.ts'
import { writeId } from '../item-ids.ts'
import type { Row } from '../query.ts'
import type { DeviceSwitches } from '../switches.ts'

/** Size of a sector; `size` of an item is a whole number of them (rounding of Linux; unknown for RouterOS). */
export const SECTOR = 512

const SHARING = 'iscsi-export nfs-sharing smb-sharing media-sharing media-interface swap'.split(' ')
const SERVER = 'nvme-tcp-server-port nvme-tcp-server-nqn nvme-tcp-server-allow-host-name'.split(' ')

/** What a row shows beyond what is always there. */
export interface RowOptions {
  readonly switches: DeviceSwitches
  /** With what is sensitive. */
  readonly sensitive?: boolean
  /** With the counters of `print stats`. */
  readonly stats?: boolean
}

/**
 * A file disk as the API prints it: the properties and the order of the capture of 7.24.4, sizes as plain decimals,
 * booleans as true and false.
 */
export function fileDiskRow(disk: DiskItem, { switches, sensitive = false, stats = false }: RowOptions): Row {
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
    ...told('raid-master', 'nvme-tcp-export', ...(shows ? SERVER : [])),
    ...(sensitive ? told('nvme-tcp-server-password') : []),
    ...told(...SHARING, 'file-path'),
    ...(size === undefined ? [] : property('file-size', size)),
    ...told('file-offset', 'disabled'),
    ['empty', String(disk.file === undefined)],
    ['block-device', String(disk.file !== undefined)],
    ['mounted', 'false'],
    ...(stats ? disk.traffic.properties() : []),
  ])
}

/** A property that is a number. */
export function property(name: string, value: number): [string, string][] {
  return [[name, String(value)]]
}

/** Items without a comment have no such property. */
export function comment(value: string): [string, string][] {
  return value === '' ? [] : [['comment', value]]
}
