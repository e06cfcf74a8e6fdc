import type { DeviceState } from '../device-state.ts'
import { writeId } from '../item-ids.ts'
import type { Row } from '../query.ts'
import { leafOf, ROOT_NAME, type Subvolume } from './subvolume.ts'

/** What `/disk/btrfs/subvolume/print` lists: the file system's own subvolume first, the dead ones until they are gone. */
export function subvolumeRows(device: DeviceState): Row[] {
  const { pool, subvolumes } = device
  if (!pool.mounted || pool.fs !== 'btrfs') return []
  const listed = subvolumes.list()
  const bySource = Map.groupBy(subvolumes.living(), ({ source }) => source)
  const snapshotsOf = (uuid: string): string => (bySource.get(uuid) ?? []).map(({ fullname }) => fullname).join(',')
  return [rootRow(device), ...listed.map(subvolume => subvolumeRow(device, subvolume, snapshotsOf(subvolume.uuid)))]
}

function rootRow({ pool, bootedAt, localTime }: DeviceState): Row {
  return new Map([
    ['.id', '*5'],
    ['fs', pool.label],
    ['name', ROOT_NAME],
    ['fullname', ROOT_NAME],
    ['top-level', ''],
    ['parent', ''],
    ['read-only', 'false'],
    ['subvolume-id', '5'],
    ['creation-time', localTime(bootedAt)],
    ['path', `/${pool.name}`],
    ['default', 'true'],
    ['snapshot', 'false'],
    ['dead', 'false'],
    ['mounted', 'true'],
  ])
}

/**
 * Property names of the manual. A path-like name has its last part as `name`, and `top-level` is the subvolume that it
 * lies in (manual); what that says below a plain folder, and what `parent` reads back once the source is gone, is unknown.
 */
function subvolumeRow(device: DeviceState, subvolume: Subvolume, snapshots: string): Row {
  const { pool, subvolumes, localTime } = device
  const { fullname, source } = subvolume
  return new Map([
    ['.id', writeId(subvolume.id, '*')],
    ...(subvolume.comment === '' ? [] : ([['comment', subvolume.comment]] as const)),
    ['fs', pool.label],
    ['name', leafOf(fullname)],
    ['fullname', fullname],
    ['top-level', subvolumes.containing(fullname)?.fullname ?? ROOT_NAME],
    ['parent', (source === undefined ? undefined : subvolumes.byUuid(source)?.fullname) ?? ''],
    ['read-only', String(subvolume.readOnly)],
    ['uuid', subvolume.uuid],
    ['received-uuid', ''],
    ['subvolume-id', String(subvolume.subvolumeId)],
    ['generation', String(subvolume.generation)],
    ['creation-time', localTime(subvolume.created)],
    ['snapshots', snapshots],
    ['path', `/${pool.name}/${fullname}`],
    ['default', 'false'],
    ['snapshot', String(source !== undefined)],
    ['dead', String(subvolume.diedAt !== undefined)],
    ['mounted', 'false'],
  ])
}
