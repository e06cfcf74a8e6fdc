import { describe } from 'vitest'
import { volumeBackendContract } from '../../contracts/volume-backend.contract.ts'
import { volumeBackendTroubleContract } from '../../contracts/volume-backend-trouble.contract.ts'
import { ROUTEROS_COSTS, routerOsRig, SUBVOLUME_COSTS } from '../../support/routeros-rig.ts'

describe.each(['plain', 'tls'] as const)('the RouterOS volume backend over %s', wire => {
  volumeBackendContract(() => routerOsRig({ wire }), ROUTEROS_COSTS)
  volumeBackendTroubleContract(() => routerOsRig({ wire }))
})

describe('the RouterOS volume backend with a subvolume for each volume', () => {
  volumeBackendContract(() => routerOsRig({ pool: 'btrfs' }), SUBVOLUME_COSTS)
  volumeBackendTroubleContract(() => routerOsRig({ pool: 'btrfs' }))
})
