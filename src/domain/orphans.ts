import { after, elapsed, type Instant, instant, type Millis, type SnapshotId, type VolumeId } from './ids.ts'

/** What becomes of a volume or snapshot when its object in the cluster goes. */
export type Policy = 'delete' | 'retain'

/** Something on the backend that the cluster may have forgotten. */
export type Holding =
  | { readonly kind: 'volume'; readonly id: VolumeId; readonly createdAt: Instant | undefined }
  | StrayHolding
  | {
      readonly kind: 'snapshot'
      readonly id: SnapshotId
      readonly source: VolumeId
      readonly createdAt: Instant | undefined
    }

/** The file of a volume or snapshot that no disk uses; the file itself does not say whose it is. */
export type StrayHolding = { readonly kind: 'file'; readonly path: string } & (
  | { readonly of: 'volume'; readonly id: VolumeId }
  | { readonly of: 'snapshot'; readonly id: SnapshotId }
)

/** What the cluster's objects name, all of them and at one time. */
export interface References {
  readonly volumes: ReadonlyMap<VolumeId, Policy>
  /** Policies of PersistentVolumes that were seen since this process began, those that are gone by now included. */
  readonly lastPolicies: ReadonlyMap<VolumeId, Policy>
  /** Volumes that an attachment names, with or without a PersistentVolume. */
  readonly attached: ReadonlySet<VolumeId>
  /** Undefined where the cluster knows no snapshots: then no snapshot is ever an orphan. */
  readonly snapshots: ReadonlyMap<SnapshotId, Policy> | undefined
  /** Volumes of which a snapshot is being taken whose id the cluster does not know yet. */
  readonly snapshotting: ReadonlySet<VolumeId>
}

/** What is remembered of a holding from one check to the next, over restarts too. */
export interface Memory {
  /** By the object that named it last; undefined where none has been seen. */
  readonly policy: Policy | undefined
  /** Since when nothing names it, by our own clock; undefined while something does. */
  readonly since: Instant | undefined
}

export type Standing =
  /** An object names it, or a node holds it. */
  | 'in-use'
  /** Its object is gone, and said that it shall stay. */
  | 'retained'
  /** A file of which nothing proves that it is ours. */
  | 'unproven'
  /** Nothing names it, for less than the grace period. */
  | 'waiting'
  /** Nothing has named it for the whole grace period. */
  | 'due'

export interface Evidence {
  readonly references: References
  /** Held by a node, or exported. */
  readonly held: boolean
  /** When something was last done with it; undefined where that is longer ago than this process. */
  readonly usedAt: Instant | undefined
  readonly memory: Memory | undefined
}

export interface Judgement {
  readonly standing: Standing
  /** Undefined where nothing shall be remembered: a file that may be anybody's. */
  readonly memory: Memory | undefined
}

/** Of what nobody knows what its object has said: it may have been to stay. */
export const UNKNOWN_PAST: Memory = { policy: 'retain', since: undefined }

/** How a holding stands now. Whatever is doubtful speaks for keeping it. */
export function judge(holding: Holding, evidence: Evidence, now: Instant, grace: Millis): Judgement {
  const { memory, held } = evidence
  if (holding.kind === 'file' && memory === undefined) return { standing: 'unproven', memory: undefined }
  const named = namedBy(holding, evidence.references)
  const policy = named.policy ?? lastPolicy(holding, evidence.references) ?? memory?.policy
  if (named.inUse || held) return { standing: 'in-use', memory: { policy, since: undefined } }
  if (isToStay(holding, policy)) return { standing: 'retained', memory: UNKNOWN_PAST }
  const since = unnamedSince(holding, evidence, now)
  return { standing: elapsed(since, now) >= grace ? 'due' : 'waiting', memory: { policy, since } }
}

interface Naming {
  readonly inUse: boolean
  readonly policy: Policy | undefined
}

function namedBy(holding: Holding, references: References): Naming {
  if (holding.kind === 'snapshot') return snapshotNamed(holding.id, holding.source, references)
  if (holding.kind === 'file' && holding.of === 'snapshot') return snapshotNamed(holding.id, undefined, references)
  const policy = references.volumes.get(holding.id)
  return { inUse: policy !== undefined || references.attached.has(holding.id), policy }
}

/** One whose source is not known may be of any volume. */
function snapshotNamed(id: SnapshotId, source: VolumeId | undefined, references: References): Naming {
  const { snapshots, snapshotting } = references
  const policy = snapshots?.get(id)
  const begun = source === undefined ? snapshotting.size > 0 : snapshotting.has(source)
  return { inUse: snapshots === undefined || policy !== undefined || begun, policy }
}

const lastPolicy = (holding: Holding, { lastPolicies }: References): Policy | undefined =>
  isOfVolume(holding) ? lastPolicies.get(holding.id) : undefined

/** A volume of the older driver keeps its data whatever was said; it is the only one that does not tell when it was made. */
const isToStay = (holding: Holding, policy: Policy | undefined): boolean =>
  policy === 'retain' || (holding.kind === 'volume' && holding.createdAt === undefined)

/** Whether it says that it was made within the grace period. */
export const isNew = (holding: Holding, now: Instant, grace: Millis): boolean =>
  holding.kind !== 'file' && holding.createdAt !== undefined && elapsed(holding.createdAt, now) < grace

/** Of two memories under one id the one that keeps it longer. */
export function stricter(memory: Memory, other: Memory | undefined): Memory {
  if (other === undefined) return memory
  const policy = [memory.policy, other.policy].includes('retain') ? 'retain' : (memory.policy ?? other.policy)
  const known = memory.since !== undefined && other.since !== undefined
  return { policy, since: known ? instant(Math.max(memory.since, other.since)) : undefined }
}

/** Whether its id is that of a volume. */
export const isOfVolume = (holding: Holding): holding is Extract<Holding, { readonly id: VolumeId }> =>
  holding.kind === 'volume' || (holding.kind === 'file' && holding.of === 'volume')

/** Never before it was made or used last: the same id may have come anew. A time that lies ahead is no time. */
function unnamedSince(holding: Holding, { memory, usedAt }: Evidence, now: Instant): Instant {
  const madeAt = holding.kind === 'file' ? undefined : holding.createdAt
  const times = [memory?.since ?? now, usedAt, madeAt].filter(time => time !== undefined)
  const latest = times.reduce((one, other) => (other > one ? other : one))
  return latest > now ? now : latest
}

/** A memory after the clock was set: waiting counts what has passed, not what the clock says. */
export const shifted = ({ policy, since }: Memory, by: Millis): Memory => ({
  policy,
  since: since === undefined ? undefined : after(since, by),
})
