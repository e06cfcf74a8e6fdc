import { describe } from 'vitest'
import { snapshotBackendContract } from '../../contracts/snapshot-backend.contract.ts'
import { snapshotBackendTroubleContract } from '../../contracts/snapshot-backend-trouble.contract.ts'
import { routerOsRig } from '../../support/routeros-rig.ts'

describe('the RouterOS snapshot backend on btrfs', () => {
  snapshotBackendContract(() => routerOsRig({ pool: 'btrfs' }), 'instant')
  snapshotBackendTroubleContract(() => routerOsRig({ pool: 'btrfs' }))
})

describe('the RouterOS snapshot backend that copies bytes', () => {
  snapshotBackendContract(() => routerOsRig({ pool: 'xfs', snapshots: 'copy' }), 'copy')
  snapshotBackendTroubleContract(() => routerOsRig({ pool: 'xfs', snapshots: 'copy' }))
})
