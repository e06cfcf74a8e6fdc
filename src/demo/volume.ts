import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  type VolumeCapabilitySchema,
  VolumeCapability_AccessMode_Mode as MODE,
} from '../adapters/csi/gen/csi/v1/csi_pb.ts'

export type Capability = MessageInitShape<typeof VolumeCapabilitySchema>

/** What a claim asks for. */
export interface Wish {
  /** Name of the claim, in the namespace `default`. */
  readonly claim: string
  readonly mode: 'Block' | 'Filesystem'
  readonly access: 'ReadWriteOnce' | 'ReadWriteMany'
  readonly bytes: number
  /** Parameters of its StorageClass. */
  readonly parameters: Readonly<Record<string, string>>
}

/** A volume as Kubernetes' components know it: what is in its PersistentVolume. */
export interface Volume {
  /** Handle, and name of the PersistentVolume. */
  readonly id: string
  readonly wish: Wish
  readonly claim: { readonly namespace: string; readonly name: string; readonly uid: string }
  readonly capability: Capability
  readonly attributes: Readonly<Record<string, string>>
}

/** As the sidecars translate for a driver that advertises SINGLE_NODE_MULTI_WRITER. */
export function capabilityOf({ mode, access }: Pick<Wish, 'mode' | 'access'>): Capability {
  return {
    accessType: mode === 'Block' ? { case: 'block', value: {} } : { case: 'mount', value: { fsType: 'ext4' } },
    accessMode: { mode: access === 'ReadWriteMany' ? MODE.MULTI_NODE_MULTI_WRITER : MODE.SINGLE_NODE_MULTI_WRITER },
  }
}

/** What a program in a pod does with its volume. */
export interface PodVolume {
  /** Bytes, as they were when it was opened. */
  readonly size: number
  read(offset: number, length: number): Promise<Buffer>
  write(offset: number, data: Uint8Array): Promise<void>
  flush(): Promise<void>
  close(): Promise<void>
}

/** Opens what is published at a path on a simulated host. */
export type OpenPodVolume = (path: string) => Promise<PodVolume>
