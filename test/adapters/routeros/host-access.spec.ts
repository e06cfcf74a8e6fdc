import { describe } from 'vitest'
import { hostAccessContract } from '../../contracts/host-access.contract.ts'
import { ROUTEROS_COSTS, routerOsRig } from '../../support/routeros-rig.ts'

describe.each(['plain', 'tls'] as const)('the RouterOS host access over %s', wire => {
  hostAccessContract(() => routerOsRig({ wire }), ROUTEROS_COSTS)
})
