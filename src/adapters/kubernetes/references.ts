import { StorageError } from '../../domain/errors.ts'
import type { SnapshotId, VolumeId } from '../../domain/ids.ts'
import type { Policy, References } from '../../domain/orphans.ts'
import { parseSnapshotId } from '../../domain/snapshot-id.ts'
import { parseVolumeId } from '../../domain/volume-id.ts'
import type { ClusterReferences } from '../../ports/cluster-references.ts'
import type { ClusterCache } from './cluster-cache.ts'
import type { KubeClient } from './kube-client.ts'
import { describeApiError, isNotFound } from './kube-error.ts'
import type {
  KubeObject,
  PersistentVolumeObject,
  VolumeAttachmentObject,
  VolumeSnapshotContentObject,
} from './kube-objects.ts'
import { listAll } from './list-all.ts'
import { policyOf } from './volume-entry.ts'
import { persistentVolumePath, volumeAttachmentPath, volumeSnapshotContentPath } from './resource-path.ts'

/**
 * What PersistentVolumes, VolumeAttachments and VolumeSnapshotContents name, listed anew. Handles count whatever driver
 * they are of: a volume id is nobody else's, and an object under another driver name still wants its volume.
 */
export class KubernetesReferences implements ClusterReferences {
  readonly #client: KubeClient
  readonly #cache: ClusterCache

  constructor(client: KubeClient, cache: ClusterCache) {
    this.#client = client
    this.#cache = cache
  }

  async list(signal: AbortSignal): Promise<References> {
    const [volumes, attachments, contents] = await Promise.all([
      this.#all<PersistentVolumeObject>('PersistentVolumes', persistentVolumePath(), signal),
      this.#all<VolumeAttachmentObject>('VolumeAttachments', volumeAttachmentPath(), signal),
      this.#contents(signal),
    ])
    return {
      volumes: volumesNamed(volumes),
      lastPolicies: this.#cache.volumes.lastPolicies(),
      attached: attachedBy(attachments, volumes),
      snapshots: contents && snapshotsNamed(contents),
      snapshotting: new Set((contents ?? []).flatMap(content => unfinishedSource(content) ?? [])),
    }
  }

  /** Undefined where the cluster has no such kind: nobody has installed the snapshot controller. */
  async #contents(signal: AbortSignal): Promise<readonly VolumeSnapshotContentObject[] | undefined> {
    try {
      return await listAll<VolumeSnapshotContentObject>(this.#client, volumeSnapshotContentPath(), signal)
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw incomplete('VolumeSnapshotContents', error, signal)
    }
  }

  async #all<T extends KubeObject>(what: string, path: string, signal: AbortSignal): Promise<readonly T[]> {
    try {
      return await listAll<T>(this.#client, path, signal)
    } catch (error) {
      throw incomplete(what, error, signal)
    }
  }
}

function incomplete(what: string, error: unknown, signal: AbortSignal): StorageError {
  signal.throwIfAborted()
  return new StorageError('unavailable', `${what} cannot be listed: ${describeApiError(error)}`)
}

/** Of two objects for one volume the one that keeps it counts. */
function volumesNamed(objects: readonly PersistentVolumeObject[]): ReadonlyMap<VolumeId, Policy> {
  const named = new Map<VolumeId, Policy>()
  for (const { spec } of objects) {
    const id = parseVolumeId(spec?.csi?.volumeHandle ?? '')
    if (id !== undefined && named.get(id) !== 'retain') named.set(id, policyOf(spec?.persistentVolumeReclaimPolicy))
  }
  return named
}

function attachedBy(
  attachments: readonly VolumeAttachmentObject[],
  volumes: readonly PersistentVolumeObject[],
): ReadonlySet<VolumeId> {
  const handles = new Map(volumes.map(({ metadata, spec }) => [metadata?.name, spec?.csi?.volumeHandle]))
  return new Set(
    attachments.flatMap(({ spec }) => {
      const name = spec?.source?.persistentVolumeName ?? ''
      return parseVolumeId(handles.get(name) ?? name) ?? []
    }),
  )
}

function snapshotsNamed(contents: readonly VolumeSnapshotContentObject[]): ReadonlyMap<SnapshotId, Policy> {
  const named = new Map<SnapshotId, Policy>()
  for (const { spec, status } of contents) {
    for (const handle of [status?.snapshotHandle, spec?.source?.snapshotHandle]) {
      const id = parseSnapshotId(handle ?? '')
      if (id !== undefined && named.get(id) !== 'retain') named.set(id, policyOf(spec?.deletionPolicy))
    }
  }
  return named
}

/** The volume of a content that has no handle yet: whatever snapshot there is of it may be the one. */
function unfinishedSource({ spec, status }: VolumeSnapshotContentObject): VolumeId | undefined {
  const finished = status?.snapshotHandle ?? spec?.source?.snapshotHandle
  return finished ? undefined : parseVolumeId(spec?.source?.volumeHandle ?? '')
}
