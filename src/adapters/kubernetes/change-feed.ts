import { nodeId } from '../../domain/ids.ts'
import type { AttachmentRecord, ClusterChange } from '../../ports/cluster.ts'
import type { Logger } from '../../ports/logger.ts'
import type { AttachmentEntry } from './attachment-entry.ts'
import type { ClusterCache } from './cluster-cache.ts'
import { describeApiError } from './kube-error.ts'
import type { NodeEntry } from './node-entry.ts'
import type { VolumeEntry } from './volume-entry.ts'

/** Applies what the watches bring to the cache and tells what changed by it, once the cache has been complete. */
export class ChangeFeed {
  readonly #cache: ClusterCache
  readonly #log: Logger
  readonly #listeners = new Set<(change: ClusterChange) => void>()
  #telling = false

  constructor(cache: ClusterCache, log: Logger) {
    this.#cache = cache
    this.#log = log
  }

  /** Until now the cache was incomplete, and what it said was not worth telling. */
  begin(): void {
    this.#telling = true
  }

  listen(listener: (change: ClusterChange) => void): () => void {
    const own = (change: ClusterChange): void => listener(change)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  putAttachment(entry: AttachmentEntry): void {
    const before = this.#cache.attachments.get(entry.name)
    const [old, next] = [this.#recordOf(before), this.#recordOf(entry)]
    this.#cache.attachments.set(entry.name, entry)
    if (before !== undefined && before.uid !== entry.uid) this.#cache.forget(before)
    this.#tellAttachment(old, next)
  }

  removeAttachment(last: AttachmentEntry): void {
    const before = this.#cache.attachments.get(last.name)
    if (before === undefined) return
    const old = this.#recordOf(before.uid === last.uid ? last : before)
    this.#cache.attachments.delete(last.name)
    this.#cache.forget(before)
    this.#tellAttachment(old, undefined)
  }

  putVolume(entry: VolumeEntry): void {
    if (same(this.#cache.volumes.named(entry.name), entry)) return
    const waiting = this.#waitingFor(entry.name)
    const before = waiting.map(attachment => this.#recordOf(attachment))
    this.#cache.volumes.put(entry)
    for (const [index, attachment] of waiting.entries()) {
      this.#tellAttachment(before[index], this.#recordOf(attachment))
    }
  }

  putNode({ name, inService, addresses }: NodeEntry): void {
    const was = this.#cache.nodes.has(name)
    if (inService) this.#cache.nodes.set(name, addresses)
    else this.#cache.nodes.delete(name)
    if (was === inService) return
    this.#tell({ type: inService ? 'node-seen' : 'node-gone', node: nodeId(name) })
  }

  removeNode(name: string): void {
    if (this.#cache.nodes.delete(name)) this.#tell({ type: 'node-gone', node: nodeId(name) })
  }

  /** Attachments whose record may change with this PersistentVolume. */
  #waitingFor(persistentVolume: string): readonly AttachmentEntry[] {
    if (!this.#telling) return []
    return [...this.#cache.attachments.values()].filter(entry => entry.persistentVolume === persistentVolume)
  }

  #recordOf(entry: AttachmentEntry | undefined): AttachmentRecord | undefined {
    return entry === undefined || !this.#telling ? undefined : this.#cache.record(entry)
  }

  #tellAttachment(old: AttachmentRecord | undefined, next: AttachmentRecord | undefined): void {
    if (old !== undefined && old.uid !== next?.uid) this.#tell({ type: 'attachment-vanished', record: old })
    if (next !== undefined && !same(old, next)) this.#tell({ type: 'attachment-seen', record: next })
  }

  #tell(change: ClusterChange): void {
    if (!this.#telling) return
    for (const listener of this.#listeners) {
      try {
        listener(change)
      } catch (error) {
        this.#log.error('a listener of the cluster failed', { change: change.type, error: describeApiError(error) })
      }
    }
  }
}

const same = <T extends object>(one: T | undefined, other: T): boolean => JSON.stringify(one) === JSON.stringify(other)
