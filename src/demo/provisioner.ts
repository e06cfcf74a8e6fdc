import { Controller } from '../adapters/csi/gen/csi/v1/csi_pb.ts'
import type { CsiClient } from './csi-client.ts'
import type { KubeClient } from './kube-client.ts'
import { capabilityOf, type Volume, type Wish } from './volume.ts'

const NAMESPACE = 'default'
const CLAIMS = `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`
const VOLUMES = '/api/v1/persistentvolumes'

/** Claims become volumes, grow and go: the parts of external-provisioner, external-resizer and the volume controller. */
export class Provisioner {
  readonly #cluster: KubeClient
  readonly #controller: CsiClient
  readonly #driver: string

  constructor(cluster: KubeClient, controller: CsiClient, driver: string) {
    this.#cluster = cluster
    this.#controller = controller
    this.#driver = driver
  }

  /**
   * The claim first, then the volume named after its uid, from the snapshot where one is given; then the PersistentVolume
   * that binds the two.
   */
  async provision(wish: Wish, snapshotId?: string): Promise<Volume> {
    const { metadata } = await this.#cluster.create(CLAIMS, claimObject(wish))
    const claim = { namespace: NAMESPACE, name: wish.claim, uid: metadata.uid }
    const { volume } = await this.#controller.call(Controller.method.createVolume, {
      name: `pvc-${claim.uid}`,
      capacityRange: { requiredBytes: BigInt(wish.bytes) },
      volumeCapabilities: [capabilityOf(wish)],
      parameters: { ...wish.parameters },
      ...(snapshotId === undefined ? {} : fromSnapshot(snapshotId)),
    })
    if (volume === undefined) throw new Error('CreateVolume answered without a volume')
    const attributes = { ...volume.volumeContext, 'storage.kubernetes.io/csiProvisionerIdentity': 'demo' }
    const made: Volume = { id: volume.volumeId, wish, claim, capability: capabilityOf(wish), attributes }
    await this.#cluster.create(VOLUMES, volumeObject(made, Number(volume.capacityBytes), this.#driver))
    await this.#bind(made)
    return made
  }

  /** Answers the size that the volume has now. */
  async expand({ id, capability }: Volume, bytes: number): Promise<number> {
    const { capacityBytes } = await this.#controller.call(Controller.method.controllerExpandVolume, {
      volumeId: id,
      capacityRange: { requiredBytes: BigInt(bytes) },
      volumeCapability: capability,
    })
    await this.#cluster.patch(`${VOLUMES}/${id}`, { spec: { capacity: { storage: String(capacityBytes) } } })
    return Number(capacityBytes)
  }

  /** Volume and PersistentVolume go, as when the claim has been deleted; then the claim itself. */
  async remove({ id, claim }: Volume): Promise<void> {
    await this.#controller.call(Controller.method.deleteVolume, { volumeId: id })
    await this.#cluster.delete(`${VOLUMES}/${id}`)
    await this.#cluster.delete(`${CLAIMS}/${claim.name}`)
  }

  async #bind({ id, claim }: Volume): Promise<void> {
    await this.#cluster.patch(`${CLAIMS}/${claim.name}`, { spec: { volumeName: id } })
    await this.#cluster.patch(`${CLAIMS}/${claim.name}/status`, { status: { phase: 'Bound' } })
  }
}

const fromSnapshot = (snapshotId: string) => ({
  volumeContentSource: { type: { case: 'snapshot' as const, value: { snapshotId } } },
})

function claimObject({ claim, mode, access, bytes }: Wish): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claim, namespace: NAMESPACE },
    spec: {
      accessModes: [access],
      volumeMode: mode,
      storageClassName: 'demo',
      resources: { requests: { storage: String(bytes) } },
    },
  }
}

function volumeObject({ id, wish, claim, attributes }: Volume, bytes: number, driver: string): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: id, annotations: { 'pv.kubernetes.io/provisioned-by': driver } },
    spec: {
      capacity: { storage: String(bytes) },
      accessModes: [wish.access],
      volumeMode: wish.mode,
      persistentVolumeReclaimPolicy: 'Delete',
      storageClassName: 'demo',
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...claim },
      csi: { driver, volumeHandle: id, volumeAttributes: attributes },
    },
  }
}
