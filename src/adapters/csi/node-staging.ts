import { StorageError } from '../../domain/errors.ts'
import type { VolumeId } from '../../domain/ids.ts'
import { readContext, type VolumeContext } from '../../domain/volume-context.ts'
import { volumeNqn } from '../../domain/volume-id.ts'
import type { Staging } from '../../app/staging.ts'
import type { Logger } from '../../ports/logger.ts'
import { usableCapability } from './capability-codec.ts'
import { absolutePath, invalid, required, volumeId } from './fields.ts'
import type { Node, NodeStageVolumeRequest } from './gen/csi/v1/csi_pb.ts'
import { readPublishContext } from './publish-context.ts'
import type { UnaryHandlers } from './unary.ts'

type Handlers = Required<Pick<UnaryHandlers<typeof Node>, 'nodeStageVolume' | 'nodeUnstageVolume'>>

export interface StagingParts {
  readonly staging: Staging
  /** Whether this node may connect to an IP address. */
  readonly mayConnect: (address: string) => boolean
  readonly log: Logger
}

/** Volumes come to the node and leave it. */
export function stagingHandlers({ staging, mayConnect, log }: StagingParts): Handlers {
  const warned = new Set<VolumeId>()
  return {
    nodeStageVolume: async (request, { signal }) => {
      const wanted = readStaging(request)
      const { volume, warnings, context } = wanted
      refuseForeign(context, mayConnect)
      if (warnings.length > 0 && !warned.has(volume)) log.warn('odd volume context', { volume, warnings })
      if (warnings.length > 0) warned.add(volume)
      await staging.stage(wanted, signal)
      return {}
    },
    nodeUnstageVolume: async (request, { signal }) => {
      const id = volumeId(request.volumeId)
      const path = absolutePath('staging_target_path', request.stagingTargetPath)
      if (id === undefined) return {}
      await staging.unstage(id, path, signal)
      warned.delete(id)
      return {}
    },
  }
}

function readStaging(request: NodeStageVolumeRequest) {
  const id = volumeId(request.volumeId)
  const stagingPath = absolutePath('staging_target_path', request.stagingTargetPath)
  const capability = usableCapability('volume_capability', request.volumeCapability)
  const volume = required(id, request.volumeId)
  const reading = readContext(request.volumeContext, volumeNqn(volume))
  if (typeof reading === 'string') throw invalid('volume_context:', reading)
  const { host, bytes, port } = readPublishContext(request.publishContext)
  const context = port === undefined ? reading.context : withPort(reading.context, port)
  return { volume, stagingPath, capability, context, warnings: reading.warnings, host, bytes }
}

/** A volume with a port of its own is reached there, at every address. */
const withPort = (context: VolumeContext, port: number): VolumeContext => ({
  ...context,
  portals: context.portals.map(({ address }) => ({ address, port })),
})

function refuseForeign({ portals }: VolumeContext, mayConnect: (address: string) => boolean): void {
  const foreign = portals.find(({ address }) => !mayConnect(address))
  if (foreign === undefined) return
  throw new StorageError(
    'precondition',
    `volume_context address ${foreign.address} is outside the networks that this node may connect to (--nvme-allowed-networks)`,
  )
}
