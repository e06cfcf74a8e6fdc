/** Identities. Each is a string that has been checked once, at the edge; inside the house nobody checks again. */
declare const brand: unique symbol
type Branded<Value, Name extends string> = Value & { readonly [brand]: Name }

/** CSI volume id: `pvc-<uuid>` or `vol-<uuid>`, see volume-id.ts. */
export type VolumeId = Branded<string, 'VolumeId'>
/** CSI snapshot id: `snap-<uuid>`, see snapshot-id.ts. */
export type SnapshotId = Branded<string, 'SnapshotId'>
/** CSI group snapshot id: `group-<uuid>`, see snapshot-id.ts. */
export type GroupId = Branded<string, 'GroupId'>
/** Kubernetes node name, which is also the CSI node id. */
export type NodeId = Branded<string, 'NodeId'>
/** UUID that owns volumes on the appliance: of the `kube-system` namespace, or `--cluster-id`. */
export type ClusterId = Branded<string, 'ClusterId'>
/** NVMe qualified name of a volume (subsystem). */
export type VolumeNqn = Branded<string, 'VolumeNqn'>
/** NVMe qualified name under which a node connects. */
export type HostNqn = Branded<string, 'HostNqn'>
/** A lower-case UUID, `8-4-4-4-12`. */
export type Uuid = Branded<string, 'Uuid'>

/** Milliseconds since the epoch. Only the Clock port makes one. */
export type Instant = Branded<number, 'Instant'>
/** A span of time in milliseconds. */
export type Millis = number
/** A size in bytes; exact up to 2^53, far above the largest volume. */
export type Bytes = number

export const nodeId = (name: string): NodeId => name as NodeId
export const instant = (ms: number): Instant => ms as Instant
export const after = (start: Instant, span: Millis): Instant => (start + span) as Instant
/** How long it has been; 0 where the start lies ahead, because clocks of two processes differ. */
export const elapsed = (start: Instant, now: Instant): Millis => Math.max(0, now - start)

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export const isUuid = (text: string): text is Uuid => UUID.test(text)

/** The cluster id, or undefined where the text is no lower-case UUID. */
export const clusterId = (text: string): ClusterId | undefined =>
  isUuid(text) ? (text as string as ClusterId) : undefined
