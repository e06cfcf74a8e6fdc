import { randomUUID } from 'node:crypto'
import type { ClusterState } from './cluster-state.ts'
import { kubeTime, type KubeObject } from './kube-object.ts'

const NAMESPACES = ['default', 'kube-system', 'rds-csi']

function namespace(name: string, uid: string, creationTimestamp: string): KubeObject {
  const labels = { 'kubernetes.io/metadata.name': name }
  return {
    metadata: { name, uid, creationTimestamp, labels },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }
}

function node(name: string, creationTimestamp: string): KubeObject {
  const times = { lastHeartbeatTime: creationTimestamp, lastTransitionTime: creationTimestamp }
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' }
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
    ...times,
  }
  return { metadata: { name, uid: randomUUID(), creationTimestamp, labels }, spec: {}, status: { conditions: [ready] } }
}

/** Puts in what exists from the start: the namespaces and the nodes of that name, all Ready. */
export function seed({ store, now }: ClusterState, nodes: readonly string[], clusterUid: string): void {
  const created = kubeTime(now())
  for (const name of NAMESPACES)
    store.put('namespaces', namespace(name, name === 'kube-system' ? clusterUid : randomUUID(), created))
  for (const name of nodes) store.put('nodes', node(name, created))
}
