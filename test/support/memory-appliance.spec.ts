import { describe } from 'vitest'
import { networkFenceContract } from '../contracts/network-fence.contract.ts'
import { MemoryFenceRig } from './memory-fence-rig.ts'
import { hostAccessContract } from '../contracts/host-access.contract.ts'
import { snapshotBackendContract } from '../contracts/snapshot-backend.contract.ts'
import { volumeBackendContract } from '../contracts/volume-backend.contract.ts'
import { volumeBackendTroubleContract } from '../contracts/volume-backend-trouble.contract.ts'
import { MEMORY_COSTS, MemoryRig } from './memory-rig.ts'

const open = async (): Promise<MemoryRig> => new MemoryRig()

describe('the volume backend in memory', () => {
  volumeBackendContract(open, MEMORY_COSTS)
  volumeBackendTroubleContract(open)
})

describe.each(['instant', 'copy'] as const)('the snapshot backend in memory, by way of %s', way => {
  snapshotBackendContract(async () => new MemoryRig(way), way)
})

describe('the host access in memory', () => {
  hostAccessContract(open, MEMORY_COSTS)
})

describe('the network before an appliance in memory', () => {
  networkFenceContract(async () => new MemoryFenceRig())
})
