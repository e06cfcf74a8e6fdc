import { readMigrationTimeout } from '../../domain/volume-context.ts'
import type { Attachments } from '../../app/attachments.ts'
import { usableCapability } from './capability-codec.ts'
import { invalid, required, requiredNode, volumeId } from './fields.ts'
import type { Controller } from './gen/csi/v1/csi_pb.ts'
import { writePublishContext } from './publish-context.ts'
import type { UnaryHandlers } from './unary.ts'

type Handlers = Required<
  Pick<UnaryHandlers<typeof Controller>, 'controllerPublishVolume' | 'controllerUnpublishVolume'>
>

/** Who may use a volume. */
export function attachmentHandlers(attachments: Attachments): Handlers {
  return {
    controllerPublishVolume: async (request, { signal }) => {
      const id = volumeId(request.volumeId)
      const node = requiredNode(request.nodeId)
      const capability = usableCapability('volume_capability', request.volumeCapability)
      if (request.readonly) {
        throw invalid(
          'readonly',
          'is not served (PUBLISH_READONLY is not advertised): attach it writable, and publish it on the node read-only',
        )
      }
      const volume = required(id, request.volumeId)
      const migrationTimeout = readMigrationTimeout(request.volumeContext)
      const wanted = { volume, node, capability, readOnly: false, migrationTimeout }
      return { publishContext: writePublishContext(await attachments.publish(wanted, signal)) }
    },
    controllerUnpublishVolume: async (request, { signal }) => {
      const id = volumeId(request.volumeId)
      const node = request.nodeId === '' ? ('every-node' as const) : requiredNode(request.nodeId)
      if (id !== undefined) await attachments.unpublish(id, node, signal)
      return {}
    },
  }
}
