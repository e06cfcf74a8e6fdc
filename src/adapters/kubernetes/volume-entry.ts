import type { VolumeId } from '../../domain/ids.ts'
import type { Policy } from '../../domain/orphans.ts'
import { readMigrationTimeout } from '../../domain/volume-context.ts'
import { parseVolumeId } from '../../domain/volume-id.ts'
import type { VolumeRecord } from '../../ports/cluster.ts'
import type { PersistentVolumeObject } from './kube-objects.ts'

/** The PersistentVolumeClaim that a PersistentVolume is bound to. */
export interface Claim {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/** What is kept of a PersistentVolume. */
export interface VolumeEntry {
  readonly name: string
  /** Undefined where it is not ours, or its handle can be no volume of ours. */
  readonly record: VolumeRecord | undefined
  readonly claim: Claim | undefined
  /** What becomes of the volume when this object goes. */
  readonly policy: Policy
  /** Why a volume of this driver is passed over. */
  readonly problem: string | undefined
}

/** Volumes of other drivers are kept by name, so that nobody takes one for ours whose object has not come yet. */
export function volumeEntry({ metadata, spec }: PersistentVolumeObject, driver: string): VolumeEntry | undefined {
  const name = metadata?.name
  if (name === undefined) return undefined
  const policy = policyOf(spec?.persistentVolumeReclaimPolicy)
  const none = { name, record: undefined, claim: undefined, policy }
  if (spec?.csi?.driver !== driver) return { ...none, problem: undefined }
  const handle = spec.csi.volumeHandle ?? ''
  const volume = parseVolumeId(handle)
  if (volume === undefined) {
    return { ...none, problem: `volumeHandle "${handle}" is no id of this driver` }
  }
  return { name, record: recordOf(volume, spec), claim: claimOf(spec), policy, problem: undefined }
}

function recordOf(volume: VolumeId, spec: NonNullable<PersistentVolumeObject['spec']>): VolumeRecord {
  const shared = spec.volumeMode === 'Block' && (spec.accessModes?.includes('ReadWriteMany') ?? false)
  return {
    volume,
    access: shared ? 'migratable' : 'exclusive',
    migrationTimeout: readMigrationTimeout(spec.csi?.volumeAttributes ?? {}),
  }
}

/** Only what plainly says so may go. */
export const policyOf = (text: string | undefined): Policy => (text === 'Delete' ? 'delete' : 'retain')

/** A claim that is only reserved has no uid yet, and is none. */
function claimOf({ claimRef }: NonNullable<PersistentVolumeObject['spec']>): Claim | undefined {
  const { namespace, name, uid } = claimRef ?? {}
  return namespace && name && uid ? { namespace, name, uid } : undefined
}
