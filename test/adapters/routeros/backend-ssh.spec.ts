import { describe } from 'vitest'
import { hostAccessContract } from '../../contracts/host-access.contract.ts'
import { lateCommandsContract } from '../../contracts/late-commands.contract.ts'
import { volumeBackendTroubleContract } from '../../contracts/volume-backend-trouble.contract.ts'
import { volumeBackendContract } from '../../contracts/volume-backend.contract.ts'
import { ROUTEROS_COSTS, routerOsRig } from '../../support/routeros-rig.ts'

describe('the RouterOS backend over ssh', () => {
  volumeBackendContract(() => routerOsRig({ wire: 'ssh' }), ROUTEROS_COSTS)
  volumeBackendTroubleContract(() => routerOsRig({ wire: 'ssh' }))
  hostAccessContract(() => routerOsRig({ wire: 'ssh' }), ROUTEROS_COSTS)
  lateCommandsContract(() => routerOsRig({ wire: 'ssh' }))
})
