/** The laws that can be checked on one decision. Property tests check each on random histories, the exploration all of them. */
import { type Attachment, holders, type Seat } from '../../../src/domain/attachment.ts'
import { namedNodes, sameExport, wantedExport } from '../../../src/domain/admission.ts'
import { mayReachStill } from '../../../src/domain/fencing.ts'
import type { Fact } from '../../../src/domain/facts.ts'
import type { NodeId } from '../../../src/domain/ids.ts'
import { accessOf, claim, factText, nodesOf, stateText, type Step } from '../../support/attachment-model.ts'

const seatOf = (state: Attachment, node: NodeId): Seat | undefined => holders(state).find(each => each.node === node)
const staying = (state: Attachment) => holders(state).filter(({ leaving }) => leaving === undefined)
const tells = ({ facts }: Step, type: Fact['type']) => facts.some(fact => fact.type === type)

/** The node of a publish that does not hold the volume yet, or undefined for every other command. */
export function newcomer({ before, command }: Step): NodeId | undefined {
  return command.type === 'publish' && seatOf(before, command.node) === undefined ? command.node : undefined
}
const isJoin = (step: Step) => newcomer(step) !== undefined && step.before.phase !== 'detached'

/** A step in one line, for the message of a broken law. */
export const stepText = ({ before, command, next, facts, now }: Step): string =>
  `${stateText(before)} | ${JSON.stringify(command)} at ${now} | ${stateText(next)} | ${facts.map(factText).join('; ')}`

export const stepLaws = {
  exclusiveHasOneHolder: (step: Step): void => {
    const { before, next } = step
    if (before.phase !== 'attached' || before.access !== 'exclusive') return
    const kept = next.phase === 'attached' && next.access === 'exclusive' && next.seat.node === before.seat.node
    claim(kept || next.phase === 'detached', () => stepText(step))
  },

  timeMovesNobody: (step: Step): void => {
    if (step.command.type !== 'tick') return
    const [was, is] = [holders(step.before), holders(step.next)]
    claim(was.length === is.length && was.every((seat, i) => seat === is[i]), () => stepText(step))
  },

  seatsEndAndBeginOnlyByName: (step: Step): void => {
    const { before, command, next } = step
    const names = (node: NodeId) =>
      (command.type === 'unpublish' && [node, 'every-node'].includes(command.node)) ||
      (command.type === 'clear-lost' && command.node === node && seatOf(before, node)?.lost === true)
    for (const { node } of holders(before)) {
      if (seatOf(next, node) === undefined) claim(names(node), () => stepText(step))
    }
    for (const { node } of holders(next)) {
      if (seatOf(before, node) === undefined) claim(newcomer(step) === node, () => stepText(step))
    }
  },

  seatsThatStayAreTheSame: (step: Step): void => {
    for (const was of holders(step.before)) {
      const is = seatOf(step.next, was.node)
      claim(is === undefined || (is.since === was.since && is.terms === was.terms), () => stepText(step))
    }
  },

  clearingNeedsALoss: (step: Step): void => {
    const { before, command, next, facts } = step
    if (command.type !== 'clear-lost' || seatOf(before, command.node)?.lost === true) return
    claim(next === before && facts.length === 0, () => stepText(step))
  },

  atMostTwoStay: (step: Step) => claim(staying(step.next).length <= 2, () => stepText(step)),

  twoWhoStayLetNobodyIn: (step: Step): void => {
    if (!isJoin(step) || staying(step.before).length < 2) return
    claim(step.refusal !== undefined, () => stepText(step))
  },

  exclusiveIsAskedForAlone: (step: Step): void => {
    const { before, command, refusal } = step
    if (!isJoin(step) || command.type !== 'publish') return
    const exclusive = command.access === 'exclusive' || accessOf(before) === 'exclusive'
    const kinds = ['held-elsewhere', 'holder-lost']
    claim(!exclusive || kinds.includes(refusal?.kind ?? ''), () => stepText(step))
  },

  refusalChangesNothing: (step: Step): void => {
    const { before, command, next, facts, refusal } = step
    if (refusal === undefined) {
      claim(!tells(step, 'attachment-refused'), () => stepText(step))
      return
    }
    const [only] = facts
    const told = facts.length === 1 && only?.type === 'attachment-refused' && only.refusal === refusal
    const named = only?.type === 'attachment-refused' && command.type === 'publish' && only.node === command.node
    claim(next === before && told && named, () => stepText(step))
  },

  onlyPublishIsRefused: (step: Step): void => {
    claim(step.refusal === undefined || step.command.type === 'publish', () => stepText(step))
  },

  holderPublishesAgainForNothing: (step: Step): void => {
    const { before, command, next, facts, refusal } = step
    if (command.type !== 'publish' || newcomer(step) !== undefined) return
    claim(next === before && facts.length === (refusal === undefined ? 0 : 1), () => stepText(step))
  },

  completedExactlyWhenTheSourceWent: (step: Step): void => {
    const { before, command, now, refusal } = step
    claim(tells(step, 'migration-completed') === succeeds(), () => stepText(step))
    function succeeds(): boolean {
      if (before.phase !== 'migrating' || now >= before.deadline) return false
      if (command.type === 'publish') {
        return newcomer(step) !== undefined && refusal === undefined && before.source.leaving !== undefined
      }
      if (command.type !== 'unpublish' || command.node !== before.source.node || before.source.lost) return false
      return command.evidence === 'none' || command.evidence === 'completed'
    }
  },

  durationsAreNeverNegative: (step: Step): void => {
    for (const fact of step.facts) {
      if ('took' in fact) claim(fact.took >= 0, () => stepText(step))
      if ('held' in fact) claim(fact.held >= 0, () => stepText(step))
    }
  },

  holdersAreInOrderOfTime: (step: Step): void => {
    const seats = holders(step.next)
    claim(
      seats.every((seat, i) => i === 0 || (seats[i - 1] ?? seat).since <= seat.since),
      () => stepText(step),
    )
    const node = newcomer(step)
    claim(node === undefined || step.refusal !== undefined || nodesOf(step.next).at(-1) === node, () => stepText(step))
  },

  lostHoldersLetNobodyIn: (step: Step): void => {
    const { before, refusal } = step
    if (!isJoin(step) || !holders(before).some(({ lost }) => lost)) return
    const kinds = holders(before).every(({ lost }) => lost) ? ['holder-lost'] : ['holder-lost', 'held-elsewhere']
    claim(kinds.includes(refusal?.kind ?? ''), () => stepText(step))
  },

  lostHoldersAreNotAdmitted: (step: Step): void => {
    const { before, command, refusal } = step
    if (command.type !== 'publish' || seatOf(before, command.node)?.lost !== true) return
    claim(refusal?.kind === 'holder-lost', () => stepText(step))
  },

  backIsAsIfNeverLost: (step: Step): void => {
    const { before, command, next, facts } = step
    if (command.type !== 'node-back') return
    const was = seatOf(before, command.node)
    const is = seatOf(next, command.node)
    claim(was === undefined ? next === before : is?.lost === false, () => stepText(step))
    claim(facts.length === 0 && nodesOf(next).join() === nodesOf(before).join(), () => stepText(step))
  },

  lostNodesStartNoMigration: (step: Step): void => {
    const started = step.facts.find(fact => fact.type === 'migration-started')
    if (started !== undefined) claim(seatOf(step.before, started.source)?.lost === false, () => stepText(step))
  },

  clearingIsToldAlone: (step: Step): void => {
    const cleared = step.command.type === 'clear-lost' && step.next !== step.before
    claim(tells(step, 'stale-attachment-cleared') === cleared, () => stepText(step))
    claim(!cleared || !tells(step, 'detached'), () => stepText(step))
  },

  exportFollowsAttachment: (step: Step): void => {
    const { next } = step
    const export_ = wantedExport(next)
    const alive = holders(next).filter(({ lost }) => !lost)
    const alone = next.phase === 'attached' && (next.access === 'exclusive' || next.fence === 'narrow')
    const wanted = alive.length === 0 ? 'nobody' : alone ? 'node' : 'any'
    claim(export_.to === wanted, () => stepText(step))
    claim(export_.to !== 'node' || seatOf(next, export_.node) !== undefined, () => stepText(step))
  },

  liveExportsAreLeftAlone: (step: Step): void => {
    const { before, next } = step
    const kept = holders(before).some(({ node, lost }) => !lost && seatOf(next, node)?.lost === false)
    claim(!kept || sameExport(wantedExport(before), wantedExport(next)), () => stepText(step))
  },

  narrowedExportsFollowTheHolders: (step: Step): void => {
    const present = holders(step.next).filter(({ lost }) => !lost)
    for (const lists of [false, true]) {
      const wanted = wantedExport(step.next, { narrow: true, lists })
      const named = present.map(({ node }) => node).join()
      claim((wanted.to === 'nobody') === (present.length === 0), () => stepText(step))
      claim(present.length !== 1 || wanted.to === 'node', () => stepText(step))
      claim(present.length < 2 || wanted.to === (lists ? 'nodes' : 'any'), () => stepText(step))
      claim(['nobody', 'any'].includes(wanted.to) || namedNodes(wanted).join() === named, () => stepText(step))
    }
  },

  exportsNeverMoveBetweenHosts: (step: Step): void => {
    const [was, is] = [wantedExport(step.before), wantedExport(step.next)]
    claim(was.to !== 'node' || is.to !== 'node' || was.node === is.node, () => stepText(step))
  },

  lossesArmTheFence: (step: Step): void => {
    const { before, next, command } = step
    const gone = holders(before).filter(({ node }) => seatOf(next, node) === undefined)
    const lostOne = accessOf(before) === 'migratable' && gone.some(({ lost }) => lost)
    if (lostOne) claim(next.fence === 'armed', () => stepText(step))
    if (before.fence !== 'armed' || lostOne) return
    const first = before.phase === 'detached' && command.type === 'publish'
    const wanted = first ? (command.access === 'migratable' ? 'narrow' : 'open') : 'armed'
    claim(next.fence === wanted, () => stepText(step))
  },

  narrowExportsAdmitOneNode: (step: Step): void => {
    const { before, next } = step
    if (before.fence !== 'narrow') return
    const kept = next.phase === 'attached' && next.fence === 'narrow' && nodesOf(next).join() === nodesOf(before).join()
    const after = holders(before).some(({ lost }) => lost) ? 'armed' : 'open'
    claim(kept || (next.phase === 'detached' && next.fence === after), () => stepText(step))
    claim(!isJoin(step) || step.refusal !== undefined, () => stepText(step))
  },

  onlyAnArmedFenceGetsNarrow: (step: Step): void => {
    const { before, next } = step
    if (next.fence !== 'narrow' || before.fence === 'narrow') return
    claim(before.phase === 'detached' && before.fence === 'armed', () => stepText(step))
  },

  everyNodeMeansEveryNode: (step: Step): void => {
    const { before, command, next, facts } = step
    if (command.type !== 'unpublish' || command.node !== 'every-node') return
    const gone = facts.flatMap(fact => (fact.type === 'detached' && !fact.partial && !fact.quiet ? [fact.node] : []))
    claim(next.phase === 'detached' && gone.join() === nodesOf(before).join(), () => stepText(step))
  },
} as const satisfies Record<string, (step: Step) => void>

/** Whoever was lost and may have a session is counted, and nobody is without a loss since the volume was detached. */
export function lossesAreCountedUntilNobodyIsLetIn(steps: readonly Step[]): void {
  const connected = new Set<NodeId>()
  let wasLost = false
  for (const step of steps) {
    const { next } = step
    for (const { node, lost } of holders(next)) {
      if (lost) connected.add(node)
      else connected.delete(node)
    }
    if (wantedExport(next).to === 'nobody') connected.clear()
    wasLost = next.phase !== 'detached' && (wasLost || step.command.type === 'node-lost')
    claim(connected.size === 0 || mayReachStill(next), () => stepText(step))
    claim(!mayReachStill(next) || wasLost, () => stepText(step))
  }
}
