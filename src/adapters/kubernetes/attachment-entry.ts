import { type Instant, instant, type NodeId, nodeId, type VolumeId } from '../../domain/ids.ts'
import type { AttachmentRecord } from '../../ports/cluster.ts'
import { timeOf, type VolumeAttachmentObject } from './kube-objects.ts'

/** What is kept of a VolumeAttachment of this driver. */
export interface AttachmentEntry {
  readonly name: string
  readonly uid: string
  readonly node: NodeId
  /** Its PersistentVolume; empty where it has none. */
  readonly persistentVolume: string
  readonly since: Instant
  readonly attached: boolean
  readonly leaving: Instant | undefined
  readonly sharing: boolean
  /** Why it is passed over. */
  readonly problem: string | undefined
  /** What is odd about it, though it can be used. */
  readonly oddity: string | undefined
}

/** Undefined for those of other drivers. */
export function attachmentEntry(object: VolumeAttachmentObject, driver: string): AttachmentEntry | undefined {
  const { metadata = {}, spec = {}, status = {} } = object
  if (metadata.name === undefined || spec.attacher !== driver) return undefined
  const context = status.attachmentMetadata ?? {}
  const { since, oddity } = joined(context['attachedAt'], timeOf(metadata.creationTimestamp))
  return {
    ...identity(object),
    name: metadata.name,
    since: since ?? instant(0),
    attached: status.attached === true,
    leaving: timeOf(metadata.deletionTimestamp),
    sharing: context['migration'] === 'none',
    problem: problemOf(object, since),
    oddity,
  }
}

/** The entry in the words of the port. */
export function attachmentRecord(entry: AttachmentEntry, volume: VolumeId, lost: boolean): AttachmentRecord {
  const { name, uid, node, since, attached, leaving, sharing } = entry
  return { name, uid, node, volume, since, attached, leaving, sharing, lost }
}

function identity({ metadata, spec }: VolumeAttachmentObject) {
  return {
    uid: metadata?.uid ?? '',
    node: nodeId(spec?.nodeName ?? ''),
    persistentVolume: spec?.source?.persistentVolumeName ?? '',
  }
}

/** `attachedAt` of the publish context is in milliseconds since the epoch; the object's own time serves where it is not. */
function joined(attachedAt: string | undefined, created: Instant | undefined) {
  if (attachedAt === undefined) return { since: created, oddity: undefined }
  return /^[1-9]\d{0,14}$/.test(attachedAt)
    ? { since: instant(Number(attachedAt)), oddity: undefined }
    : { since: created, oddity: `attachedAt "${attachedAt}" is no time in milliseconds` }
}

function problemOf({ metadata, spec }: VolumeAttachmentObject, since: Instant | undefined): string | undefined {
  if (!metadata?.uid) return 'it has no uid'
  if (!spec?.nodeName) return 'it names no node'
  if (spec.source?.inlineVolumeSpec) return 'it is of an inline volume, which this driver does not serve'
  if (!spec.source?.persistentVolumeName) return 'it names no PersistentVolume'
  return since === undefined ? 'it says nowhere when it was made' : undefined
}
