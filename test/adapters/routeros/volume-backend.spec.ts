import { describe } from 'vitest'
import { volumeBackendContract } from '../../contracts/volume-backend.contract.ts'
import { volumeBackendTroubleContract } from '../../contracts/volume-backend-trouble.contract.ts'
import { ROUTEROS_COSTS, routerOsRig } from '../../support/routeros-rig.ts'

describe.each(['plain', 'tls'] as const)('the RouterOS volume backend over %s', wire => {
  volumeBackendContract(() => routerOsRig({ wire }), ROUTEROS_COSTS)
  volumeBackendTroubleContract(() => routerOsRig({ wire }))
})
