import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../../src/domain/attachment.ts'
import { holders } from '../../../src/domain/attachment.ts'
import { instant as at } from '../../../src/domain/ids.ts'
import {
  a,
  after,
  anyHistoryOfBadClocks,
  b,
  c,
  claim,
  clear,
  count,
  d,
  endOf,
  factsOf,
  factText,
  forEveryHistory,
  forEveryStep,
  isRunning,
  leaving,
  lose,
  play,
  publish,
  step,
  stateText,
  tick,
  unpublish,
} from '../../support/attachment-model.ts'
import { stepLaws, stepText } from './step-laws.ts'

const OUTCOMES = ['migration-completed', 'migration-failed', 'migration-timed-out'] as const
const running = after(publish(a), publish(b)).next
const told = (facts: ReturnType<typeof after>['facts']) => facts.map(factText)

describe('counting', () => {
  it('A14 finds every started migration ended or running, from whatever state a process begins', () => {
    forEveryHistory(steps => {
      const first = steps.length >> 1
      for (const part of [steps, steps.slice(first)]) {
        const before = isRunning(part[0]?.before ?? running)
        if (part.length === 0) continue
        const balance = before + count(part, 'migration-started') - count(part, ...OUTCOMES)
        claim(balance === isRunning(endOf(part)), () => part.map(stepText).join('\n'))
      }
    })
  })
  it('A15 finds every seat taken once and left once', () => {
    forEveryHistory(steps => {
      const taken = count(steps, 'attached', 'migration-started')
      const left = count(steps, 'detached', 'stale-attachment-cleared')
      claim(taken - left === holders(endOf(steps)).length, () => steps.map(stepText).join('\n'))
    })
  })
})

describe('a migration', () => {
  it('A16 completes exactly when its source goes on request, in time, and no evidence says otherwise', () =>
    forEveryStep(stepLaws.completedExactlyWhenTheSourceWent))

  const table: Record<'source' | 'target', Record<Evidence, string>> = {
    source: {
      none: 'completed a > b after 20',
      completed: 'completed a > b after 20',
      failed: 'failed a > b after 20 abandoned',
      undetermined: 'failed a > b after 20 abandoned',
    },
    target: {
      none: 'failed a > b after 20 target-left',
      failed: 'failed a > b after 20 target-left',
      completed: 'failed a > b after 20 abandoned',
      undetermined: 'failed a > b after 20 abandoned',
    },
  }
  it('A17 ends as the table of evidence says', () => {
    for (const [who, row] of Object.entries(table)) {
      for (const [evidence, line] of Object.entries(row)) {
        const { facts } = step(running, unpublish(who === 'source' ? a : b, evidence as Evidence), at(1040))
        expect(told(facts)[0], `${who} leaves, ${evidence}`).toBe(line)
      }
    }
  })

  it('A18 fails with its lost source or target, cleared or unpublished, whatever the evidence', () => {
    for (const [node, reason] of [[a, 'source-lost'] as const, [b, 'target-lost'] as const]) {
      const lost = step(running, lose(node), at(1030)).next
      expect(told(step(lost, clear(node), at(1040)).facts)[0]).toBe(`failed a > b after 20 ${reason}`)
      for (const evidence of ['none', 'completed', 'failed', 'undetermined'] as const) {
        const { facts } = step(lost, unpublish(node, evidence), at(1040))
        expect(told(facts)[0]).toBe(`failed a > b after 20 ${reason}`)
      }
    }
  })
  it('A18 says nothing yet when the loss is heard of', () => {
    expect(step(running, lose(a), at(1030)).facts).toEqual([])
  })

  it('A19 is abandoned when every node goes at once', () => {
    for (const evidence of ['none', 'completed'] as const) {
      const { next, facts } = step(running, unpublish('every-node', evidence), at(1040))
      expect(next.phase).toBe('detached')
      expect(told(facts)).toEqual(['failed a > b after 20 abandoned', 'detached a after 30', 'detached b after 20'])
    }
  })
})

describe('a time-out', () => {
  it('A20 comes at its very instant, not a millisecond sooner, and once', () => {
    expect(step(running, tick, at(1119)).next).toBe(running)
    const { next, facts } = step(running, tick, at(1120))
    expect([stateText(next), told(facts)]).toEqual(['a@1010 + b@1020', ['timed-out a > b after 100']])
    expect(step(next, tick, at(9999)).facts).toEqual([])
  })
  it('A21 takes nothing from the holders and refuses them nothing', () => {
    const { next } = step(running, tick, at(1500))
    expect(step(next, publish(a), at(1510))).toMatchObject({ next, facts: [] })
    expect(step(next, publish(b), at(1510)).refusal).toBeUndefined()
  })
  it('A21 leaves later departures to tell themselves only', () => {
    const { next } = step(running, tick, at(1500))
    for (const evidence of ['none', 'completed', 'failed'] as const) {
      expect(told(step(next, unpublish(a, evidence), at(1600)).facts)).toEqual(['detached a after 590 partial'])
      expect(told(step(next, unpublish(b, evidence), at(1600)).facts)).toEqual(['detached b after 580 partial'])
    }
  })
  it('A22 is the outcome of all that ends after the deadline, however late the timer', () => {
    const late = 'timed-out a > b after 100'
    expect(told(step(running, unpublish(a), at(1120)).facts)).toEqual([late, 'detached a after 110 partial'])
    expect(told(step(running, unpublish(b), at(1130)).facts)).toEqual([late, 'detached b after 110 partial'])
    expect(told(step(running, unpublish('every-node'), at(1120)).facts)[0]).toBe(late)
    const going = step(running, leaving(a, 1030), at(1030)).next
    expect(told(step(going, publish(c), at(1200)).facts)).toEqual([late, 'started b > c until 1300 (100)'])
    const lost = step(running, lose(a), at(1030)).next
    expect(told(step(lost, clear(a), at(1200)).facts)).toEqual([late, 'cleared a after 190'])
  })
  it('A22 makes no difference whether it is told by a tick before or by what comes after', () => {
    forEveryStep(taken => {
      const ticked = step(taken.before, tick, taken.now)
      const done = step(ticked.next, taken.command, taken.now)
      if (!taken.facts.some(({ type }) => type === 'migration-timed-out')) return
      const lines = told([...ticked.facts, ...done.facts]).join('; ')
      claim(told(taken.facts).join('; ') === lines, () => `${stepText(taken)}\nnot ${lines}`)
    })
  })
})

describe('a third node', () => {
  it('A23 that joins while the source is leaving completes the first migration and begins the second', () => {
    const { next, facts } = after(publish(a), publish(b), leaving(a, 0), publish(c))
    expect(stateText(next)).toBe('b@1020 > c@1040 until 1140 beside a@1010-1030')
    expect(told(facts)).toEqual(['completed a > b after 20', 'started b > c until 1140 (100)'])
  })
  it('A24 that joins while the target is leaving fails the first migration and begins one from its source', () => {
    const { next, facts } = after(publish(a), publish(b), leaving(b, 0), publish(c))
    expect(stateText(next)).toBe('a@1010 > c@1040 until 1140 beside b@1020-1030')
    expect(told(facts)).toEqual(['failed a > b after 20 target-left', 'started a > c until 1140 (100)'])
  })
  it('A25 that joins while both are leaving completes the migration and begins none', () => {
    const { next, facts } = after(publish(a), publish(b), leaving(b, 0), leaving(a, 0), publish(c))
    expect(stateText(next)).toBe('a@1010-1040 + b@1020-1030 + c@1050')
    expect(told(facts)).toEqual(['completed a > b after 30', 'attached c beside a b'])
  })
  it('A28 leaves the leaver to tell its departure itself, and the running migration alone', () => {
    const third = after(publish(a), publish(b), leaving(b, 0), publish(c))
    const { next, facts } = step(third.next, unpublish(b, 'completed'), at(1060))
    expect(stateText(next)).toBe('a@1010 > c@1040 until 1140')
    expect(told(facts)).toEqual(['detached b after 40 partial'])
  })
  it('A28 ends only its own migration when it leaves', () => {
    const third = after(publish(a), publish(b), leaving(a, 0), publish(c))
    const { next, facts } = step(third.next, unpublish(c), at(1060))
    expect(stateText(next)).toBe('a@1010-1030 + b@1020')
    expect(told(facts)).toEqual(['failed b > c after 20 target-left', 'detached c after 20 partial quiet'])
  })
})

describe('two holders', () => {
  it('A26 are no migration if the first was leaving when the second joined', () => {
    const second = after(publish(a), leaving(a, 0), publish(b))
    expect([stateText(second.next), told(second.facts)]).toEqual(['a@1010-1020 + b@1030', ['attached b beside a']])
    const gone = step(second.next, unpublish(a), at(1040))
    expect([stateText(gone.next), told(gone.facts)]).toEqual(['migratable b@1030', ['detached a after 30 partial']])
  })
  it('A27 are no migration if they share on purpose', () => {
    const { next, facts } = after(publish(a), publish(b, { sharing: true }))
    expect([stateText(next), told(facts)]).toEqual(['a@1010 + b@1020', ['attached b beside a']])
    for (const command of [unpublish(a), unpublish(b), unpublish('every-node'), tick]) {
      expect(told(step(next, command, at(9000)).facts).join()).not.toMatch(/started|completed|failed|timed-out/)
    }
  })
  it('A27 that share are told nothing of migrations, whatever happens', () => {
    forEveryHistory(steps => {
      const shared = steps.map(({ command }) =>
        command.type === 'publish' ? ([{ ...command, sharing: true }, 7] as const) : ([command, 7] as const),
      )
      claim(count(play(shared), 'migration-started', ...OUTCOMES) === 0, () => steps.map(stepText).join('\n'))
    })
  })
})

describe('telling', () => {
  it('A29 starts a migration with no word of an attachment, and ends it with a quiet departure', () => {
    expect(told(after(publish(a), publish(b)).facts)).toEqual(['started a > b until 1120 (100)'])
    const ended = ['completed a > b after 20', 'detached a after 30 partial quiet']
    expect(told(step(running, unpublish(a), at(1040)).facts)).toEqual(ended)
    forEveryStep(taken => {
      for (const fact of taken.facts) {
        if (fact.type !== 'detached') continue
        const ends = taken.facts.some(({ type }) => type === 'migration-completed' || type === 'migration-failed')
        claim(fact.quiet === (ends && fact.partial), () => stepText(taken))
        claim(fact.partial === holders(taken.next).length > 0, () => stepText(taken))
      }
    })
  })
  it('A30 measures a migration from the moment its target joined, never below zero', () => {
    forEveryStep(stepLaws.durationsAreNeverNegative, anyHistoryOfBadClocks)
    expect(told(step(running, unpublish(a), at(900)).facts)).toEqual([
      'completed a > b after 0',
      'detached a after 0 partial quiet',
    ])
  })
  it('A31 lists the holders in the order of joining, even where the clock goes back', () => {
    forEveryStep(stepLaws.holdersAreInOrderOfTime)
    forEveryStep(stepLaws.holdersAreInOrderOfTime, anyHistoryOfBadClocks)
    const { next } = after(publish(a), publish(b), leaving(b, 0), publish(c))
    expect(holders(next).map(({ node }) => node)).toEqual([a, b, c])
  })
  it('A31 gives the beside of a fact in that order too', () => {
    const four = after(publish(a), publish(b), leaving(b, 0), publish(c), leaving(a, 0), publish(d, { sharing: true }))
    expect(factsOf([four])).toContainEqual({ type: 'attached', node: d, beside: [a, b, c] })
  })
})
