import type { NodeVolumes } from '../../app/node-volumes.ts'
import type { Publishing } from '../../app/publishing.ts'
import { type Node, NodeServiceCapability_RPC_Type as RPC } from './gen/csi/v1/csi_pb.ts'
import { stagingHandlers, type StagingParts } from './node-staging.ts'
import { lookingHandlers, publishingHandlers } from './node-volumes.ts'
import type { UnaryHandlers } from './unary.ts'

export interface NodeParts extends StagingParts {
  readonly nodeId: string
  readonly publishing: Publishing
  readonly nodeVolumes: NodeVolumes
}

/** Exactly what works. */
const CAPABILITIES = [RPC.STAGE_UNSTAGE_VOLUME, RPC.GET_VOLUME_STATS, RPC.EXPAND_VOLUME, RPC.SINGLE_NODE_MULTI_WRITER]

/** The Node service. It reports no topology and no limit of volumes. */
export function nodeHandlers(parts: NodeParts): UnaryHandlers<typeof Node> {
  return {
    ...stagingHandlers(parts),
    ...publishingHandlers(parts.publishing),
    ...lookingHandlers(parts.nodeVolumes),
    nodeGetInfo: async () => ({ nodeId: parts.nodeId }),
    nodeGetCapabilities: async () => ({
      capabilities: CAPABILITIES.map(type => ({ type: { case: 'rpc', value: { type } } })),
    }),
  }
}
