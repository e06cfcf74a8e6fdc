import { StorageError } from '../../domain/errors.ts'
import type { NodeVolumes } from '../../app/node-volumes.ts'
import type { Publishing } from '../../app/publishing.ts'
import type { Usage } from '../../ports/filesystem.ts'
import { usableCapability } from './capability-codec.ts'
import { readSeen } from './capacity-codec.ts'
import { absolutePath, lookupPath, required, volumeId } from './fields.ts'
import { type Node, VolumeUsage_Unit as UNIT } from './gen/csi/v1/csi_pb.ts'
import type { UnaryHandlers } from './unary.ts'

type Publish = Required<Pick<UnaryHandlers<typeof Node>, 'nodePublishVolume' | 'nodeUnpublishVolume'>>
type Look = Required<Pick<UnaryHandlers<typeof Node>, 'nodeGetVolumeStats' | 'nodeExpandVolume'>>

/** A staged volume is given to pods and taken back. */
export function publishingHandlers(publishing: Publishing): Publish {
  return {
    nodePublishVolume: async (request, { signal }) => {
      const id = volumeId(request.volumeId)
      const targetPath = absolutePath('target_path', request.targetPath)
      const capability = usableCapability('volume_capability', request.volumeCapability)
      const stagingPath = stagedAt(request.stagingTargetPath)
      const volume = required(id, request.volumeId)
      const wanted = { volume, targetPath, stagingPath, capability, readOnly: request.readonly }
      await publishing.publish(wanted, signal)
      return {}
    },
    nodeUnpublishVolume: async (request, { signal }) => {
      const id = volumeId(request.volumeId)
      const path = absolutePath('target_path', request.targetPath)
      if (id !== undefined) await publishing.unpublish(id, path, signal)
      return {}
    },
  }
}

/** Volumes on this node are looked at, and grow there. */
export function lookingHandlers(volumes: NodeVolumes): Look {
  return {
    nodeGetVolumeStats: async (request, { signal }) => {
      const id = volumeId(request.volumeId)
      const path = lookupPath('volume_path', request.volumePath)
      const usage = await volumes.usage(required(id, request.volumeId), path, signal)
      return { usage: 'total' in usage ? [{ unit: UNIT.BYTES, total: BigInt(usage.total) }] : usageMessages(usage) }
    },
    nodeExpandVolume: async (request, { signal }) => {
      const id = volumeId(request.volumeId)
      const path = lookupPath('volume_path', request.volumePath)
      const wanted = readSeen(request.capacityRange)
      if (request.volumeCapability !== undefined) usableCapability('volume_capability', request.volumeCapability)
      const have = await volumes.expand(required(id, request.volumeId), path, wanted, signal)
      return { capacityBytes: BigInt(have) }
    },
  }
}

/** STAGE_UNSTAGE_VOLUME is advertised, so a publish without a staging path comes too early, says the specification. */
function stagedAt(path: string): string {
  if (path !== '') return absolutePath('staging_target_path', path)
  throw new StorageError('precondition', 'staging_target_path is missing: stage the volume first and say where')
}

function usageMessages({ bytes, inodes }: Usage) {
  const counted = [{ unit: UNIT.BYTES, ...bytes }, ...(inodes === undefined ? [] : [{ unit: UNIT.INODES, ...inodes }])]
  return counted.map(({ unit, total, used, available }) => ({
    unit,
    total: BigInt(total),
    used: BigInt(used),
    available: BigInt(available),
  }))
}
