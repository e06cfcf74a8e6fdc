import { describe, expect, it, onTestFinished } from 'vitest'
import { slotOf } from '../../../src/adapters/routeros/slot.ts'
import type { HostNqn } from '../../../src/domain/ids.ts'
import { hostAccessContract } from '../../contracts/host-access.contract.ts'
import { live, specIn, volumeId } from '../../contracts/volume-backend.contract.ts'
import { ROUTEROS_COSTS, routerOsRig } from '../../support/routeros-rig.ts'

describe.each(['plain', 'tls', 'rest', 'ssh'] as const)('the RouterOS host access over %s', wire => {
  hostAccessContract(() => routerOsRig({ wire }), ROUTEROS_COSTS)
})

describe('an export that moves to another host', () => {
  const id = volumeId('a')
  const [first, second] = ['a', 'b'].map(
    name => `nqn.2014-08.org.nvmexpress:uuid:${name.repeat(8)}-0000-4000-8000-000000000000` as HostNqn,
  ) as [HostNqn, HostNqn]

  it('is not turned on for it before it was seen to be off', async () => {
    const rig = await routerOsRig()
    onTestFinished(() => rig.close())
    const { backend, access } = rig.open()
    await backend.start(live())
    await backend.create(specIn(rig), live())
    await access.allow(id, { to: 'host', host: first }, live())
    const session = rig.session(id, first)
    const again = (): void => {
      rig.device.perform('/disk/set', { '.id': slotOf(id), 'nvme-tcp-export': 'yes' })
    }
    rig.device.faults.arm({ kind: 'watch', after: again }, { match: '/disk/set' })
    const other = { to: 'host', host: second } as const
    await expect(access.allow(id, other, live())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(rig.held(id)?.admitted).toEqual({ to: 'host', host: first })
    await access.allow(id, other, live())
    expect(rig.held(id)?.admitted).toEqual(other)
    expect(session?.live).toBe(false)
  })
})
