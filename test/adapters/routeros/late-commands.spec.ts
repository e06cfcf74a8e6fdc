import { describe } from 'vitest'
import { lateCommandsContract } from '../../contracts/late-commands.contract.ts'
import { routerOsRig } from '../../support/routeros-rig.ts'

describe('the RouterOS backend', () => {
  lateCommandsContract(() => routerOsRig())
})

describe('the RouterOS backend with a subvolume for each volume', () => {
  lateCommandsContract(() => routerOsRig({ pool: 'btrfs' }))
})
