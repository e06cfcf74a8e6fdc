import { type ClusterId, clusterId, type NodeId, nodeId, type VolumeId } from '../../domain/ids.ts'
import { StorageError } from '../../domain/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { AttachmentRecord, Cluster, ClusterChange, VolumeRecord } from '../../ports/cluster.ts'
import type { Logger } from '../../ports/logger.ts'
import { Backoff } from './backoff.ts'
import { ChangeFeed } from './change-feed.ts'
import type { ClusterCache } from './cluster-cache.ts'
import { followers } from './followers.ts'
import type { KubeClient } from './kube-client.ts'
import { describeApiError, isNotFound } from './kube-error.ts'
import type { KubeObject } from './kube-objects.ts'
import { namespacePath, nodePath, persistentVolumePath, volumeAttachmentPath } from './resource-path.ts'
import { Reflector } from './reflector.ts'
import { unlessAborted } from './unless-aborted.ts'

export interface ClusterParts {
  readonly client: KubeClient
  readonly cache: ClusterCache
  readonly clock: Clock
  readonly log: Logger
  readonly driverName: string
  /** Undefined: the uid of the namespace `kube-system`. */
  readonly clusterId: ClusterId | undefined
}

type FollowedKind = Pick<Reflector<KubeObject, unknown>, 'run' | 'complete' | 'refresh'>

/** VolumeAttachments, PersistentVolumes and Nodes of a real cluster, listed and watched. Changes are told once started. */
export class KubernetesCluster implements Cluster {
  readonly #parts: ClusterParts
  readonly #feed: ChangeFeed
  readonly #reflectors: readonly FollowedKind[]
  #identity: ClusterId | undefined

  constructor(parts: ClusterParts) {
    this.#parts = parts
    this.#feed = new ChangeFeed(parts.cache, parts.log)
    const { attachments, volumes, nodes } = followers(parts.cache, this.#feed, parts)
    this.#reflectors = [
      new Reflector(nodePath(), nodes, parts),
      new Reflector(persistentVolumePath(), volumes, parts),
      new Reflector(volumeAttachmentPath(), attachments, parts),
    ]
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    for (const reflector of this.#reflectors) void reflector.run(signal)
    const complete = this.#reflectors.map(reflector => reflector.complete)
    await unlessAborted(Promise.all([this.#learnIdentity(signal), ...complete]), signal)
    this.#feed.begin()
  }

  async refresh(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await unlessAborted(Promise.all(this.#reflectors.map(reflector => reflector.refresh())), signal)
  }

  identity(): ClusterId {
    if (this.#identity === undefined) throw new StorageError('unavailable', 'the cluster is not known yet; retry')
    return this.#identity
  }

  hasNode(node: NodeId): boolean {
    return this.#parts.cache.nodes.has(node)
  }

  nodes(): readonly NodeId[] {
    return [...this.#parts.cache.nodes.keys()].map(nodeId)
  }

  addresses(node: NodeId): readonly string[] {
    return this.#parts.cache.nodes.get(node) ?? []
  }

  attachments(): readonly AttachmentRecord[] {
    return this.#parts.cache.records()
  }

  volume(id: VolumeId): VolumeRecord | undefined {
    return this.#parts.cache.volume(id)
  }

  async stillThere(record: AttachmentRecord, signal: AbortSignal): Promise<boolean> {
    try {
      const path = volumeAttachmentPath(record.name)
      const { metadata } = await this.#parts.client.json<KubeObject>({ path }, signal)
      return metadata?.uid === record.uid
    } catch (error) {
      signal.throwIfAborted()
      if (isNotFound(error)) return false
      throw new StorageError('unavailable', `VolumeAttachment ${record.name}: ${describeApiError(error)}`)
    }
  }

  onChange(listener: (change: ClusterChange) => void): () => void {
    return this.#feed.listen(listener)
  }

  async #learnIdentity(signal: AbortSignal): Promise<void> {
    this.#identity ??= this.#parts.clusterId
    for (const backoff = new Backoff(); this.#identity === undefined; ) {
      try {
        const { metadata } = await this.#parts.client.json<KubeObject>({ path: namespacePath('kube-system') }, signal)
        this.#identity = clusterId(metadata?.uid ?? '')
        if (this.#identity === undefined) this.#parts.log.warn('namespace kube-system has no uid')
      } catch (error) {
        signal.throwIfAborted()
        this.#parts.log.warn('the identity of the cluster is not known yet', { error: describeApiError(error) })
      }
      if (this.#identity === undefined) await this.#parts.clock.sleep(backoff.next(), signal)
    }
  }
}
