import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  anyHistoryOfBadClocks,
  claim,
  factsOf,
  factText,
  forEveryHistory,
  type Step,
} from '../../support/attachment-model.ts'
import { answer, emptyList, type GuestList, listOf, phaseOf } from './guest-list.ts'
import { stepText } from './step-laws.ts'

/** The machine and the plain list say the same; returns the list for the next step. */
function agree(list: GuestList, step: Step): GuestList {
  const { list: next, told } = answer(list, step.command, step.now)
  claim(isDeepStrictEqual(next, listOf(step.next)), () => `${stepText(step)}\nnot ${JSON.stringify(next)}`)
  claim(phaseOf(next) === step.next.phase, () => `${stepText(step)}\nnot ${phaseOf(next)}`)
  claim(isDeepStrictEqual(told, step.facts.map(factText)), () => `${stepText(step)}\nnot ${told.join('; ')}`)
  return next
}

/** Seats of the same instant in one order. */
const settled = (list: GuestList): GuestList => ({
  ...list,
  guests: list.guests.toSorted((x, y) => x.since - y.since || Number(x.name > y.name) - Number(x.name < y.name)),
})

describe('the attachment machine', () => {
  it('does and tells what a plain list of guests does and tells', () => {
    forEveryHistory(steps => {
      let list = emptyList
      for (const step of steps) list = agree(list, step)
    })
  })

  it('agrees with the plain list while the clock jumps back', () => {
    forEveryHistory(steps => {
      let list = emptyList
      for (const step of steps) {
        list = answer(list, step.command, step.now).list
        claim(isDeepStrictEqual(settled(list), settled(listOf(step.next))), () => stepText(step))
      }
    }, anyHistoryOfBadClocks)
  })

  it('is asked by these histories for everything that it can tell', () => {
    const seen = new Set<string>()
    forEveryHistory(steps => {
      for (const fact of factsOf(steps)) {
        const detail = 'reason' in fact ? fact.reason : 'refusal' in fact ? fact.refusal.kind : ''
        seen.add(`${fact.type} ${detail}`.trim())
      }
    })
    const refusals = ['held-elsewhere', 'two-holders', 'holder-lost', 'fenced-to-holder', 'terms-differ']
    const reasons = ['target-left', 'target-lost', 'source-lost', 'abandoned']
    expect([...seen].toSorted()).toEqual(
      [
        'attached',
        'detached',
        'stale-attachment-cleared',
        'migration-started',
        'migration-completed',
        'migration-timed-out',
        ...refusals.map(kind => `attachment-refused ${kind}`),
        ...reasons.map(reason => `migration-failed ${reason}`),
      ].toSorted(),
    )
  })
})
