import { type GroupId, isUuid, type SnapshotId, type Uuid, type VolumeId } from './ids.ts'
import { type Digest, uuidBytes, uuidOf, uuidV8 } from './uuid.ts'

/** Under this prefix the snapshotter names snapshots; what follows is a UUID. */
const SNAPSHOT_NAME = /^snapshot-(.+)$/
const SNAPSHOT_ID = /^snap-(.+)$/
const GROUP_ID = /^group-(.+)$/

/** The id of the snapshot that a CSI name asks for: `snap-` and the name's own UUID, or else a digest of the name. */
export const snapshotIdForName = (name: string, sha256: Digest): SnapshotId =>
  `snap-${ownUuid(SNAPSHOT_NAME, name) ?? uuidV8('rds-csi snapshot name', name, sha256)}` as SnapshotId

/**
 * The id of the group of snapshots that a CSI name asks for: one half is a digest of the name, the other one of the set of
 * volumes. So the id itself tells a group that was asked for with other volumes, and one that lacks a member.
 */
export function groupIdFor(name: string, sources: Iterable<VolumeId>, sha256: Digest): GroupId {
  const half = uuidBytes(uuidV8('rds-csi group snapshot name', name, sha256)).subarray(0, 8)
  const other = uuidBytes(uuidV8('rds-csi group snapshot sources', setText(sources), sha256)).subarray(8)
  return `group-${uuidOf(Uint8Array.from([...half, ...other]))}` as GroupId
}

/** Whether two groups were asked for under one name, with whatever volumes. */
export const haveOneName = (a: GroupId, b: GroupId): boolean => nameHalf(a) === nameHalf(b)

/** Whether these are exactly the volumes that the group was asked for. */
export const isGroupOf = (group: GroupId, sources: Iterable<VolumeId>, sha256: Digest): boolean =>
  sourcesHalf(group) === sourcesHalf(groupIdFor('', sources, sha256))

/** The id of the snapshot that is the group's member for a volume. */
export const memberId = (group: GroupId, source: VolumeId, sha256: Digest): SnapshotId =>
  `snap-${uuidV8('rds-csi group snapshot member', `${group} ${source}`, sha256)}` as SnapshotId

/** The id, or undefined where the text can be no snapshot of this driver: such a snapshot does not exist. */
export const parseSnapshotId = (text: string): SnapshotId | undefined =>
  ownUuid(SNAPSHOT_ID, text) === undefined ? undefined : (text as SnapshotId)

export const parseGroupId = (text: string): GroupId | undefined =>
  ownUuid(GROUP_ID, text) === undefined ? undefined : (text as GroupId)

const setText = (sources: Iterable<VolumeId>): string => [...new Set(sources)].toSorted().join(' ')
const halves = (group: GroupId): Uint8Array => uuidBytes(group.slice('group-'.length) as Uuid)
const nameHalf = (group: GroupId): string => halves(group).subarray(0, 8).toString()
const sourcesHalf = (group: GroupId): string => halves(group).subarray(8).toString()

function ownUuid(form: RegExp, text: string): string | undefined {
  const uuid = form.exec(text)?.[1]
  return uuid !== undefined && isUuid(uuid) ? uuid : undefined
}
