import {
  clusterId,
  type ClusterId,
  type GroupId,
  type Instant,
  type SnapshotId,
  type VolumeId,
} from '../../domain/ids.ts'
import { parseGroupId, parseSnapshotId } from '../../domain/snapshot-id.ts'
import { parseVolumeId } from '../../domain/volume-id.ts'
import { readTime, writeTime } from './comment.ts'

/** What the comment of a disk says that is a snapshot. */
export interface SnapshotTag {
  readonly owner: ClusterId
  readonly id: SnapshotId
  readonly source: VolumeId
  readonly group: GroupId | undefined
  readonly createdAt: Instant
  /** False until every byte was copied. */
  readonly ready: boolean
}

const FORM =
  /^rds-csi-snapshot\/1 owner=(\S+) id=(\S+) source=(\S+) created=(\S+)(?: group=(\S+))? state=(copying|ready)$/

/** `rds-csi-snapshot/1 owner=<uuid> id=<id> source=<id> created=<ISO 8601>[ group=<id>] state=<copying|ready>`. */
export function writeSnapshotComment({ owner, id, source, group, createdAt, ready }: SnapshotTag): string {
  const member = group === undefined ? '' : ` group=${group}`
  const state = ready ? 'ready' : 'copying'
  return `rds-csi-snapshot/1 owner=${owner} id=${id} source=${source} created=${writeTime(createdAt)}${member} state=${state}`
}

/** The tag, or undefined where a single character differs from what `writeSnapshotComment` writes. */
export function parseSnapshotComment(comment: string): SnapshotTag | undefined {
  const fields = FORM.exec(comment)
  const tag = fields === null ? undefined : tagOf(fields)
  return tag !== undefined && writeSnapshotComment(tag) === comment ? tag : undefined
}

function tagOf([, ownerText = '', idText = '', sourceText = '', ...rest]: readonly string[]): SnapshotTag | undefined {
  const [created = '', groupText, state] = rest
  const owner = clusterId(ownerText)
  const id = parseSnapshotId(idText)
  const source = parseVolumeId(sourceText)
  const createdAt = readTime(created)
  if (owner === undefined || id === undefined || source === undefined || createdAt === undefined) return undefined
  // A group that is none does not write back as it was.
  return { owner, id, source, group: parseGroupId(groupText ?? ''), createdAt, ready: state === 'ready' }
}
