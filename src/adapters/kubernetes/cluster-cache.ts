import type { NodeId, VolumeId } from '../../domain/ids.ts'
import { parseVolumeId } from '../../domain/volume-id.ts'
import type { AttachmentRecord, VolumeRecord } from '../../ports/cluster.ts'
import type { Logger } from '../../ports/logger.ts'
import { type AttachmentEntry, attachmentRecord } from './attachment-entry.ts'
import { VolumeIndex } from './volume-index.ts'
import { WarnOnce } from './warn-once.ts'
import type { Claim } from './volume-entry.ts'

/** What sinks look up about a volume, at once and from memory. */
export interface VolumeDirectory {
  /** The claim that it serves; undefined where no PersistentVolume is known, or it is not bound. */
  claim(volume: VolumeId): Claim | undefined
  /** Name of its PersistentVolume. */
  persistentVolume(volume: VolumeId): string | undefined
  /** Uid of the VolumeAttachment that brings it to the node. */
  attachmentUid(volume: VolumeId, node: NodeId): string | undefined
}

/**
 * The last known objects, joined when they are looked at: an attachment may arrive before its volume or its node and is
 * right as soon as they are there.
 */
export class ClusterCache implements VolumeDirectory {
  readonly volumes = new VolumeIndex()
  readonly attachments = new Map<string, AttachmentEntry>()
  /** Nodes that are in the cluster and in service, with the addresses from which they connect. */
  readonly nodes = new Map<string, readonly string[]>()
  /** What an attachment's volume was found to be; that never changes while the attachment exists. */
  readonly #found = new Map<string, VolumeId>()
  readonly #warnings: WarnOnce

  constructor(log: Logger) {
    this.#warnings = new WarnOnce(log)
  }

  /** The attachment in the port's words; undefined (with one warning) where it can be none of ours. */
  record(entry: AttachmentEntry): AttachmentRecord | undefined {
    const volume = entry.problem === undefined ? this.#volumeOf(entry) : { problem: entry.problem }
    if (typeof volume !== 'string') {
      this.#warnings.warn(`skipped ${entry.uid}`, 'a VolumeAttachment is passed over', {
        volumeAttachment: entry.name,
        why: volume.problem,
      })
      return undefined
    }
    if (entry.oddity !== undefined) {
      const fields = { volumeAttachment: entry.name, why: entry.oddity }
      this.#warnings.warn(`odd ${entry.uid}`, 'the creation time of a VolumeAttachment is used', fields)
    }
    return attachmentRecord(entry, volume, !this.nodes.has(entry.node))
  }

  records(): readonly AttachmentRecord[] {
    return [...this.attachments.values()].flatMap(entry => this.record(entry) ?? [])
  }

  /** Forgets what was remembered of an attachment that is gone. */
  forget(entry: AttachmentEntry): void {
    this.#found.delete(entry.uid)
    for (const what of ['skipped', 'odd']) this.#warnings.forget(`${what} ${entry.uid}`)
  }

  volume(id: VolumeId): VolumeRecord | undefined {
    return this.volumes.of(id)?.record
  }

  claim(volume: VolumeId): Claim | undefined {
    return this.volumes.of(volume)?.claim
  }

  persistentVolume(volume: VolumeId): string | undefined {
    return this.volumes.of(volume)?.name
  }

  attachmentUid(volume: VolumeId, node: NodeId): string | undefined {
    return [...this.attachments.values()].find(entry => {
      return entry.node === node && entry.problem === undefined && this.#volumeOf(entry) === volume
    })?.uid
  }

  /** By the PersistentVolume's handle; where that object is missing its name serves, as long as it is `pvc-<uuid>`. */
  #volumeOf({ uid, persistentVolume }: AttachmentEntry): VolumeId | { readonly problem: string } {
    const known = this.volumes.named(persistentVolume)
    if (known?.record !== undefined) {
      this.#found.set(uid, known.record.volume)
      return known.record.volume
    }
    const found = this.#found.get(uid)
    if (found !== undefined) return found
    if (known !== undefined) return { problem: known.problem ?? 'its PersistentVolume belongs to another driver' }
    const named = persistentVolume.startsWith('pvc-') ? parseVolumeId(persistentVolume) : undefined
    return named ?? { problem: `its PersistentVolume ${persistentVolume} is unknown` }
  }
}
