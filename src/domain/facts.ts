import type { Bytes, Instant, Millis, NodeId, SnapshotId, VolumeId } from './ids.ts'
import type { Refusal } from './refusal.ts'

/**
 * Something that happened to a volume. The only source of its metrics, Kubernetes events, annotations and audit lines:
 * every sink is a table over all of these, so that a new fact does not compile until each has said what it means.
 */
export type Fact = AttachmentFact | MigrationFact | OperationFact

export type AttachmentFact =
  /** A node holds the volume; `beside`: the nodes that held it already. */
  | { readonly type: 'attached'; readonly node: NodeId; readonly beside: readonly NodeId[] }
  | { readonly type: 'attachment-refused'; readonly node: NodeId; readonly refusal: Refusal }
  /** The appliance did not let the node in; nothing changed. */
  | { readonly type: 'attach-failed'; readonly node: NodeId; readonly why: string }
  /** `partial`: another node still holds it. `quiet`: the outcome of a migration tells the same. */
  | {
      readonly type: 'detached'
      readonly node: NodeId
      readonly held: Millis
      readonly partial: boolean
      readonly quiet: boolean
    }
  /** The appliance could not be told; the seat is kept. */
  | { readonly type: 'detach-failed'; readonly node: NodeId | 'every-node'; readonly why: string }
  /** A lost node's seat was cleared after its grace period. */
  | { readonly type: 'stale-attachment-cleared'; readonly node: NodeId; readonly held: Millis }

export type FailureReason = 'target-left' | 'target-lost' | 'source-lost' | 'abandoned'

export type MigrationFact =
  | {
      readonly type: 'migration-started'
      readonly source: NodeId
      readonly target: NodeId
      readonly deadline: Instant
      readonly timeout: Millis
    }
  | { readonly type: 'migration-completed'; readonly source: NodeId; readonly target: NodeId; readonly took: Millis }
  | {
      readonly type: 'migration-failed'
      readonly source: NodeId
      readonly target: NodeId
      readonly took: Millis
      readonly reason: FailureReason
    }
  | { readonly type: 'migration-timed-out'; readonly source: NodeId; readonly target: NodeId; readonly took: Millis }

export type Operation =
  | 'create'
  | 'delete'
  | 'expand'
  | 'modify'
  | 'snapshot'
  | 'delete_snapshot'
  | 'stage'
  | 'unstage'
  | 'publish'
  | 'unpublish'

export type OperationFact =
  /** A use case ended well. `bytes`: the size that the volume has now, where the operation is about sizes. */
  | {
      readonly type: 'operation-succeeded'
      readonly operation: Operation
      readonly bytes?: Bytes
      readonly snapshot?: SnapshotId
    }
  | {
      readonly type: 'operation-failed'
      readonly operation: Operation
      readonly why: string
      readonly snapshot?: SnapshotId
    }

/** What is true around a fact, for every sink. */
export interface About {
  readonly volume: VolumeId
  readonly at: Instant
  /** How long the operation took that made the fact; 0 where a timer or a watch made it. */
  readonly took: Millis
  /** Who holds the volume after the fact, in the order of joining; empty where nobody does. */
  readonly holders: readonly { readonly node: NodeId; readonly since: Instant }[]
}

/** A table over all facts: what each means to one sink. */
export type FactTable = { readonly [T in Fact['type']]: (fact: Extract<Fact, { type: T }>, about: About) => void }

/** Looks the fact up in the table. */
export function tell(table: FactTable, fact: Fact, about: About): void {
  const handler = table[fact.type] as (fact: Fact, about: About) => void
  handler(fact, about)
}
