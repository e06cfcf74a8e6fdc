import { type AttachmentEntry, attachmentEntry } from './attachment-entry.ts'
import type { ChangeFeed } from './change-feed.ts'
import type { ClusterCache } from './cluster-cache.ts'
import type { KubeObject, NodeObject, PersistentVolumeObject, VolumeAttachmentObject } from './kube-objects.ts'
import { type NodeEntry, nodeEntry } from './node-entry.ts'
import type { Follower } from './reflector.ts'
import { type VolumeEntry, volumeEntry } from './volume-entry.ts'

interface Followers {
  readonly attachments: Follower<VolumeAttachmentObject, AttachmentEntry>
  readonly volumes: Follower<PersistentVolumeObject, VolumeEntry>
  readonly nodes: Follower<NodeObject, NodeEntry>
}

/** What each kind means to the cache: only a few fields are kept, of objects that matter. */
export function followers(cache: ClusterCache, feed: ChangeFeed, { driverName }: { driverName: string }): Followers {
  return {
    attachments: follower<VolumeAttachmentObject, AttachmentEntry>({
      keep: object => attachmentEntry(object, driverName),
      all: () => [...cache.attachments.values()],
      put: entry => feed.putAttachment(entry),
      remove: entry => feed.removeAttachment(entry),
    }),
    volumes: follower<PersistentVolumeObject, VolumeEntry>({
      keep: object => volumeEntry(object, driverName),
      all: () => cache.volumes.all(),
      put: entry => feed.putVolume(entry),
      remove: entry => cache.volumes.remove(entry.name),
    }),
    nodes: follower<NodeObject, NodeEntry>({
      keep: object => nodeEntry(object, driverName),
      all: () => Array.from(cache.nodes, ([name, addresses]) => ({ name, inService: true, addresses })),
      put: entry => feed.putNode(entry),
      remove: entry => feed.removeNode(entry.name),
    }),
  }
}

interface Table<T, Kept> {
  readonly keep: (object: T) => Kept | undefined
  readonly all: () => readonly Kept[]
  readonly put: (entry: Kept) => void
  readonly remove: (entry: Kept) => void
}

/** A complete list is the same as removing what it lacks and putting what it has. */
function follower<T extends KubeObject, Kept extends { readonly name: string }>(
  table: Table<T, Kept>,
): Follower<T, Kept> {
  const { keep, all, put, remove } = table
  const replace = (entries: readonly Kept[]): void => {
    const names = new Set(entries.map(entry => entry.name))
    for (const gone of all().filter(known => !names.has(known.name))) remove(gone)
    for (const entry of entries) put(entry)
  }
  return { keep, replace, put, remove }
}
