import { describe } from 'vitest'
import { hostAccessContract } from '../contracts/host-access.contract.ts'
import { volumeBackendContract } from '../contracts/volume-backend.contract.ts'
import { volumeBackendTroubleContract } from '../contracts/volume-backend-trouble.contract.ts'
import { MEMORY_COSTS, MemoryRig } from './memory-rig.ts'

const open = async (): Promise<MemoryRig> => new MemoryRig()

describe('the volume backend in memory', () => {
  volumeBackendContract(open, MEMORY_COSTS)
  volumeBackendTroubleContract(open)
})

describe('the host access in memory', () => {
  hostAccessContract(open, MEMORY_COSTS)
})
