import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type Attachment, type Command, detached, type Evidence, holders } from '../../../src/domain/attachment.ts'
import { type Instant, instant as at, type NodeId } from '../../../src/domain/ids.ts'
import {
  a,
  b,
  back,
  c,
  claim,
  clear,
  factText,
  leaving,
  lose,
  publish,
  step,
  type Step,
  tick,
  unpublish,
} from '../../support/attachment-model.ts'
import { answer, listOf } from './guest-list.ts'
import { stepLaws, stepText } from './step-laws.ts'

const DEPTH = 6
const LONG = 1_000
const EVIDENCE: readonly Evidence[] = ['none', 'completed', 'failed', 'undetermined']

const TERMS = ['block', 'file', undefined]
const NO_TERMS = [undefined]

type Making = (now: Instant) => Command

const publishesOf = (node: NodeId, termsToTry: readonly (string | undefined)[]): readonly Making[] =>
  (['exclusive', 'migratable'] as const).flatMap(access =>
    [false, true].flatMap(sharing =>
      termsToTry.map(terms => () => publish(node, { access, sharing, terms, timeout: LONG })),
    ),
  )

const othersOf = (node: NodeId): readonly Making[] => [
  now => leaving(node, now),
  () => lose(node),
  () => back(node),
  () => clear(node),
]

/** Every command of three nodes. Time passes before each: a little, or long enough for any deadline. */
function commandsOf(termsToTry: readonly (string | undefined)[]): readonly Making[] {
  const unpublishes = [a, b, c, 'every-node' as const].flatMap(node =>
    EVIDENCE.map(evidence => () => unpublish(node, evidence)),
  )
  return [
    ...[a, b, c].flatMap(node => publishesOf(node, termsToTry)),
    ...[a, b, c].flatMap(othersOf),
    ...unpublishes,
    () => tick,
  ]
}
const WAITS = [1, 2 * LONG]

/**
 * A state up to the names of its nodes and to time: who holds it in the order of joining, what is true of each seat, which
 * of them migrate, and whether the deadline has passed. Two states of one key answer every command alike.
 */
function keyOf(state: Attachment, now: Instant): string {
  const seats = holders(state)
  const flags = seats.map(({ terms, leaving: gone, lost }) => `${terms} ${gone !== undefined} ${lost}`)
  const access = state.phase === 'attached' ? state.access : ''
  const run =
    state.phase === 'migrating'
      ? `${seats.indexOf(state.source)}>${seats.indexOf(state.target)} ${now >= state.deadline}`
      : ''
  return [state.phase, access, state.fence, run, ...flags].join('|')
}

interface Place {
  readonly state: Attachment
  readonly now: Instant
}
interface Exploration {
  readonly states: number
  readonly edges: number
  readonly frontier: readonly Place[]
}

/** Breadth first from the detached volume; every edge is shown to `see`. */
function explore(commands: readonly Making[], depth: number, see: (edge: Step) => void): Exploration {
  const known = new Set([keyOf(detached, at(0))])
  let frontier: readonly Place[] = [{ state: detached, now: at(0) }]
  let edges = 0
  for (let level = 0; level < depth && frontier.length > 0; level++) {
    const found: Place[] = []
    for (const { state, now } of frontier) {
      for (const wait of WAITS) {
        const later = at(now + wait)
        for (const command of commands) {
          const edge = step(state, command(later), later)
          edges++
          see(edge)
          const key = keyOf(edge.next, later)
          if (known.has(key)) continue
          known.add(key)
          found.push({ state: edge.next, now: later })
        }
      }
    }
    frontier = found
  }
  return { states: known.size, edges, frontier }
}

function checkEverything(edge: Step): void {
  for (const law of Object.values(stepLaws)) law(edge)
  const { before, command, next, facts, now } = edge
  const second = answer(listOf(before), command, now)
  claim(isDeepStrictEqual(second.list, listOf(next)), () => `${stepText(edge)}\nnot ${JSON.stringify(second.list)}`)
  claim(isDeepStrictEqual(second.told, facts.map(factText)), () => `${stepText(edge)}\nnot ${second.told.join('; ')}`)
  const again = step(next, command, now)
  claim(again.next === next && (again.refusal !== undefined || again.facts.length === 0), () => stepText(again))
}

describe('all that three nodes can do to one volume', () => {
  it(`keeps every law on every edge, to a depth of ${DEPTH} commands`, { timeout: 60_000 }, () => {
    const commands = commandsOf(TERMS)
    const { states, edges, frontier } = explore(commands, DEPTH, checkEverything)
    process.stdout.write(
      `attachment: ${states} states, ${edges} edges to depth ${DEPTH}, ${frontier.length} at its rim\n`,
    )
    expect(states).toBeGreaterThan(500)
    expect(edges).toBe((states - frontier.length) * commands.length * WAITS.length)
  })

  it('keeps every law on every edge of all the states that there are', { timeout: 60_000 }, () => {
    const phases = new Set<string>()
    const { states, edges, frontier } = explore(commandsOf(NO_TERMS), 50, edge => {
      checkEverything(edge)
      phases.add(edge.next.phase)
    })
    process.stdout.write(`attachment: ${states} states, ${edges} edges in all, terms aside\n`)
    expect(frontier).toEqual([])
    expect([...phases].toSorted()).toEqual(['attached', 'detached', 'migrating', 'shared'])
  })
})
