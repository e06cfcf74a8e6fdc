import { createHash } from 'node:crypto'
import { Controller } from '../adapters/csi/gen/csi/v1/csi_pb.ts'
import type { CsiClient } from './csi-client.ts'
import type { KubeClient } from './kube-client.ts'
import type { Volume } from './volume.ts'

const ATTACHMENTS = '/apis/storage.k8s.io/v1/volumeattachments'
const NODE_ID = 'csi.alpha.kubernetes.io/node-id'

export type PublishContext = Readonly<Record<string, string>>

/** VolumeAttachments come and go: Kubernetes' attach/detach controller, and external-attacher, in their order. */
export class Attacher {
  readonly #cluster: KubeClient
  readonly #controller: CsiClient
  readonly #driver: string

  constructor(cluster: KubeClient, controller: CsiClient, driver: string) {
    this.#cluster = cluster
    this.#controller = controller
    this.#driver = driver
  }

  /**
   * Object, finalizer and node id, ControllerPublishVolume, status. A refused call is noted in the status and thrown; the
   * object stays, as it does in Kubernetes: attach again, or detach.
   */
  async attach(volume: Volume, node: string): Promise<PublishContext> {
    const path = this.#path(volume, node)
    if ((await this.#cluster.find(path)) === undefined) await this.#create(volume, node)
    await this.#cluster.patch(path, {
      metadata: { finalizers: [this.#finalizer], annotations: { [NODE_ID]: node } },
    })
    try {
      const { publishContext } = await this.#publish(volume, node)
      await this.#setStatus(path, { attached: true, attachmentMetadata: publishContext, attachError: null })
      return publishContext
    } catch (error) {
      const attachError = { time: new Date().toISOString(), message: error instanceof Error ? error.message : '' }
      await this.#setStatus(path, { attached: false, attachError })
      throw error
    }
  }

  /** Deletion announced, ControllerUnpublishVolume, status, finalizer taken away: then the object is gone. */
  async detach(volume: Volume, node: string): Promise<void> {
    await this.announceDetach(volume, node)
    await this.finishDetach(volume, node)
  }

  /** What the attach/detach controller does: the object gets its deletion timestamp. */
  async announceDetach(volume: Volume, node: string): Promise<void> {
    await this.#cluster.delete(this.#path(volume, node))
  }

  /** What external-attacher does then. */
  async finishDetach(volume: Volume, node: string): Promise<void> {
    const path = this.#path(volume, node)
    await this.#controller.call(Controller.method.controllerUnpublishVolume, { volumeId: volume.id, nodeId: node })
    await this.#setStatus(path, { attached: false, attachmentMetadata: null })
    await this.#cluster.patch(path, { metadata: { finalizers: null } })
  }

  #publish({ id, capability, attributes }: Volume, node: string) {
    return this.#controller.call(Controller.method.controllerPublishVolume, {
      volumeId: id,
      nodeId: node,
      volumeCapability: capability,
      volumeContext: { ...attributes },
    })
  }

  #create(volume: Volume, node: string): Promise<unknown> {
    return this.#cluster.create(ATTACHMENTS, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name: this.#name(volume, node) },
      spec: { attacher: this.#driver, nodeName: node, source: { persistentVolumeName: volume.id } },
    })
  }

  async #setStatus(path: string, status: object): Promise<void> {
    await this.#cluster.patch(`${path}/status`, { status })
  }

  /** As pkg/volume/csi names it in Kubernetes. */
  #name(volume: Volume, node: string): string {
    return `csi-${createHash('sha256').update(`${volume.id}${this.#driver}${node}`).digest('hex')}`
  }

  #path(volume: Volume, node: string): string {
    return `${ATTACHMENTS}/${this.#name(volume, node)}`
  }

  get #finalizer(): string {
    return `external-attacher/${this.#driver.replaceAll(/[^a-zA-Z0-9-]/g, '-')}`
  }
}
