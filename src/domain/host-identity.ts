import type { ClusterId, HostNqn, NodeId, Uuid } from './ids.ts'
import { type Digest, uuidV5 } from './uuid.ts'

/** Who a node is to the appliance. The same node of the same cluster is always the same host. */
export interface HostIdentity {
  /** NVMe host id (a UUID). */
  readonly hostId: Uuid
  /** `nqn.2014-08.org.nvmexpress:uuid:<hostId>`, what the target admits. */
  readonly hostNqn: HostNqn
}

/** UUIDv5 of the node's name in the cluster's namespace: derived, so that nothing has to be stored or distributed. */
export function hostIdentity(cluster: ClusterId, node: NodeId, sha1: Digest): HostIdentity {
  const hostId = uuidV5(cluster as string as Uuid, node, sha1)
  return { hostId, hostNqn: `nqn.2014-08.org.nvmexpress:uuid:${hostId}` as HostNqn }
}
