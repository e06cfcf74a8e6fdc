import { describe, expect, it } from 'vitest'
import { Controller } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { Rig, GIB } from './rig.ts'

/** In milliseconds; the shortest that the controller takes. */
const LEASE = 6_000

describe('a controller that loses the Lease', { timeout: 60_000 }, () => {
  it('has ended before another may act, and finishes nothing that is under way', async () => {
    const rig = await Rig.start({ nodes: ['node-a'], flags: [`--leader-election-lease-duration=${LEASE}ms`] })
    const before = rig.device.disks().length
    rig.device.faults.arm({ kind: 'hang' }, { match: '/disk/add' })
    rig.cluster.faults.add({ fault: { kind: 'hang' } })
    const frozen = performance.now()
    const creating = rig.controller.csi
      .call(Controller.method.createVolume, {
        name: 'late',
        capacityRange: { requiredBytes: BigInt(GIB) },
        volumeCapabilities: [{ accessType: { case: 'block', value: {} }, accessMode: { mode: 1 } }],
      })
      .then(
        () => 'created',
        () => 'refused',
      )
    const code = await rig.controller.program.ended
    // The last renewal was at most a third of the duration before the API froze.
    expect(performance.now() - frozen).toBeLessThan(LEASE)
    expect(code).toBe(1)
    expect(await creating).toBe('refused')
    expect(rig.device.disks()).toHaveLength(before)
    expect(rig.controller.program.lines.join('\n')).toContain('the Lease is lost')
  })
})
