import type { FoundVolume } from '../ports/appliance-inventory.ts'
import { writeContext } from '../domain/volume-context.ts'
import { volumeNqn } from '../domain/volume-id.ts'
import { type Installation, readParameters } from '../domain/volume-parameters.ts'

/** How the volumes shall be offered: the appliance does not know how they were used. */
export interface Offer {
  readonly driverName: string
  readonly installation: Installation
  readonly volumeMode: 'Filesystem' | 'Block'
  readonly accessMode: string
  readonly storageClass: string | undefined
  readonly fsType: string | undefined
}

/**
 * A PersistentVolume for each, that waits for a claim and keeps its volume whatever happens to it. One without a size is
 * left out: there is nothing behind it at present.
 */
export function persistentVolumes(volumes: readonly FoundVolume[], offer: Offer): object {
  const items = volumes.flatMap(volume => (volume.bytes === undefined ? [] : [persistentVolume(volume, offer)]))
  return { apiVersion: 'v1', kind: 'List', items }
}

function persistentVolume({ id, bytes, folder }: FoundVolume, offer: Offer): object {
  const { driverName, volumeMode, accessMode, storageClass, fsType } = offer
  const csiFsType = volumeMode === 'Filesystem' && fsType !== undefined ? { fsType } : {}
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: id, annotations: { 'pv.kubernetes.io/provisioned-by': driverName } },
    spec: {
      capacity: { storage: String(bytes) },
      accessModes: [accessMode],
      volumeMode,
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: storageClass ?? '',
      csi: { driver: driverName, volumeHandle: id, ...csiFsType, volumeAttributes: attributesOf(id, folder, offer) },
    },
  }
}

/** As CreateVolume would answer for a StorageClass without parameters. */
function attributesOf(id: FoundVolume['id'], folder: string, { installation, fsType }: Offer): Record<string, string> {
  const parameters = readParameters(fsType === undefined ? {} : { fsType }, installation)
  if ('problems' in parameters) throw new Error(parameters.problems.join('; '))
  const { portals, profile, migrationTimeout } = parameters
  const context = { nqn: volumeNqn(id), portals, profile, migrationTimeout, fsType: parameters.fsType }
  return writeContext(context, { volumePath: folder, rdsAddress: installation.rdsAddress })
}
