import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instant, type SnapshotId, type VolumeId } from '../../src/domain/ids.ts'
import {
  type Evidence,
  type Holding,
  judge,
  type Memory,
  type Policy,
  type References,
  shifted,
} from '../../src/domain/orphans.ts'

const GRACE = 24 * 3_600_000
const NOW = instant(Date.UTC(2026, 0, 10))
const VOLUME = 'pvc-11111111-2222-4333-8444-555555555555' as VolumeId
const SNAPSHOT = 'snap-11111111-2222-4333-8444-666666666666' as SnapshotId
const volume: Holding = { kind: 'volume', id: VOLUME, createdAt: instant(0) }
const snapshot: Holding = { kind: 'snapshot', id: SNAPSHOT, source: VOLUME, createdAt: undefined }
const file: Holding = { kind: 'file', of: 'volume', id: VOLUME, path: '/pool/volumes/x.img' }
const copy: Holding = { kind: 'file', of: 'snapshot', id: SNAPSHOT, path: '/pool/volumes/s.img' }

const nothing: References = {
  volumes: new Map(),
  lastPolicies: new Map(),
  attached: new Set(),
  snapshots: new Map(),
  snapshotting: new Set(),
}
const long = (policy?: Policy): Memory => ({ policy, since: instant(NOW - 2 * GRACE) })

function evidence(changes: Partial<Evidence> & { readonly named?: Partial<References> } = {}): Evidence {
  const { named, ...rest } = changes
  return { references: { ...nothing, ...named }, held: false, usedAt: undefined, memory: undefined, ...rest }
}
const standing = (holding: Holding, of: Evidence): string => judge(holding, of, NOW, GRACE).standing

describe('a volume that nothing in the cluster names', () => {
  it('waits from now on when it is seen so for the first time', () => {
    expect(judge(volume, evidence(), NOW, GRACE)).toEqual({
      standing: 'waiting',
      memory: { policy: undefined, since: NOW },
    })
  })

  it('is due once the grace period has passed since then, to the millisecond', () => {
    const since = (ago: number) => evidence({ memory: { policy: 'delete', since: instant(NOW - ago) } })
    expect(standing(volume, since(GRACE - 1))).toBe('waiting')
    expect(standing(volume, since(GRACE))).toBe('due')
  })

  it('waits anew after something was done with it, or after it was made anew under its id', () => {
    const usedAt = instant(NOW - GRACE / 2)
    expect(judge(volume, evidence({ memory: long(), usedAt }), NOW, GRACE)).toEqual({
      standing: 'waiting',
      memory: { policy: undefined, since: usedAt },
    })
    expect(standing({ ...volume, createdAt: usedAt }, evidence({ memory: long() }))).toBe('waiting')
  })

  it('is never due while its time lies ahead: clocks differ', () => {
    const ahead = instant(NOW + 1)
    expect(judge(volume, evidence({ memory: { policy: undefined, since: ahead } }), NOW, GRACE).memory?.since).toBe(NOW)
    expect(standing({ ...volume, createdAt: instant(NOW + GRACE) }, evidence({ memory: long() }))).toBe('waiting')
  })

  it('is retained for ever where its last object said so, whoever remembers that', () => {
    expect(standing(volume, evidence({ memory: long('retain') }))).toBe('retained')
    const seen = evidence({ memory: long('delete'), named: { lastPolicies: new Map([[VOLUME, 'retain']]) } })
    expect(judge(volume, seen, NOW, GRACE)).toEqual({
      standing: 'retained',
      memory: { policy: 'retain', since: undefined },
    })
  })
})

describe('a volume that something names', () => {
  it.each<[string, Partial<Evidence> & { named?: Partial<References> }]>([
    ['a PersistentVolume', { named: { volumes: new Map([[VOLUME, 'delete']]) } }],
    ['an attachment', { named: { attached: new Set([VOLUME]) } }],
    ['a node that holds it, or an export', { held: true }],
  ])('is in use by %s, however long it was not', (_, changes) => {
    const judged = judge(volume, evidence({ memory: long(), ...changes }), NOW, GRACE)
    expect(judged.standing).toBe('in-use')
    expect(judged.memory?.since).toBeUndefined()
  })

  it('is remembered with the policy of its object, and that of a later one', () => {
    const named = (policy: Policy) =>
      evidence({ memory: long('retain'), named: { volumes: new Map([[VOLUME, policy]]) } })
    expect(judge(volume, named('delete'), NOW, GRACE).memory?.policy).toBe('delete')
    expect(judge(volume, named('retain'), NOW, GRACE).memory?.policy).toBe('retain')
  })
})

describe('a snapshot', () => {
  it('is never an orphan in a cluster that knows no snapshots', () => {
    expect(standing(snapshot, evidence({ memory: long(), named: { snapshots: undefined } }))).toBe('in-use')
    expect(standing(copy, evidence({ memory: long(), named: { snapshots: undefined } }))).toBe('in-use')
  })

  it('is in use while one of its volume is being taken whose id is not known yet', () => {
    const named = { snapshotting: new Set([VOLUME]) }
    expect(standing(snapshot, evidence({ memory: long(), named }))).toBe('in-use')
    expect(standing(copy, evidence({ memory: long(), named }))).toBe('in-use')
  })

  it('is due or retained like a volume', () => {
    expect(standing(snapshot, evidence({ memory: long('delete') }))).toBe('due')
    expect(standing(snapshot, evidence({ memory: long('retain') }))).toBe('retained')
    const named = { snapshots: new Map([[SNAPSHOT, 'delete' as const]]) }
    expect(standing(snapshot, evidence({ memory: long(), named }))).toBe('in-use')
  })
})

describe('a file without a disk', () => {
  it('is nobody knows whose, unless its volume is remembered', () => {
    expect(judge(file, evidence(), NOW, GRACE)).toEqual({ standing: 'unproven', memory: undefined })
    expect(standing(file, evidence({ memory: long('delete') }))).toBe('due')
    expect(standing(file, evidence({ memory: long('retain') }))).toBe('retained')
  })
})

describe('the judgement', () => {
  const policy = fc.option(fc.constantFrom<Policy>('delete', 'retain'), { nil: undefined })
  const time = fc.option(
    fc.integer({ min: -3 * GRACE, max: 2 * GRACE }).map(ago => instant(NOW - ago)),
    {
      nil: undefined,
    },
  )
  const situation = fc.record({ policy, since: time, usedAt: time, createdAt: time, held: fc.boolean(), named: policy })

  it('lets nothing be due that is named, held, retained, or was used or made within the grace period', () => {
    fc.assert(
      fc.property(situation, fc.boolean(), ({ policy: last, since, usedAt, createdAt, held, named }, remembered) => {
        const memory = remembered ? { policy: last, since } : undefined
        const volumes: ReadonlyMap<VolumeId, Policy> = named === undefined ? new Map() : new Map([[VOLUME, named]])
        const judged = judge(
          { ...volume, createdAt },
          evidence({ memory, usedAt, held, named: { volumes } }),
          NOW,
          GRACE,
        )
        if (judged.standing !== 'due') return
        expect([named, held, memory?.policy === 'retain']).toEqual([undefined, false, false])
        for (const at of [memory?.since, usedAt, createdAt]) expect(at === undefined || at <= NOW - GRACE).toBe(true)
        expect(memory?.since).toBeDefined()
      }),
      { numRuns: 2000 },
    )
  })

  it('is not moved by a clock that is set, once memories are shifted by as much', () => {
    fc.assert(
      fc.property(time, fc.integer({ min: -GRACE, max: GRACE }), (since, by) => {
        const memory: Memory = { policy: 'delete', since }
        const later = instant(NOW + by)
        const before = judge(volume, evidence({ memory }), NOW, GRACE).standing
        expect(judge(volume, evidence({ memory: shifted(memory, by) }), later, GRACE).standing).toBe(before)
      }),
    )
  })
})
