import type { Attachments } from '../../app/attachments.ts'
import type { Readiness } from '../../app/readiness.ts'
import type { Volumes } from '../../app/volumes.ts'
import { attachmentHandlers } from './controller-attachments.ts'
import { volumeHandlers } from './controller-volumes.ts'
import { type Controller, ControllerServiceCapability_RPC_Type as RPC } from './gen/csi/v1/csi_pb.ts'
import type { UnaryHandlers } from './unary.ts'

export interface ControllerUseCases {
  readonly volumes: Volumes
  readonly attachments: Attachments
  readonly readiness: Readiness
}

/** Exactly what works. */
const CAPABILITIES = [
  RPC.CREATE_DELETE_VOLUME,
  RPC.PUBLISH_UNPUBLISH_VOLUME,
  RPC.LIST_VOLUMES,
  RPC.LIST_VOLUMES_PUBLISHED_NODES,
  RPC.GET_VOLUME,
  RPC.GET_CAPACITY,
  RPC.EXPAND_VOLUME,
  RPC.SINGLE_NODE_MULTI_WRITER,
]

/** The Controller service. Every call is `unavailable` until the driver is ready, whatever else is wrong with it. */
export function controllerHandlers(
  { volumes, attachments, readiness }: ControllerUseCases,
  rdsAddress: string,
): UnaryHandlers<typeof Controller> {
  const handlers: UnaryHandlers<typeof Controller> = {
    ...volumeHandlers(volumes, rdsAddress),
    ...attachmentHandlers(attachments),
    controllerGetCapabilities: async () => ({
      capabilities: CAPABILITIES.map(type => ({ type: { case: 'rpc', value: { type } } })),
    }),
  }
  return onceReady(handlers, readiness)
}

/** The same handlers, each of which first asks whether it may serve. */
function onceReady<Handlers extends object>(handlers: Handlers, readiness: Readiness): Handlers {
  type Handler = (request: unknown, call: unknown) => Promise<unknown>
  const gated = Object.entries(handlers as Record<string, Handler>).map(([name, handler]) => {
    const gate: Handler = async (request, call) => {
      readiness.require()
      return handler(request, call)
    }
    return [name, gate]
  })
  return Object.fromEntries(gated) as Handlers
}
