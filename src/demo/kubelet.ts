import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Node, VolumeUsage_Unit as UNIT } from '../adapters/csi/gen/csi/v1/csi_pb.ts'
import type { PublishContext } from './attacher.ts'
import type { CsiClient } from './csi-client.ts'
import type { OpenPodVolume, PodVolume, Volume } from './volume.ts'

export interface KubeletParts {
  readonly node: CsiClient
  /** Kubelet's folder, `/var/lib/kubelet` on a real node. */
  readonly root: string
  readonly driver: string
  readonly open: OpenPodVolume
}

/** Volumes come to one node and its pods, with kubelet's calls and kubelet's paths. */
export class Kubelet {
  readonly #parts: KubeletParts

  constructor(parts: KubeletParts) {
    this.#parts = parts
  }

  async stage(volume: Volume, publishContext: PublishContext): Promise<void> {
    await this.#parts.node.call(Node.method.nodeStageVolume, {
      volumeId: volume.id,
      publishContext: { ...publishContext },
      stagingTargetPath: this.#stagingPath(volume),
      volumeCapability: volume.capability,
      volumeContext: { ...volume.attributes },
    })
  }

  async unstage(volume: Volume): Promise<void> {
    const stagingTargetPath = this.#stagingPath(volume)
    await this.#parts.node.call(Node.method.nodeUnstageVolume, { volumeId: volume.id, stagingTargetPath })
  }

  /** Gives the staged volume to a pod, and opens it there. `pod` is the pod's uid. */
  async publish(volume: Volume, pod: string, publishContext: PublishContext): Promise<PodVolume> {
    await this.#parts.node.call(Node.method.nodePublishVolume, {
      volumeId: volume.id,
      publishContext: { ...publishContext },
      stagingTargetPath: this.#stagingPath(volume),
      targetPath: this.#targetPath(volume, pod),
      volumeCapability: volume.capability,
      volumeContext: { ...volume.attributes },
    })
    return this.#parts.open(this.#targetPath(volume, pod))
  }

  async unpublish(volume: Volume, pod: string): Promise<void> {
    const targetPath = this.#targetPath(volume, pod)
    await this.#parts.node.call(Node.method.nodeUnpublishVolume, { volumeId: volume.id, targetPath })
  }

  /** Makes the node see the new size; answers what it sees, in bytes. */
  async expand(volume: Volume, bytes: number): Promise<number> {
    const { capacityBytes } = await this.#parts.node.call(Node.method.nodeExpandVolume, {
      volumeId: volume.id,
      volumePath: this.#stagingPath(volume),
      stagingTargetPath: this.#stagingPath(volume),
      capacityRange: { requiredBytes: BigInt(bytes) },
      volumeCapability: volume.capability,
    })
    return Number(capacityBytes)
  }

  /** Bytes that the file system, or the device, has in all. */
  async total(volume: Volume, pod: string): Promise<number> {
    const { usage } = await this.#parts.node.call(Node.method.nodeGetVolumeStats, {
      volumeId: volume.id,
      volumePath: this.#targetPath(volume, pod),
    })
    return Number(usage.find(({ unit }) => unit === UNIT.BYTES)?.total ?? 0)
  }

  #stagingPath({ id, wish }: Volume): string {
    const { root, driver } = this.#parts
    const plugins = join(root, 'plugins/kubernetes.io/csi')
    if (wish.mode === 'Block') return join(plugins, 'volumeDevices/staging', id)
    return join(plugins, driver, createHash('sha256').update(id).digest('hex'), 'globalmount')
  }

  #targetPath({ id, wish }: Volume, pod: string): string {
    const { root } = this.#parts
    if (wish.mode === 'Block') return join(root, 'plugins/kubernetes.io/csi/volumeDevices/publish', id, pod)
    return join(root, 'pods', pod, 'volumes/kubernetes.io~csi', id, 'mount')
  }
}
