import { clusterId, type ClusterId, type Instant, instant, type VolumeId } from '../../domain/ids.ts'
import { parseSnapshotId } from '../../domain/snapshot-id.ts'
import type { VolumeSource } from '../../domain/volume.ts'
import { parseVolumeId } from '../../domain/volume-id.ts'
import { decode, encode } from './percent.ts'

/** What the comment of a volume's disk says: whose it is, and what the disk itself has no property for. */
export interface OwnerTag {
  readonly owner: ClusterId
  readonly id: VolumeId
  /** The CSI name that asked for the volume. */
  readonly name: string
  /** Undefined for a volume of the older driver. */
  readonly createdAt: Instant | undefined
  /** What it was made from; absent for one that began empty. */
  readonly source?: VolumeSource | undefined
  /** True while it is being made from its source: it is no volume yet. */
  readonly unfinished?: boolean | undefined
  /** Text for people. */
  readonly note?: string | undefined
  /** True for one whose last holder was lost: its next export is for one host alone, and while that lasts. */
  readonly fenced?: boolean | undefined
}

/** The number is the version of the form; a form that is not known is a stranger's. */
const FORM =
  /^rds-csi\/1 owner=(\S+) id=(\S+) name=(\S+) created=(\S+)(?: source=(\S+))?(?: state=(unfinished))?(?: note=(\S+))?(?: fence=(armed))?$/
const UNKNOWN = '-'
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/**
 * One line of plain ASCII: `rds-csi/1 owner=<uuid> id=<id> name=<percent-encoded> created=<ISO 8601>`, and where there is
 * something to say ` source=<id>`, ` state=unfinished`, ` note=<percent-encoded>` and ` fence=armed`, in this order.
 */
export function writeComment({ owner, id, name, createdAt, source, unfinished, note, fenced }: OwnerTag): string {
  const rest = [
    source === undefined ? '' : ` source=${source.id}`,
    unfinished === true ? ' state=unfinished' : '',
    note === undefined || note === '' ? '' : ` note=${encode(note)}`,
    fenced === true ? ' fence=armed' : '',
  ]
  return `rds-csi/1 owner=${owner} id=${id} name=${encode(name)} created=${writeTime(createdAt)}${rest.join('')}`
}

/** The tag, or undefined where a single character differs from what `writeComment` writes: then the disk is a stranger's. */
export function parseComment(comment: string): OwnerTag | undefined {
  const fields = FORM.exec(comment)?.slice(1)
  const tag = fields && tagOf(fields)
  return tag !== undefined && writeComment(tag) === comment ? tag : undefined
}

function tagOf(fields: readonly (string | undefined)[]): OwnerTag | undefined {
  const [ownerText = '', idText = '', nameText = '', created = '', ...more] = fields
  const owner = clusterId(ownerText)
  const id = parseVolumeId(idText)
  const name = decode(nameText)
  if (owner === undefined || id === undefined || name === undefined) return undefined
  return { owner, id, name, createdAt: readTime(created), ...extrasOf(more) }
}

/** What is left out here does not write back as it was. */
function extrasOf([source, state, note, fence]: readonly (string | undefined)[]): Partial<OwnerTag> {
  const from = sourceOf(source ?? '')
  const text = decode(note ?? '')
  return {
    ...(from && { source: from }),
    ...(state !== undefined && { unfinished: true }),
    ...(text && { note: text }),
    ...(fence !== undefined && { fenced: true }),
  }
}

function sourceOf(text: string): VolumeSource | undefined {
  const snapshot = parseSnapshotId(text)
  if (snapshot !== undefined) return { from: 'snapshot', id: snapshot }
  const volume = parseVolumeId(text)
  return volume && { from: 'volume', id: volume }
}

/** As it stands in a comment: ISO 8601 in UTC, or `-` where it is unknown. */
export const writeTime = (time: Instant | undefined): string =>
  time === undefined ? UNKNOWN : new Date(time).toISOString()

/** Undefined for what is no time, so that it does not write back as it was. */
export function readTime(text: string): Instant | undefined {
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : instant(time)
}
