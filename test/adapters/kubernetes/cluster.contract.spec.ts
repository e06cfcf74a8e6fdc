import type { ClusterId } from '../../../src/domain/ids.ts'
import { DEFAULT_CLUSTER_UID } from '../../../src/adapters/sim/cluster/start-cluster.ts'
import { clusterContract, type ClusterWorld } from '../../contracts/cluster.contract.ts'
import { node, persistentVolume, volumeAttachment } from './objects.ts'
import { openRig, type Rig } from './rig.ts'

const world = ({ server: { store, faults } }: Rig): ClusterWorld => ({
  addNode: async name => void store.put('nodes', node(name)),
  placeNode: async (name, ...texts) => {
    const addresses = texts.map(address => ({ type: 'InternalIP', address }))
    store.put('nodes', node(name, { addresses }))
  },
  removeNode: async name => void store.remove('nodes', name),
  addVolume: async (volume, access, migrationTimeout) => {
    const modes = [access === 'migratable' ? 'ReadWriteMany' : 'ReadWriteOnce']
    const attributes = { migrationTimeoutSeconds: String(migrationTimeout / 1000) }
    store.put('persistentvolumes', persistentVolume({ handle: volume, modes, attributes }))
  },
  attach: async ({ name, volume, node: onNode, at, sharing }) => {
    const context = { attachedAt: String(at), ...(sharing ? { migration: 'none' } : {}) }
    const source = { persistentVolumeName: volume }
    store.put('volumeattachments', volumeAttachment({ name, node: onNode, source, context }))
  },
  leave: async name => {
    const found = store.get('volumeattachments', name)!
    const deletionTimestamp = new Date().toISOString()
    store.put('volumeattachments', { ...found, metadata: { ...found.metadata, deletionTimestamp } })
  },
  remove: async name => void store.remove('volumeattachments', name),
  outage: () => {
    const end = faults.add({ fault: { kind: 'reset' } })
    faults.resetWatches()
    return end
  },
  silence: () => {
    const end = faults.add({ verb: 'watch', fault: { kind: 'hang' } })
    faults.resetWatches()
    return end
  },
})

clusterContract('Kubernetes', async () => {
  const rig = await openRig()
  return {
    cluster: rig.cluster,
    world: world(rig),
    identity: DEFAULT_CLUSTER_UID as ClusterId,
    close: () => rig.close(),
  }
})
