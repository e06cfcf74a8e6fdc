import { type CoreV1Event, CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import type { About, Fact } from '../../../src/domain/facts.ts'
import { after, instant, type NodeId, nodeId } from '../../../src/domain/ids.ts'
import { CLAIM, persistentVolume, VOLUME, volumeAttachment } from './objects.ts'
import { openRig, type Rig } from './rig.ts'

export const nodeA = nodeId('node-a')
export const nodeB = nodeId('node-b')
export const noon = instant(Date.UTC(2026, 0, 1, 12))

/** Who holds the volume after the fact, in the order of joining. */
export const heldBy = (...nodes: readonly NodeId[]): About['holders'] =>
  nodes.map((node, index) => ({ node, since: after(noon, index * 1000) }))

export const about = (changes: Partial<About> = {}): About => ({
  volume: VOLUME,
  at: noon,
  took: 120,
  holders: heldBy(nodeA),
  ...changes,
})

export const started: Fact = {
  type: 'migration-started',
  source: nodeA,
  target: nodeB,
  deadline: after(noon, 300_000),
  timeout: 300_000,
}
export const completed: Fact = { type: 'migration-completed', source: nodeA, target: nodeB, took: 45_000 }
export const left: Fact = {
  type: 'migration-failed',
  source: nodeA,
  target: nodeB,
  took: 45_000,
  reason: 'target-left',
}
export const refused: Fact = {
  type: 'attachment-refused',
  node: nodeB,
  refusal: { kind: 'held-elsewhere', holders: [nodeA] },
}

/** A rig with one bound volume that node-a and node-b have VolumeAttachments of; its caches are complete. */
export async function openEventRig(): Promise<Rig> {
  const rig = await openRig()
  rig.server.store.put('persistentvolumes', persistentVolume())
  for (const node of ['node-a', 'node-b']) rig.server.store.put('volumeattachments', volumeAttachment({ node }))
  await rig.start()
  return rig
}

/** The claim's events as `kubectl get events --field-selector involvedObject.name=…` gets them. */
export async function eventsOf(rig: Rig, name = CLAIM.name): Promise<readonly CoreV1Event[]> {
  const config = new KubeConfig()
  config.loadFromString(rig.server.kubeconfig)
  const fieldSelector = `involvedObject.name=${name}`
  const { items } = await config
    .makeApiClient(CoreV1Api)
    .listNamespacedEvent({ namespace: CLAIM.namespace, fieldSelector })
  return items
}

export const uidOf = (rig: Rig, node: NodeId): string =>
  rig.server.store.get('volumeattachments', `csi-${node}`)?.metadata.uid ?? ''

/** `reason: message` of each, by reason. */
export const lines = (events: readonly CoreV1Event[]): readonly string[] =>
  events.map(({ reason, message }) => `${reason}: ${message}`).toSorted()
