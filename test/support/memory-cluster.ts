import type { ClusterId, NodeId, VolumeId } from '../../src/domain/ids.ts'
import type { AttachmentRecord, Cluster, ClusterChange, VolumeRecord } from '../../src/ports/cluster.ts'
import { MemoryScript } from './memory-script.ts'

/** A cluster whose API and whose caches can be told apart: what the watch missed is still in the API. */
export class MemoryCluster implements Cluster {
  readonly script = new MemoryScript()
  readonly #nodes: Set<NodeId>
  readonly #known = new Map<string, AttachmentRecord>()
  /** Uids that the API itself has. */
  readonly #real = new Set<string>()
  readonly #volumes = new Map<VolumeId, VolumeRecord>()
  readonly #listeners = new Set<(change: ClusterChange) => void>()

  constructor(...nodes: readonly NodeId[]) {
    this.#nodes = new Set(nodes)
  }

  start(signal: AbortSignal): Promise<void> {
    return this.script.enter('start', '', signal)
  }

  identity(): ClusterId {
    return '6ba7b810-9dad-41d1-80b4-00c04fd430c8' as ClusterId
  }

  hasNode(node: NodeId): boolean {
    return this.#nodes.has(node)
  }

  attachments(): readonly AttachmentRecord[] {
    return Array.from(this.#known.values(), record => ({ ...record, lost: !this.hasNode(record.node) }))
  }

  volume(id: VolumeId): VolumeRecord | undefined {
    return this.#volumes.get(id)
  }

  async stillThere(record: AttachmentRecord, signal: AbortSignal): Promise<boolean> {
    await this.script.enter('stillThere', record.name, signal)
    return this.#real.has(record.uid)
  }

  onChange(listener: (change: ClusterChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A PersistentVolume. */
  describe(record: VolumeRecord): void {
    this.#volumes.set(record.volume, record)
  }

  addNode(node: NodeId): void {
    this.#nodes.add(node)
    this.#tell({ type: 'node-seen', node })
  }

  removeNode(node: NodeId): void {
    this.#nodes.delete(node)
    this.#tell({ type: 'node-gone', node })
  }

  /** A node whose going the watch does not tell of. */
  forgetNode(node: NodeId): void {
    this.#nodes.delete(node)
  }

  /** A VolumeAttachment is made or changes. */
  put(record: AttachmentRecord): void {
    this.#known.set(record.name, record)
    this.#real.add(record.uid)
    this.#tell({ type: 'attachment-seen', record })
  }

  /** It goes for good. */
  delete(record: AttachmentRecord): void {
    this.#real.delete(record.uid)
    this.hide(record)
  }

  /** The watch loses sight of it, the API has it still. */
  hide(record: AttachmentRecord): void {
    this.#known.delete(record.name)
    this.#tell({ type: 'attachment-vanished', record })
  }

  #tell(change: ClusterChange): void {
    for (const listener of this.#listeners) listener(change)
  }
}
