import { describe } from 'vitest'
import { transportTroubleContract } from '../../contracts/transport-trouble.contract.ts'
import { transportContract } from '../../contracts/transport.contract.ts'

describe('the transport over plain-own', () => {
  transportContract('plain-own')
  transportTroubleContract('plain-own')
})
