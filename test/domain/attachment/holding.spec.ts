import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detached, holders } from '../../../src/domain/attachment.ts'
import {
  a,
  after,
  anyCommand,
  anyHistory,
  b,
  back,
  c,
  claim,
  clear,
  d,
  endOf,
  forEveryHistory,
  forEveryStep,
  historiesOfOneVolume,
  leaving,
  lose,
  play,
  publish,
  refusalText,
  step,
  stateText,
  tick,
  unpublish,
} from '../../support/attachment-model.ts'
import { instant } from '../../../src/domain/ids.ts'
import { stepLaws, stepText } from './step-laws.ts'

describe('an exclusive volume', () => {
  it('A1 never has two holders', () => {
    forEveryStep(stepLaws.exclusiveHasOneHolder)
    forEveryHistory(
      steps => steps.forEach(taken => claim(holders(taken.next).length <= 1, () => stepText(taken))),
      historiesOfOneVolume('exclusive'),
    )
  })
  it('A1 is refused to a second node however long ago the holder was heard of', () => {
    const held = play([[publish(a, { access: 'exclusive' }), 0]])
    const year = 365 * 86_400_000
    const later = play([[publish(b, { access: 'exclusive' }), year]], endOf(held))
    expect(later[0]?.refusal).toEqual({ kind: 'held-elsewhere', holders: [a] })
  })
})

describe('a seat', () => {
  it('A2 is neither given nor taken by time', () => forEveryStep(stepLaws.timeMovesNobody))
  it('A3 begins by a publish and ends by an unpublish or by clearing a lost node, each by its name', () => {
    forEveryStep(stepLaws.seatsEndAndBeginOnlyByName)
    forEveryStep(stepLaws.seatsThatStayAreTheSame)
  })
  it('A4 is not cleared while its node is there', () => forEveryStep(stepLaws.clearingNeedsALoss))
  it('A4 is kept by a node that came back in time', () => {
    const { next, facts } = after(publish(a), lose(a), back(a), clear(a))
    expect([stateText(next), facts]).toEqual(['migratable a@1010', []])
  })
})

describe('a migratable volume', () => {
  it('A5 has at most two holders that stay', () => forEveryStep(stepLaws.atMostTwoStay))
  it('A6 lets nobody in while two stay', () => forEveryStep(stepLaws.twoWhoStayLetNobodyIn))
  it('A6 says who the two are', () => {
    const { refusal } = after(publish(a), publish(b), publish(c))
    expect(refusal).toEqual({ kind: 'two-holders', holders: [a, b] })
  })
  it('A6 lets a third and a fourth in, each while one of those who stay is leaving', () => {
    const third = after(publish(a), publish(b), leaving(a, 0), publish(c))
    expect(third.refusal).toBeUndefined()
    const fourth = play([[leaving(b, 0), 10] as const, [publish(d), 10] as const], third.next, third.now)
    expect(stateText(endOf(fourth))).toBe('c@1040 > d@1060 until 1160 beside a@1010-1030 beside b@1020-1050')
  })
  it('A7 is refused to whoever wants it alone', () => forEveryStep(stepLaws.exclusiveIsAskedForAlone))
  it('A7 is refused beside a holder that has it alone', () => {
    const { refusal } = after(publish(a, { access: 'exclusive' }), publish(b))
    expect(refusal).toEqual({ kind: 'held-elsewhere', holders: [a] })
  })
})

describe('a refusal', () => {
  it('A8 changes nothing and is told as itself', () => forEveryStep(stepLaws.refusalChangesNothing))
  it('A9 answers nothing but a publish', () => forEveryStep(stepLaws.onlyPublishIsRefused))
})

describe('a command', () => {
  it('A10 given twice does and tells what it does once', () => {
    fc.assert(
      fc.property(anyHistory, anyCommand, (history, command) => {
        const once = step(endOf(play(history)), command, instant(9_999))
        const twice = step(once.next, command, instant(9_999))
        claim(twice.next === once.next, () => stepText(twice))
        claim(once.refusal !== undefined || twice.facts.length === 0, () => stepText(twice))
      }),
      { numRuns: 2_000 },
    )
  })
  it('A13 is answered in every state, by a new state or the same one', () => {
    forEveryStep(taken => {
      const silent = taken.next === taken.before && taken.refusal === undefined
      claim(!silent || taken.facts.length === 0, () => stepText(taken))
      claim(stateText(taken.next).length > 0, () => stepText(taken))
    })
  })
})

describe('a holder that publishes again', () => {
  it('A11 keeps its seat as it is', () => forEveryStep(stepLaws.holderPublishesAgainForNothing))
  it('A11 is granted in every phase', () => {
    expect(after(publish(a), publish(a)).refusal).toBeUndefined()
    expect(after(publish(a), publish(b), publish(a)).refusal).toBeUndefined()
    expect(after(publish(a), publish(b, { sharing: true }), publish(b)).refusal).toBeUndefined()
    expect(after(publish(a), publish(b), leaving(a, 0), publish(c), publish(a)).refusal).toBeUndefined()
  })
  it('A12 is refused on other terms', () => {
    const { refusal } = after(publish(a, { terms: 'block' }), publish(a, { terms: 'file' }))
    expect(refusal && refusalText(refusal)).toBe('terms-differ a has block')
  })
  it('A12 is refused with another access', () => {
    const alone = after(publish(a), publish(a, { access: 'exclusive' }))
    expect(alone.refusal).toEqual({ kind: 'terms-differ', holders: [a], held: 'migratable' })
    const two = after(publish(a), publish(b), publish(b, { access: 'exclusive' }))
    expect(two.refusal).toEqual({ kind: 'terms-differ', holders: [b], held: 'migratable' })
  })
  it('A12 is granted where the terms of one side are unknown', () => {
    expect(after(publish(a), publish(a, { terms: 'file' })).refusal).toBeUndefined()
    expect(after(publish(a, { terms: 'file' }), publish(a)).refusal).toBeUndefined()
  })
})

describe('an unpublish of every node', () => {
  it('A56 leaves nobody and names each holder that went', () => forEveryStep(stepLaws.everyNodeMeansEveryNode))
  it('A56 is nothing where nobody holds the volume', () => {
    expect(step(detached, unpublish('every-node'), instant(5))).toMatchObject({ next: detached, facts: [] })
    expect(step(detached, tick, instant(5))).toMatchObject({ next: detached, facts: [] })
  })
})
