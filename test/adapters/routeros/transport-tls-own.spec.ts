import { describe } from 'vitest'
import { transportTroubleContract } from '../../contracts/transport-trouble.contract.ts'
import { transportContract } from '../../contracts/transport.contract.ts'

describe('the transport over tls-own', () => {
  transportContract('tls-own')
  transportTroubleContract('tls-own')
})
