import type { StoreAccess } from '../../../src/adapters/sim/cluster/store-access.ts'
import type { VolumeId } from '../../../src/domain/ids.ts'
import { DRIVER } from './rig.ts'

type KubeObject = Parameters<StoreAccess['put']>[1]

export const VOLUME = 'pvc-11111111-2222-4333-8444-555555555555' as VolumeId
export const OTHER = 'pvc-99999999-2222-4333-8444-555555555555' as VolumeId

interface VolumeShape {
  readonly name: string
  readonly handle: string
  readonly driver: string
  readonly modes: readonly string[]
  readonly volumeMode: string
  readonly attributes: Readonly<Record<string, string>>
  readonly claim: { readonly namespace: string; readonly name: string; readonly uid?: string } | undefined
}

export const CLAIM = { namespace: 'vms', name: 'disk-0', uid: '0c0ffee0-0000-4000-8000-000000000001' }

/** A PersistentVolume for live migration, bound to `vms/disk-0`. */
export function persistentVolume(changes: Partial<VolumeShape> = {}): KubeObject {
  const shape: VolumeShape = {
    name: changes.handle ?? VOLUME,
    handle: VOLUME,
    driver: DRIVER,
    modes: ['ReadWriteMany'],
    volumeMode: 'Block',
    attributes: {},
    claim: CLAIM,
    ...changes,
  }
  return {
    metadata: { name: shape.name },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: shape.modes,
      volumeMode: shape.volumeMode,
      csi: { driver: shape.driver, volumeHandle: shape.handle, volumeAttributes: shape.attributes },
      ...(shape.claim === undefined
        ? {}
        : { claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', ...shape.claim } }),
    },
    status: { phase: 'Bound' },
  }
}

interface AttachmentShape {
  readonly name: string
  readonly node: string
  readonly attacher: string
  readonly source: object
  readonly attached: boolean
  readonly context: Readonly<Record<string, string>>
  readonly metadata: object
}

/** A VolumeAttachment of that volume to node-a, done at the start of 2026. */
export function volumeAttachment(changes: Partial<AttachmentShape> = {}): KubeObject {
  const shape: AttachmentShape = {
    name: `csi-${changes.node ?? 'node-a'}`,
    node: 'node-a',
    attacher: DRIVER,
    source: { persistentVolumeName: VOLUME },
    attached: true,
    context: { attachedAt: String(Date.UTC(2026, 0, 1)) },
    metadata: {},
    ...changes,
  }
  return {
    metadata: { name: shape.name, ...shape.metadata },
    spec: { attacher: shape.attacher, nodeName: shape.node, source: shape.source },
    status: { attached: shape.attached, attachmentMetadata: shape.context },
  }
}

interface NodeShape {
  readonly ready?: boolean
  readonly taint?: string
  readonly addresses?: readonly { readonly type: string; readonly address: string }[]
  readonly annotations?: Readonly<Record<string, string>>
}

export function node(name: string, changes: NodeShape = {}): KubeObject {
  const { ready = true, taint, addresses = [], annotations = {} } = changes
  return {
    metadata: { name, annotations },
    spec: taint === undefined ? {} : { taints: [{ key: taint, value: 'nodeshutdown', effect: 'NoExecute' }] },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }], addresses },
  }
}
