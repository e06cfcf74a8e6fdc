import { Controller } from '../adapters/csi/gen/csi/v1/csi_pb.ts'
import type { CsiClient } from './csi-client.ts'
import type { Volume } from './volume.ts'

/** Snapshots are taken and go: the part of external-snapshotter's sidecar. */
export class Snapshotter {
  readonly #controller: CsiClient

  constructor(controller: CsiClient) {
    this.#controller = controller
  }

  /** Answers its id, once it can be restored. */
  async take({ id }: Volume, name: string): Promise<string> {
    const { snapshot } = await this.#controller.call(Controller.method.createSnapshot, { sourceVolumeId: id, name })
    if (snapshot?.readyToUse !== true) throw new Error('CreateSnapshot answered without a snapshot that is ready')
    return snapshot.snapshotId
  }

  async remove(snapshotId: string): Promise<void> {
    await this.#controller.call(Controller.method.deleteSnapshot, { snapshotId })
  }
}
