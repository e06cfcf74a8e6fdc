import type { ClusterId, NodeId, VolumeId } from '../../src/domain/ids.ts'
import type { AttachmentRecord, Cluster, ClusterChange, VolumeRecord } from '../../src/ports/cluster.ts'
import { MemoryScript } from './memory-script.ts'

/** A cluster whose API and whose caches can be told apart: what the watch missed is still in the API. */
export class MemoryCluster implements Cluster {
  readonly script = new MemoryScript()
  readonly #nodes: Set<NodeId>
  readonly #addresses = new Map<NodeId, readonly string[]>()
  readonly #known = new Map<string, AttachmentRecord>()
  /** What the API itself has. */
  readonly #real = new Map<string, AttachmentRecord>()
  readonly #volumes = new Map<VolumeId, VolumeRecord>()
  readonly #listeners = new Set<(change: ClusterChange) => void>()

  constructor(...nodes: readonly NodeId[]) {
    this.#nodes = new Set(nodes)
  }

  start(signal: AbortSignal): Promise<void> {
    return this.script.enter('start', '', signal)
  }

  async refresh(signal: AbortSignal): Promise<void> {
    await this.script.enter('refresh', '', signal)
    for (const known of this.#known.values()) {
      if (this.#real.get(known.name)?.uid !== known.uid) this.#vanish(known)
    }
    for (const record of this.#real.values()) {
      if (this.#known.get(record.name) !== record) this.#see(record)
    }
  }

  identity(): ClusterId {
    return '6ba7b810-9dad-41d1-80b4-00c04fd430c8' as ClusterId
  }

  hasNode(node: NodeId): boolean {
    return this.#nodes.has(node)
  }

  nodes(): readonly NodeId[] {
    return [...this.#nodes]
  }

  addresses(node: NodeId): readonly string[] {
    return this.hasNode(node) ? (this.#addresses.get(node) ?? []) : []
  }

  /** From where a node connects. */
  place(node: NodeId, ...addresses: readonly string[]): void {
    this.#addresses.set(node, addresses)
  }

  attachments(): readonly AttachmentRecord[] {
    return Array.from(this.#known.values(), record => ({ ...record, lost: !this.hasNode(record.node) }))
  }

  volume(id: VolumeId): VolumeRecord | undefined {
    return this.#volumes.get(id)
  }

  async stillThere(record: AttachmentRecord, signal: AbortSignal): Promise<boolean> {
    await this.script.enter('stillThere', record.name, signal)
    return this.#real.get(record.name)?.uid === record.uid
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
    this.#real.set(record.name, record)
    this.#see(record)
  }

  /** One goes and another comes, and the watch hears of neither. */
  miss(gone: AttachmentRecord, come: AttachmentRecord): void {
    this.#real.delete(gone.name)
    this.#real.set(come.name, come)
  }

  /** It goes for good. */
  delete(record: AttachmentRecord): void {
    this.#real.delete(record.name)
    this.#vanish(record)
  }

  /** The watch loses sight of it, the API has it still. */
  hide(record: AttachmentRecord): void {
    this.#vanish(record)
  }

  #see(record: AttachmentRecord): void {
    this.#known.set(record.name, record)
    this.#tell({ type: 'attachment-seen', record })
  }

  #vanish(record: AttachmentRecord): void {
    this.#known.delete(record.name)
    this.#tell({ type: 'attachment-vanished', record })
  }

  #tell(change: ClusterChange): void {
    for (const listener of this.#listeners) listener(change)
  }
}
