import { type Instant, instant } from '../../domain/ids.ts'

/** The parts of Kubernetes' objects that are read here. Go writes null where a time is not set. */
export interface KubeObject {
  readonly metadata?: {
    readonly name?: string
    readonly namespace?: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly creationTimestamp?: string | null
    readonly deletionTimestamp?: string | null
    readonly annotations?: Readonly<Record<string, string>>
  }
}

export interface VolumeAttachmentObject extends KubeObject {
  readonly spec?: {
    readonly attacher?: string
    readonly nodeName?: string
    readonly source?: { readonly persistentVolumeName?: string | null; readonly inlineVolumeSpec?: object | null }
  }
  readonly status?: {
    readonly attached?: boolean
    readonly attachmentMetadata?: Readonly<Record<string, string>> | null
  }
}

export interface PersistentVolumeObject extends KubeObject {
  readonly spec?: {
    readonly accessModes?: readonly string[]
    readonly volumeMode?: string
    readonly persistentVolumeReclaimPolicy?: string
    readonly csi?: {
      readonly driver?: string
      readonly volumeHandle?: string
      readonly volumeAttributes?: Readonly<Record<string, string>> | null
    } | null
    readonly claimRef?: { readonly namespace?: string; readonly name?: string; readonly uid?: string } | null
  }
}

/** Of the snapshot controller, which not every cluster has. */
export interface VolumeSnapshotContentObject extends KubeObject {
  readonly spec?: {
    readonly deletionPolicy?: string
    readonly source?: { readonly volumeHandle?: string | null; readonly snapshotHandle?: string | null }
  }
  readonly status?: { readonly snapshotHandle?: string | null } | null
}

export interface NodeObject extends KubeObject {
  readonly spec?: { readonly taints?: readonly { readonly key?: string }[] | null }
  readonly status?: {
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] | null
    readonly addresses?: readonly { readonly type?: string; readonly address?: string }[] | null
  }
}

export interface ListObject<T extends KubeObject> {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string }
  readonly items?: readonly T[] | null
}

/** An RFC 3339 time in milliseconds, or undefined where there is none or it is no time. */
export function timeOf(text: string | null | undefined): Instant | undefined {
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) ? undefined : instant(ms)
}

/** A MicroTime as the API demands it: exactly six digits of a second. */
export const microTime = (at: Instant): string => new Date(at).toISOString().replace('Z', '000Z')
