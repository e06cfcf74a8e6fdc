import type { ClusterId, Millis, NodeId, VolumeId } from '../domain/ids.ts'
import type { Access } from '../domain/attachment.ts'
import type { SeatRecord } from '../domain/rebuild.ts'

/** One VolumeAttachment of this driver. */
export interface AttachmentRecord extends SeatRecord {
  /** Kubernetes uid: a new object of the same name is another record. */
  readonly uid: string
  readonly volume: VolumeId
}

/** What the cluster knows of a volume, from its PersistentVolume. */
export interface VolumeRecord {
  readonly volume: VolumeId
  readonly access: Access
  readonly migrationTimeout: Millis
}

/**
 * The cluster, from caches that follow it: every answer is immediate and may be some moments old.
 * Passes test/contracts/cluster.contract.ts.
 */
export interface Cluster {
  /**
   * Fills the caches and keeps following the cluster until the signal aborts; resolves when they are complete. A failing
   * listing is retried with backoff, and said in the log. Rejects only with the signal's reason.
   */
  start(signal: AbortSignal): Promise<void>
  /**
   * Asks the API for complete lists now, and resolves when the caches hold them: the answers are then no older than this
   * call, whatever the watches missed. For caches that were started. Failing lists are tried again with backoff; rejects
   * only with the signal's reason.
   */
  refresh(signal: AbortSignal): Promise<void>
  /** UID of the `kube-system` namespace: the owner of this cluster's volumes. Known once started. */
  identity(): ClusterId
  hasNode(node: NodeId): boolean
  /** All nodes that are in the cluster and in service. */
  nodes(): readonly NodeId[]
  /**
   * IP addresses from which the node connects to the appliance: what its annotation `<driver>/source-addresses` says, else
   * its internal ones. Empty where none is known, or the node is not in service.
   */
  addresses(node: NodeId): readonly string[]
  /** Valid records only; others are skipped with one warning each. */
  attachments(): readonly AttachmentRecord[]
  /** Undefined where no PersistentVolume of this driver has this volume. */
  volume(id: VolumeId): VolumeRecord | undefined
  /** Asks the API itself whether this record still exists. Throws `unavailable` where it cannot be asked. */
  stillThere(record: AttachmentRecord, signal: AbortSignal): Promise<boolean>
  /** Calls the listener after each change, with what changed. Returns the way to stop. */
  onChange(listener: (change: ClusterChange) => void): () => void
}
export const Cluster = Symbol.for('Cluster')

export type ClusterChange =
  | { readonly type: 'attachment-seen'; readonly record: AttachmentRecord }
  /** It vanished from the watch; `record` is its last state. */
  | { readonly type: 'attachment-vanished'; readonly record: AttachmentRecord }
  | { readonly type: 'node-gone'; readonly node: NodeId }
  | { readonly type: 'node-seen'; readonly node: NodeId }
