import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { leaseName } from '../../../src/adapters/kubernetes/lease-object.ts'
import { NoLeadership } from '../../../src/adapters/kubernetes/leases.ts'
import { leadershipContract } from '../../contracts/leadership.contract.ts'
import { DURATION, type LeaseRig, openLeaseRig } from './lease-rig.ts'

leadershipContract('Kubernetes', openLeaseRig)

describe('the Lease', () => {
  let rig: LeaseRig
  let stop: AbortController
  beforeEach(async () => {
    rig = await openLeaseRig()
    stop = new AbortController()
  })
  afterEach(async () => {
    stop.abort(new Error('the test is over'))
    await rig.advance(0)
    await rig.close()
  })

  it('names its holder, its duration and its times as the API wants them', async () => {
    await rig.contender('a').leadership.acquire(stop.signal)
    expect(rig.lease()?.spec).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    })
    await rig.advance(DURATION)
    expect(rig.lease()?.spec).toMatchObject({
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:15.000000Z',
    })
  })

  it('is renewed each third of its duration, and given back at the end', async () => {
    const { leadership } = rig.contender('a')
    await leadership.acquire(stop.signal)
    rig.server.faults.clearRequests()
    await rig.advance(DURATION * 2.1)
    expect(rig.server.faults.requests.map(({ verb }) => verb)).toEqual(Array.from({ length: 6 }, () => 'update'))
    stop.abort(new Error('enough'))
    await leadership.settled()
    expect(rig.lease()?.spec).toMatchObject({ holderIdentity: '', renewTime: '2026-01-01T00:00:30.000000Z' })
  })

  it('holds nobody up at the end whose requests hang', async () => {
    const contender = rig.contender('a')
    const { leadership } = contender
    await leadership.acquire(stop.signal)
    contender.hang()
    await rig.advance(DURATION / 2)
    stop.abort(new Error('enough'))
    await rig.advance(DURATION / 5)
    await leadership.settled()
    expect(rig.log.lines.at(-1)).toMatchObject({ level: 'warn', message: expect.stringMatching(/runs out by itself/) })
  })

  it('that was had by a write whose reply was lost says until when others had it', async () => {
    const former = new AbortController()
    const { leadership } = rig.contender('a')
    await leadership.acquire(former.signal)
    await rig.advance(DURATION)
    const renewed = rig.clock.now()
    former.abort(new Error('enough'))
    await leadership.settled()
    await rig.advance(DURATION)
    rig.server.faults.add({ resource: 'leases', verb: 'update', fault: { kind: 'lose-reply' }, times: 1 })
    const acquiring = rig.contender('b').leadership.acquire(stop.signal)
    await rig.advance(DURATION)
    expect((await acquiring).heldUntil).toBe(renewed)
  })

  it('is lost by its holder who finds a process of the same name in it, and says so', async () => {
    const { signal } = await rig.contender('a').leadership.acquire(stop.signal)
    await rig.contender('a').leadership.acquire(stop.signal)
    await rig.advance(DURATION / 3)
    expect(signal.reason).toMatchObject({ name: 'LeaseLost', message: 'another process of the identity a has it now' })
  })

  it('is given back even if a renewal was under way whose answer is lost', async () => {
    const { leadership } = rig.contender('a')
    await leadership.acquire(stop.signal)
    rig.server.faults.add({ resource: 'leases', fault: { kind: 'lose-reply' }, times: 1 })
    await rig.advance(DURATION / 3)
    stop.abort(new Error('enough'))
    await leadership.settled()
    expect(rig.lease()?.spec?.holderIdentity).toBe('')
  })

  it.each([{ kind: 'reset' }, { kind: 'status', code: 503 }, { kind: 'lose-reply' }] as const)(
    'is kept through a short $kind',
    async fault => {
      const { signal } = await rig.contender('a').leadership.acquire(stop.signal)
      rig.server.faults.add({ resource: 'leases', fault, times: 3 })
      await rig.advance(DURATION * 2)
      expect(signal.aborted).toBe(false)
      expect(rig.lease()?.spec?.renewTime).toMatch(/^2026-01-01T00:00:(2|3)/)
    },
  )

  it('is lost by its holder two thirds of its duration after the last renewal', async () => {
    const { signal } = await rig.contender('a').leadership.acquire(stop.signal)
    rig.server.faults.add({ resource: 'leases', fault: { kind: 'reset' } })
    await rig.advance((DURATION * 2) / 3 - 500)
    expect(signal.aborted).toBe(false)
    await rig.advance(500)
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({ name: 'LeaseLost' })
  })

  it('is lost at once by a holder who finds another name in it', async () => {
    const { signal } = await rig.contender('a').leadership.acquire(stop.signal)
    const lease = rig.server.store.get('leases', leaseName('rds.csi.srvlab.io'), 'rds-csi')!
    const spec = { ...(lease['spec'] as object), holderIdentity: 'b' }
    rig.server.store.put('leases', { ...lease, spec })
    await rig.advance(DURATION / 3)
    expect(signal.aborted).toBe(true)
    expect((signal.reason as Error).message).toContain('b has it now')
    expect(rig.lease()?.spec?.holderIdentity).toBe('b')
  })

  it('is made anew by its holder when somebody removes it', async () => {
    const { signal } = await rig.contender('a').leadership.acquire(stop.signal)
    rig.server.store.remove('leases', leaseName('rds.csi.srvlab.io'), 'rds-csi')
    await rig.advance(DURATION)
    expect(signal.aborted).toBe(false)
    expect(rig.lease()?.spec?.holderIdentity).toBe('a')
  })

  it('goes to exactly one of many who start at once', async () => {
    const leases = ['a', 'b', 'c', 'd', 'e'].map(identity => rig.contender(identity).leadership.acquire(stop.signal))
    let won = 0
    for (const lease of leases) void lease.then(() => (won += 1)).catch(() => undefined)
    await rig.advance(DURATION)
    expect(won).toBe(1)
  })

  it('is waited for through an outage', async () => {
    const end = rig.server.faults.add({ resource: 'leases', fault: { kind: 'status', code: 503 } })
    const acquiring = rig.contender('a').leadership.acquire(stop.signal)
    await rig.advance(DURATION)
    end()
    await rig.advance(DURATION)
    expect((await acquiring).signal.aborted).toBe(false)
    expect(JSON.stringify(rig.log.lines)).not.toContain(rig.server.token)
  })
})

describe('the name of the Lease', () => {
  it.each([
    ['rds.csi.srvlab.io', 'rds-csi-rds.csi.srvlab.io'],
    ['Odd/Name_', 'rds-csi-odd-name'],
    ['x'.repeat(300), `rds-csi-${'x'.repeat(245)}`],
  ])('of %s is %s', (driver, expected) => {
    expect(leaseName(driver)).toBe(expected)
  })
})

describe('without leader election', () => {
  it('everybody has the right until its signal ends', async () => {
    const stop = new AbortController()
    const lease = await new NoLeadership().acquire(stop.signal)
    expect([lease.signal.aborted, lease.heldUntil]).toEqual([false, undefined])
    stop.abort(new Error('enough'))
    expect(lease.signal.aborted).toBe(true)
    await expect(new NoLeadership().acquire(stop.signal)).rejects.toThrow('enough')
  })
})
