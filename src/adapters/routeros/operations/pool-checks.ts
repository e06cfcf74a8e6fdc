import type { Finding } from '../../../ports/backend-inspection.ts'
import { fileName, normalPath } from '../device-path.ts'
import { bytesOf, isTrue } from '../disk-row.ts'
import type { ReplyRow } from '../transport.ts'
import { failure, ok, skipped, warning } from './findings.ts'

export const POOL_PROPERTIES = [
  'slot',
  'type',
  'fs',
  'fs-label',
  'size',
  'free',
  'mount-point',
  'mount-read-only',
  'nvme-tcp-export',
  'state',
  'raid-master',
  'raid-member-failed',
  'raid-member-state',
] as const

/** File systems that volumes can live on; what else RouterOS mounts loses data, or has no files of this size. */
const GOOD = new Set(['btrfs', 'xfs', 'ext4'])
/** Of the pool, in which a file system gets slow, or btrfs gets stuck. */
const TIGHT = 0.1

/** The row of the disk that is mounted there; undefined where none is. */
export const mountedAt = (path: string, rows: readonly ReplyRow[]): ReplyRow | undefined =>
  rows.find(row => normalPath(row.get('mount-point') ?? '') === path)

/** What is to be said of the pool; `mounted` are the mount points that there are, where they were asked for. */
export function poolFindings(path: string, rows: readonly ReplyRow[], mounted: readonly string[] = []): Finding[] {
  const pool = mountedAt(path, rows)
  if (pool === undefined) {
    const why = 'the pool is not mounted'
    return [unmounted(path, rows, mounted), ...['file system', 'raid', 'space'].map(check => skipped(check, why))]
  }
  const found = `disk "${pool.get('slot') ?? ''}" is mounted at ${path}`
  return [ok('pool', found), fileSystem(pool), raid(pool, rows), space(pool)]
}

function unmounted(path: string, rows: readonly ReplyRow[], mounted: readonly string[]): Finding {
  const name = fileName(path)
  if (rows.some(row => row.get('slot') === name)) {
    return failure(
      'pool',
      `disk "${name}" is there but not mounted`,
      `mount it (/disk/set ${name} mount-filesystem=yes), and look at its state`,
    )
  }
  const known = mounted.length === 0 ? '' : `; mounted are ${mounted.join(', ')}`
  return failure(
    'pool',
    `no disk is mounted at ${path}${known}`,
    'make --rds-volume-base-path begin with the mount point of the pool',
  )
}

function fileSystem(pool: ReplyRow): Finding {
  const name = pool.get('fs') ?? ''
  if (isTrue(pool.get('mount-read-only') ?? '')) {
    return failure('file system', `${name}, mounted read-only`, 'set mount-read-only=no, and find out why it was set')
  }
  if (!GOOD.has(name)) {
    return failure('file system', name || 'unknown', 'volumes need a pool of btrfs, xfs or ext4')
  }
  if (name !== 'btrfs') return ok('file system', `${name}: no instant snapshots, these need btrfs`)
  const label = pool.get('fs-label') ?? ''
  return label === ''
    ? warning('file system', 'btrfs without a label', 'snapshots name the file system by its label: set one')
    : ok('file system', `btrfs, label ${label}`)
}

/** A pool that has lost a disk serves as before; somebody has to know. */
function raid(pool: ReplyRow, rows: readonly ReplyRow[]): Finding {
  const state = pool.get('state')
  if (pool.get('type') !== 'raid' || state === undefined) return skipped('raid', 'the pool is no array of this device')
  const members = rows.filter(row => row.get('raid-master') === pool.get('slot'))
  const failed = members.filter(row => isTrue(row.get('raid-member-failed') ?? '')).map(row => row.get('slot') ?? '')
  if (failed.length > 0) {
    return warning(
      'raid',
      `${state}; failed: ${failed.join(', ')}`,
      'replace these disks; until then there is less redundancy',
    )
  }
  if (/^(clean|active)$/.test(state)) return ok('raid', state)
  const busy = /sync|recover|reshape|check|repair/.test(state) && !/degraded/.test(state)
  return busy
    ? warning('raid', state, 'nothing; the array is slower until it is done')
    : warning('raid', state, 'look at the disks of the array; there is less redundancy')
}

function space(pool: ReplyRow): Finding {
  const [size, free] = [bytesOf(pool.get('size') ?? ''), bytesOf(pool.get('free') ?? '')]
  if (size === undefined || free === undefined) return skipped('space', 'the device tells no exact sizes')
  const found = `${free} of ${size} bytes are free`
  return free < size * TIGHT ? warning('space', found, 'keep 5 to 10 % free, btrfs above all') : ok('space', found)
}
