/** Paths of the kinds that this driver uses, under the API server's address. */
const namespaced = (group: string, kind: string) => (namespace: string, name?: string) =>
  join(`${group}/namespaces/${encodeURIComponent(namespace)}/${kind}`, name)

const clusterWide = (group: string, kind: string) => (name?: string) => join(`${group}/${kind}`, name)

const join = (path: string, name: string | undefined) =>
  name === undefined ? path : `${path}/${encodeURIComponent(name)}`

export const namespacePath = clusterWide('/api/v1', 'namespaces')
export const nodePath = clusterWide('/api/v1', 'nodes')
export const persistentVolumePath = clusterWide('/api/v1', 'persistentvolumes')
export const volumeSnapshotContentPath = clusterWide('/apis/snapshot.storage.k8s.io/v1', 'volumesnapshotcontents')
export const configMapPath = namespaced('/api/v1', 'configmaps')
export const volumeAttachmentPath = clusterWide('/apis/storage.k8s.io/v1', 'volumeattachments')
export const eventPath = namespaced('/apis/events.k8s.io/v1', 'events')
export const leasePath = namespaced('/apis/coordination.k8s.io/v1', 'leases')
