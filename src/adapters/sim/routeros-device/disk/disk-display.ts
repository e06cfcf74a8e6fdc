import type { Display, MenuFlag } from '../command.ts'

const flag = (letter: string, property: string, printed = false): MenuFlag => ({
  letter,
  property,
  word: property.toUpperCase(),
  printed,
})

/** Flags of `/disk` in the order of their letters (manual). */
export const DISK_FLAGS: readonly MenuFlag[] = [
  flag('X', 'disabled'),
  flag('A', 'acquired'),
  flag('E', 'empty'),
  flag('B', 'block-device'),
  flag('M', 'mounted'),
  flag('F', 'formatting'),
  flag('S', 'swap-enabled'),
  flag('f', 'raid-member-failed', true),
  flag('r', 'raid-member'),
  flag('c', 'encrypted'),
  flag('g', 'guid-partition-table'),
  flag('p', 'partition'),
  flag('t', 'nvme-tcp-export', true),
  flag('i', 'iscsi-export', true),
  flag('s', 'smb-sharing', true),
  flag('n', 'nfs-sharing', true),
  flag('m', 'media-sharing', true),
]

const QUOTED =
  'slot slot-default parent fs-label fs-uuid model serial fw-version mount-point state raid-uuid raid-member-state nvme-tcp-server-nqn nvme-tcp-server-allow-host-name nvme-tcp-server-password'
const FLAGS =
  'mount-filesystem mount-read-only compress nvme-tcp-export iscsi-export nfs-sharing smb-sharing media-sharing swap raid-member-failed'
const COUNTS =
  'size free total-inodes free-inodes read-ops read-ops-per-second read-bytes read-merges write-ops write-ops-per-second write-bytes write-merges in-flight-ops discard-ops discard-bytes discard-merges flush-ops'

const NUMBERS = 'sector-size raid-device-count raid-role nvme-tcp-server-port file-offset'

const as = (display: Display, names: string): [string, Display][] => names.split(' ').map(name => [name, display])

/** How the console writes the properties of a disk (captures of 7.24.4). */
export const DISK_DISPLAYS: ReadonlyMap<string, Display> = new Map([
  ...as('quoted', QUOTED),
  ...as('flag', FLAGS),
  ...as('count', COUNTS),
  ...as('number', NUMBERS),
  ...as('size', 'file-size'),
  ...as('rate', 'read-rate write-rate'),
])

/** Columns of a print without `detail` (manual). */
export const DISK_COLUMNS = ['slot', 'model', 'serial', 'interface', 'size', 'free', 'use', 'fs'] as const
