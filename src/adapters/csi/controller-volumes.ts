import { MAX_VOLUME_BYTES, MIN_VOLUME_BYTES } from '../../domain/capacity.ts'
import type { Volume } from '../../domain/volume.ts'
import { writeContext } from '../../domain/volume-context.ts'
import type { CreatedVolume, Volumes, VolumeStatus } from '../../app/volumes.ts'
import { readCapabilities } from './capability-codec.ts'
import { readRangeOrAny } from './capacity-codec.ts'
import { readSource, sourceMessage } from './content-source.ts'
import { requestName, required, volumeId } from './fields.ts'
import type { Controller, CreateVolumeRequest } from './gen/csi/v1/csi_pb.ts'
import type { UnaryHandlers } from './unary.ts'
import { validateHandler } from './validate-capabilities.ts'

type Handlers = Required<
  Pick<
    UnaryHandlers<typeof Controller>,
    | 'createVolume'
    | 'deleteVolume'
    | 'validateVolumeCapabilities'
    | 'listVolumes'
    | 'controllerGetVolume'
    | 'getCapacity'
  >
>

/** The life of volumes. `rdsAddress` is told in the volume context, as the older driver does. */
export function volumeHandlers(volumes: Volumes, rdsAddress: string): Handlers {
  return {
    createVolume: async (request, { signal }) => ({
      volume: createdMessage(await volumes.create(readCreation(request), signal), rdsAddress),
    }),
    deleteVolume: async (request, { signal }) => {
      const id = volumeId(request.volumeId)
      if (id !== undefined) await volumes.remove(id, signal)
      return {}
    },
    validateVolumeCapabilities: validateHandler(volumes),
    listVolumes: async (request, { signal }) => {
      const wanted = { max: request.maxEntries, token: request.startingToken }
      const { items, next } = await volumes.list(wanted, signal)
      return { entries: items.map(statusMessage), nextToken: next ?? '' }
    },
    controllerGetVolume: async (request, { signal }) => {
      const id = required(volumeId(request.volumeId), request.volumeId)
      return statusMessage(await volumes.get(id, signal))
    },
    getCapacity: async (request, { signal }) => {
      const capabilities = readCapabilities('volume_capabilities', request.volumeCapabilities)
      const { free, largest } = await volumes.capacity({ capabilities, parameters: request.parameters }, signal)
      return {
        availableCapacity: BigInt(free),
        maximumVolumeSize: BigInt(Math.min(largest, MAX_VOLUME_BYTES)),
        minimumVolumeSize: BigInt(MIN_VOLUME_BYTES),
      }
    },
  }
}

/** Secrets are never needed and topology is never reported: both are accepted and mean nothing. */
function readCreation(request: CreateVolumeRequest) {
  const name = requestName(request.name)
  const source = readSource(request.volumeContentSource)
  return {
    name,
    range: readRangeOrAny(request.capacityRange),
    capabilities: readCapabilities('volume_capabilities', request.volumeCapabilities),
    parameters: request.parameters,
    mutable: request.mutableParameters,
    source: source(),
  }
}

function createdMessage({ volume, parameters }: CreatedVolume, rdsAddress: string) {
  const { portals, profile, migrationTimeout, fsType } = parameters
  const context = { nqn: volume.nqn, portals, profile, migrationTimeout, fsType }
  return { ...volumeMessage(volume), volumeContext: writeContext(context, { volumePath: volume.folder, rdsAddress }) }
}

const volumeMessage = ({ id, bytes, source }: Volume) => ({
  volumeId: id,
  capacityBytes: BigInt(bytes),
  ...sourceMessage(source),
})

const statusMessage = ({ volume, nodes }: VolumeStatus) => ({
  volume: volumeMessage(volume),
  status: { publishedNodeIds: [...nodes] },
})
