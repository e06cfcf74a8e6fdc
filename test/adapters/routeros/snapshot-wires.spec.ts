import { describe, expect, it, onTestFinished } from 'vitest'
import { snapshotBackendContract } from '../../contracts/snapshot-backend.contract.ts'
import { snapshotBackendTroubleContract } from '../../contracts/snapshot-backend-trouble.contract.ts'
import { live } from '../../contracts/volume-backend.contract.ts'
import { routerOsRig } from '../../support/routeros-rig.ts'

describe.each(['rest', 'ssh', 'plain-own'] as const)('the RouterOS snapshot backend on btrfs over %s', wire => {
  snapshotBackendContract(() => routerOsRig({ wire, pool: 'btrfs' }), 'instant')
  snapshotBackendTroubleContract(() => routerOsRig({ wire, pool: 'btrfs' }))
})

describe('the RouterOS snapshot backend that copies bytes over ssh', () => {
  snapshotBackendContract(() => routerOsRig({ wire: 'ssh', pool: 'xfs', snapshots: 'copy' }), 'copy')
})

describe('the RouterOS snapshot backend that should copy bytes over rest', () => {
  it('cannot, and says so', async () => {
    const rig = await routerOsRig({ wire: 'rest', pool: 'xfs', snapshots: 'copy' })
    onTestFinished(() => rig.close())
    const { backend, snapshots } = rig.open()
    await backend.start(live())
    expect(snapshots.ability()).toEqual({ way: 'none', why: expect.stringContaining('the transports api and ssh can') })
  })
})
