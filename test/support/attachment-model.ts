/** Words, arbitraries and a player for tests of the attachment machine. */
import * as fc from 'fast-check'
import {
  type Access,
  type Attachment,
  type Command,
  type Decision,
  detached,
  type Evidence,
  holders,
  type Publish,
  type Seat,
} from '../../src/domain/attachment.ts'
import { decide } from '../../src/domain/decide.ts'
import type { Fact } from '../../src/domain/facts.ts'
import type { Refusal } from '../../src/domain/refusal.ts'
import { type Instant, instant as at, type Millis, type NodeId, nodeId } from '../../src/domain/ids.ts'

export const NODES = ['a', 'b', 'c', 'd'].map(nodeId)
export const [a, b, c, d] = NODES as [NodeId, NodeId, NodeId, NodeId]

/** The time-out of every migration in these tests, unless one says otherwise. */
export const TIMEOUT: Millis = 100

export const seat = (node: NodeId, since: number, more: Partial<Seat> = {}): Seat => ({
  node,
  since: at(since),
  terms: undefined,
  leaving: undefined,
  lost: false,
  ...more,
})

export const publish = (node: NodeId, more: Partial<Publish> = {}): Publish => ({
  type: 'publish',
  node,
  access: 'migratable',
  terms: undefined,
  timeout: TIMEOUT,
  sharing: false,
  ...more,
})
export const unpublish = (node: NodeId | 'every-node', evidence: Evidence = 'none') =>
  ({ type: 'unpublish', node, evidence }) as const
export const leaving = (node: NodeId, since: number) => ({ type: 'leaving', node, since: at(since) }) as const
export const lose = (node: NodeId) => ({ type: 'node-lost', node }) as const
export const back = (node: NodeId) => ({ type: 'node-back', node }) as const
export const clear = (node: NodeId) => ({ type: 'clear-lost', node }) as const
export const tick = { type: 'tick' } as const

export interface Step extends Decision {
  readonly before: Attachment
  readonly command: Command
  readonly now: Instant
}

/** One decision with all that went into it. */
export function step(before: Attachment, command: Command, now: Instant): Step {
  return { before, command, now, ...decide(before, command, now) }
}

/** Commands with the time that passes before each. The `since` of a `leaving` is meant relative to its command. */
export type History = readonly (readonly [command: Command, wait: Millis])[]

/** Runs a history. The clock starts at 1000, or where the state before it ended. */
export function play(history: History, from: Attachment = detached, start = 1000): readonly Step[] {
  let state = from
  let now = start
  return history.map(([command, wait]) => {
    now += wait
    const meant = command.type === 'leaving' ? leaving(command.node, now + command.since) : command
    const taken = step(state, meant, at(now))
    state = taken.next
    return taken
  })
}

/** Runs commands one after another, ten milliseconds apart, and returns the last step. */
export function after(...commands: readonly [Command, ...Command[]]): Step {
  const steps = play(commands.map(command => [command, 10]))
  const last = steps.at(-1)
  if (last === undefined) throw new Error('no command given')
  return last
}

export const endOf = (steps: readonly Step[]): Attachment => steps.at(-1)?.next ?? detached
export const factsOf = (steps: readonly Step[]): readonly Fact[] => steps.flatMap(({ facts }) => facts)
export const count = (steps: readonly Step[], ...types: readonly Fact['type'][]): number =>
  factsOf(steps).filter(({ type }) => types.includes(type)).length
export const isRunning = (state: Attachment): number => Number(state.phase === 'migrating')
export const nodesOf = (state: Attachment): readonly NodeId[] => holders(state).map(({ node }) => node)
export const accessOf = (state: Attachment): Access => (state.phase === 'attached' ? state.access : 'migratable')

const anyNode = fc.constantFrom(...NODES)
const anyEvidence = fc.constantFrom<Evidence>('none', 'none', 'completed', 'failed', 'undetermined')

interface Taste {
  readonly access: readonly Access[]
  readonly timeouts: readonly Millis[]
  readonly terms: readonly (string | undefined)[]
  /** How much earlier than it is heard of a departure may be said to have been announced. */
  readonly leavingSince: readonly Millis[]
  readonly waits: fc.Arbitrary<Millis>
}

function publishesOf({ access, timeouts, terms }: Taste): fc.Arbitrary<Publish> {
  return fc.record({
    type: fc.constant('publish' as const),
    node: anyNode,
    access: fc.constantFrom(...access),
    terms: fc.constantFrom(...terms),
    timeout: fc.constantFrom(...timeouts),
    sharing: fc.constantFrom(false, false, false, true),
  })
}

const leavingsOf = ({ leavingSince }: Taste) =>
  fc.tuple(anyNode, fc.constantFrom(...leavingSince)).map(([node, since]) => leaving(node, since))

function commandsOf(taste: Taste): fc.Arbitrary<Command> {
  return fc.oneof(
    { weight: 6, arbitrary: publishesOf(taste) },
    { weight: 4, arbitrary: fc.tuple(anyNode, anyEvidence).map(([node, evidence]) => unpublish(node, evidence)) },
    { weight: 4, arbitrary: leavingsOf(taste) },
    { weight: 2, arbitrary: anyNode.map(back) },
    { weight: 1, arbitrary: anyNode.map(lose) },
    { weight: 1, arbitrary: anyNode.map(clear) },
    { weight: 1, arbitrary: fc.constant(tick) },
    { weight: 1, arbitrary: anyEvidence.map(evidence => unpublish('every-node', evidence)) },
  )
}

/** What happens together more often than chance would have it, so that deep states are reached too. */
function scenesOf(taste: Taste): fc.Arbitrary<readonly Command[]> {
  const publishing = publishesOf(taste)
  return fc.oneof(
    { weight: 6, arbitrary: commandsOf(taste).map(command => [command]) },
    { weight: 2, arbitrary: fc.tuple(publishing, publishing) },
    { weight: 1, arbitrary: fc.tuple(publishing, publishing, leavingsOf(taste), publishing) },
    { weight: 1, arbitrary: anyNode.map(node => [lose(node), clear(node)]) },
    { weight: 1, arbitrary: fc.tuple(anyNode, anyEvidence).map(([node, how]) => [lose(node), unpublish(node, how)]) },
  )
}

const historiesOf = (taste: Taste): fc.Arbitrary<History> =>
  fc
    .array(fc.tuple(scenesOf(taste), fc.array(taste.waits, { minLength: 4, maxLength: 4 })), {
      maxLength: 24,
      size: 'max',
    })
    .map(scenes => scenes.flatMap(([scene, waits]) => scene.map((command, i) => [command, waits[i] ?? 1] as const)))

const someWait = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }))
const wide = { timeouts: [40, TIMEOUT], terms: [undefined, 'block', 'file'], leavingSince: [0, -15], waits: someWait }

/** Any history. Most volumes keep one access for life; some are asked for now this way, now that. */
export const anyHistory: fc.Arbitrary<History> = fc.oneof(
  { weight: 6, arbitrary: historiesOf({ ...wide, access: ['migratable'] }) },
  { weight: 1, arbitrary: historiesOf({ ...wide, access: ['exclusive'] }) },
  { weight: 3, arbitrary: historiesOf({ ...wide, access: ['migratable', 'migratable', 'migratable', 'exclusive'] }) },
)
export const anyCommand: fc.Arbitrary<Command> = commandsOf({ ...wide, access: ['migratable', 'exclusive'] })

/** Histories in which the clock jumps back, as it does when another process with a slower clock takes over. */
export const anyHistoryOfBadClocks: fc.Arbitrary<History> = historiesOf({
  ...wide,
  access: ['migratable'],
  waits: fc.integer({ min: -60, max: 40 }),
})

/** Histories of one volume as the cluster has them: one access, one time-out, departures known at once. */
export const historiesOfOneVolume = (access: Access): fc.Arbitrary<History> =>
  historiesOf({
    access: [access],
    timeouts: [TIMEOUT],
    terms: [undefined, 'block'],
    leavingSince: [0],
    waits: someWait,
  })

/** A law holds, or the sentence says how it was broken. Cheap enough for millions of steps. */
export function claim(holds: boolean, broken: () => string): void {
  if (!holds) throw new Error(broken())
}

const RUNS = 2_000

/** Checks a law over many histories; what fails is shrunk and printed with its seed. */
export function forEveryHistory(law: (steps: readonly Step[]) => void, histories = anyHistory): void {
  fc.assert(
    fc.property(histories, history => law(play(history))),
    { numRuns: RUNS },
  )
}

export const forEveryStep = (law: (taken: Step) => void, histories = anyHistory): void =>
  forEveryHistory(steps => steps.forEach(law), histories)

/** `a@0`, leaving since 20: `a@0-20`, lost: `a@0!`. */
export const seatText = ({ node, since, leaving: gone, lost }: Seat): string =>
  `${node}@${since}${gone === undefined ? '' : `-${gone}`}${lost ? '!' : ''}`

/** One line for a state: every seat and all that decides what happens next. Terms are left out. */
export function stateText(state: Attachment): string {
  const fence = state.fence === 'open' ? '' : ` ${state.fence}`
  switch (state.phase) {
    case 'detached':
      return `detached${fence}`
    case 'attached':
      return `${state.access} ${seatText(state.seat)}${fence}`
    case 'migrating': {
      const leavers = state.leavers.map(each => ` beside ${seatText(each)}`).join('')
      return `${seatText(state.source)} > ${seatText(state.target)} until ${state.deadline}${leavers}${fence}`
    }
    case 'shared':
      return `${state.seats.map(seatText).join(' + ')}${fence}`
  }
}

export const refusalText = (refusal: Refusal): string =>
  `${refusal.kind} ${refusal.holders.join(' ')}${refusal.kind === 'terms-differ' ? ` has ${refusal.held}` : ''}`

const FACT_TEXT: { readonly [T in Fact['type']]?: (fact: Extract<Fact, { type: T }>) => string } = {
  attached: ({ node, beside }) => ['attached', node, ...(beside.length > 0 ? ['beside', ...beside] : [])].join(' '),
  'attachment-refused': ({ node, refusal }) => `refused ${node} ${refusalText(refusal)}`,
  detached: ({ node, held, partial, quiet }) =>
    `detached ${node} after ${held}${partial ? ' partial' : ''}${quiet ? ' quiet' : ''}`,
  'stale-attachment-cleared': ({ node, held }) => `cleared ${node} after ${held}`,
  'migration-started': ({ source, target, deadline, timeout }) =>
    `started ${source} > ${target} until ${deadline} (${timeout})`,
  'migration-completed': ({ source, target, took }) => `completed ${source} > ${target} after ${took}`,
  'migration-failed': ({ source, target, took, reason }) => `failed ${source} > ${target} after ${took} ${reason}`,
  'migration-timed-out': ({ source, target, took }) => `timed-out ${source} > ${target} after ${took}`,
}

/** One line for a fact, with everything in it. */
export function factText(fact: Fact): string {
  const text = FACT_TEXT[fact.type] as ((fact: Fact) => string) | undefined
  if (text === undefined) throw new Error(`the attachment machine tells no ${fact.type}`)
  return text(fact)
}
