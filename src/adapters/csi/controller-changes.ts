import type { VolumeChanges } from '../../app/volume-changes.ts'
import { usableCapability } from './capability-codec.ts'
import { readRange } from './capacity-codec.ts'
import { required, volumeId } from './fields.ts'
import type { Controller } from './gen/csi/v1/csi_pb.ts'
import type { UnaryHandlers } from './unary.ts'

type Handlers = Required<Pick<UnaryHandlers<typeof Controller>, 'controllerExpandVolume' | 'controllerModifyVolume'>>

/** Volumes that are there are changed. */
export function changeHandlers(changes: VolumeChanges): Handlers {
  return {
    controllerExpandVolume: async (request, { signal }) => {
      const id = volumeId(request.volumeId)
      const range = readRange(request.capacityRange)
      if (request.volumeCapability !== undefined) usableCapability('volume_capability', request.volumeCapability)
      const { bytes } = await changes.expand(required(id, request.volumeId), range, signal)
      return { capacityBytes: BigInt(bytes), nodeExpansionRequired: true }
    },
    controllerModifyVolume: async (request, { signal }) => {
      const id = required(volumeId(request.volumeId), request.volumeId)
      await changes.modify(id, request.mutableParameters, signal)
      return {}
    },
  }
}
