import type { DeviceState } from '../device-state.ts'
import { writeId } from '../item-ids.ts'
import type { Pool } from '../pool.ts'
import type { Row } from '../query.ts'
import { comment, property, SECTOR } from './disk-rows.ts'

/**
 * The pool's item: an array with a file system on it, in the order of the capture of 7.24.4; `free`, inodes, `use` and
 * `mount-point` only while it is mounted.
 */
export function poolRow({ pool, files, traffic }: DeviceState, stats = false): Row {
  const { raid } = pool
  return new Map([
    ['.id', writeId(pool.id, '*')],
    ...comment(pool.comment),
    ['type', 'raid'],
    ['slot', pool.name],
    ['slot-default', ''],
    ['parent', ''],
    ['fs-label', pool.label],
    ...(pool.mounted ? ([['fs-uuid', pool.uuid]] as const) : []),
    ['fs', pool.mounted ? pool.fs : '-'],
    ['model', pool.model],
    ...property('size', pool.size),
    ...(pool.mounted ? mountedProperties(pool, files.list().length) : []),
    ['mount-filesystem', String(pool.mountFilesystem)],
    ['mount-read-only', 'false'],
    ['compress', String(pool.compress)],
    ['sector-size', String(SECTOR)],
    ['raid-type', raid.type],
    ['raid-device-count', String(raid.devices)],
    ['raid-max-component-size', 'none'],
    ['raid-chunk-size', raid.chunk],
    ['raid-master', 'none'],
    ['state', raid.state],
    ['raid-uuid', raid.uuid],
    ['nvme-tcp-export', 'false'],
    ...['iscsi-export', 'nfs-sharing', 'smb-sharing', 'media-sharing'].map((name): [string, string] => [name, 'false']),
    ['media-interface', 'none'],
    ['swap', 'false'],
    ['disabled', 'false'],
    ['empty', 'false'],
    ['block-device', 'true'],
    ['mounted', String(pool.mounted)],
    ...(stats ? traffic.properties() : []),
  ])
}

/** Inodes that an empty file system has in use: its root and its own (captured for XFS). */
const OWN_INODES = 3

/** Btrfs counts no inodes. */
function mountedProperties(pool: Pool, entries: number): [string, string][] {
  const use = Math.round((100 * (pool.size - pool.free)) / pool.size)
  const inodes: [string, string][] = [
    ...property('total-inodes', pool.inodes),
    ...property('free-inodes', pool.inodes - OWN_INODES - (entries - 1)),
  ]
  return [
    ...property('free', pool.free),
    ...(pool.fs === 'btrfs' ? [] : inodes),
    // The console writes `use=8%`; whether the API keeps the sign is unknown.
    ['use', `${use}%`],
    ['mount-point', pool.name],
  ]
}
