/**
 * A second opinion on the attachment machine, written from docs/spec/attachment.md alone: one flat list of guests in the
 * order of joining, at most one run, and lines of text for what is told. No phases, no state machine.
 */
import type { Access, Attachment, Command, Evidence, Publish } from '../../../src/domain/attachment.ts'
import type { Millis } from '../../../src/domain/ids.ts'
import { holders } from '../../../src/domain/attachment.ts'

export interface Guest {
  readonly name: string
  readonly since: number
  readonly terms: string | undefined
  readonly leaving: number | undefined
  readonly lost: boolean
}
interface Run {
  readonly from: string
  readonly to: string
  readonly start: number
  readonly end: number
}
export interface GuestList {
  readonly guests: readonly Guest[]
  readonly access: Access | undefined
  readonly run: Run | undefined
  readonly fence: 'open' | 'armed' | 'narrow'
}
export interface Answer {
  readonly list: GuestList
  readonly told: readonly string[]
}

export const emptyList: GuestList = { guests: [], access: undefined, run: undefined, fence: 'open' }

/** The evidence table of the document: who left, and what somebody saw. */
const VERDICTS: Record<'from' | 'to', Record<Evidence, string>> = {
  from: { none: 'success', completed: 'success', failed: 'abandoned', undetermined: 'abandoned' },
  to: { none: 'target-left', completed: 'abandoned', failed: 'target-left', undetermined: 'abandoned' },
}

type Answers = {
  readonly [T in Command['type']]: (list: GuestList, it: Extract<Command, { type: T }>, now: number) => Answer
}

const ANSWERS: Answers = {
  publish: admit,
  unpublish: (list, { node, evidence }, now) =>
    node === 'every-node' ? evict(list, now) : dismiss(list, { name: node, evidence, word: 'detached' }, now),
  'clear-lost': (list, { node }, now) =>
    list.guests.some(({ name, lost }) => lost && name === node)
      ? dismiss(list, { name: node, evidence: 'none', word: 'cleared' }, now)
      : { list, told: [] },
  tick: (list, _, now) =>
    list.run !== undefined && now >= list.run.end
      ? { list: { ...list, run: undefined }, told: [verdict(list.run, '', now)] }
      : { list, told: [] },
  leaving: (list, { node, since }) => change(list, node, guest => ({ ...guest, leaving: guest.leaving ?? since })),
  'node-lost': (list, { node }) => change(list, node, guest => ({ ...guest, lost: true })),
  'node-back': (list, { node }) => change(list, node, guest => ({ ...guest, lost: false })),
}

export function answer(list: GuestList, command: Command, now: number): Answer {
  const how = ANSWERS[command.type] as (list: GuestList, command: Command, now: number) => Answer
  return how(list, command, now)
}

const change = (list: GuestList, name: string, how: (guest: Guest) => Guest): Answer => ({
  list: { ...list, guests: list.guests.map(guest => (guest.name === name ? how(guest) : guest)) },
  told: [],
})

function admit(list: GuestList, want: Publish, now: number): Answer {
  const { guests, run } = list
  const no = objection(list, want)
  if (no !== undefined) return { list, told: [`refused ${want.node} ${no}`] }
  if (guests.some(({ name }) => name === want.node)) return { list, told: [] }

  const since = Math.max(now, ...guests.map(guest => guest.since))
  const guest: Guest = { name: want.node, since, terms: want.terms, leaving: undefined, lost: false }
  const ended = run === undefined ? [] : [verdict(run, isGoing(guests, run.from) ? 'success' : 'target-left', now)]
  const access = list.access ?? want.access
  const next: GuestList = { guests: [...guests, guest], access, run: undefined, fence: fenceFor(list, want) }
  const from = guests.find(({ leaving }) => leaving === undefined)?.name
  if (from === undefined || want.sharing) {
    const beside = guests.length === 0 ? '' : ` beside ${namesOf(guests)}`
    return { list: next, told: [...ended, `attached ${want.node}${beside}`] }
  }
  const started: Run = { from, to: want.node, start: since, end: since + want.timeout }
  const line = `started ${from} > ${want.node} until ${started.end} (${want.timeout})`
  return { list: { ...next, run: started }, told: [...ended, line] }
}

const isGoing = (guests: readonly Guest[], who: string) =>
  guests.some(({ name, leaving }) => name === who && leaving !== undefined)

function fenceFor({ guests, fence }: GuestList, want: Publish): GuestList['fence'] {
  if (guests.length > 0 || fence !== 'armed') return fence
  return want.access === 'migratable' ? 'narrow' : 'open'
}

/** Why a guest may not come in, or may not stay on these terms. */
function objection(list: GuestList, want: Publish): string | undefined {
  const { guests, access, fence } = list
  if (guests.length === 0 || access === undefined) return undefined
  const self = guests.find(({ name }) => name === want.node)
  if (self !== undefined) return self.lost ? `holder-lost ${namesOf(guests)}` : dispute(self, access, want)
  const lost = guests.filter(guest => guest.lost).length
  const staying = guests.filter(({ leaving }) => leaving === undefined).length
  const reasons: readonly (readonly [boolean, string])[] = [
    [lost === guests.length, 'holder-lost'],
    [access === 'exclusive' || want.access === 'exclusive', 'held-elsewhere'],
    [lost > 0, 'holder-lost'],
    [fence === 'narrow', 'fenced-to-holder'],
    [staying > 1, 'two-holders'],
  ]
  const reason = reasons.find(([applies]) => applies)?.[1]
  return reason && `${reason} ${namesOf(guests)}`
}

function dispute(self: Guest, access: Access, want: Publish): string | undefined {
  if (access !== want.access) return `terms-differ ${self.name} has ${access}`
  const known = self.terms !== undefined && want.terms !== undefined
  return known && self.terms !== want.terms ? `terms-differ ${self.name} has ${self.terms}` : undefined
}

interface Going {
  readonly name: string
  readonly evidence: Evidence
  readonly word: 'detached' | 'cleared'
}

function dismiss(list: GuestList, { name, evidence, word }: Going, now: number): Answer {
  const guest = list.guests.find(each => each.name === name)
  if (guest === undefined) return { list, told: [] }
  const ended = endedBy(list.run, guest, evidence).map(({ run, reason }) => verdict(run, reason, now))
  const rest = without(list, [guest])
  const partial = rest.guests.length > 0 ? ' partial' : ''
  const quiet = ended.some(line => !line.startsWith('timed-out')) ? ' quiet' : ''
  const farewell = `${word} ${name} after ${span(guest.since, now)}`
  return {
    list: { ...rest, run: ended.length > 0 ? undefined : list.run },
    told: [...ended, word === 'cleared' ? farewell : `${farewell}${partial}${quiet}`],
  }
}

/** The run that ends because this guest goes, and how; nothing where none does. */
function endedBy(run: Run | undefined, { name, lost }: Guest, evidence: Evidence) {
  if (run?.from === name) return [{ run, reason: lost ? 'source-lost' : VERDICTS.from[evidence] }]
  return run?.to === name ? [{ run, reason: lost ? 'target-lost' : VERDICTS.to[evidence] }] : []
}

function evict(list: GuestList, now: number): Answer {
  const ended = list.run === undefined ? [] : [verdict(list.run, 'abandoned', now)]
  return {
    list: { ...without(list, list.guests), run: undefined },
    told: [...ended, ...list.guests.map(({ name, since }) => `detached ${name} after ${span(since, now)}`)],
  }
}

function without(list: GuestList, gone: readonly Guest[]): GuestList {
  const guests = list.guests.filter(guest => !gone.includes(guest))
  const debt = list.access === 'migratable' && gone.some(({ lost }) => lost)
  const ends = guests.length === 0 && list.fence === 'narrow'
  const fence = debt ? 'armed' : ends ? 'open' : list.fence
  return { ...list, guests, fence, access: guests.length === 0 ? undefined : list.access }
}

function verdict({ from, to, start, end }: Run, word: string, now: number): string {
  if (now >= end) return `timed-out ${from} > ${to} after ${end - start}`
  const took = span(start, now)
  return word === 'success' ? `completed ${from} > ${to} after ${took}` : `failed ${from} > ${to} after ${took} ${word}`
}

const span = (since: number, now: number): Millis => Math.max(0, now - since)
const namesOf = (guests: readonly Guest[]) => guests.map(({ name }) => name).join(' ')

/** What a state of the machine looks like as a guest list. */
export function listOf(state: Attachment): GuestList {
  const guests = holders(state).map(
    ({ node: name, since, terms, leaving, lost }): Guest => ({ name, since, terms, leaving, lost }),
  )
  const access = state.phase === 'attached' ? state.access : 'migratable'
  return {
    guests,
    access: guests.length === 0 ? undefined : access,
    run:
      state.phase === 'migrating'
        ? { from: state.source.node, to: state.target.node, start: state.target.since, end: state.deadline }
        : undefined,
    fence: state.fence,
  }
}

/** Phases are shapes of the list. */
export function phaseOf({ guests, run }: GuestList): Attachment['phase'] {
  if (guests.length === 0) return 'detached'
  if (guests.length === 1) return 'attached'
  return run === undefined ? 'shared' : 'migrating'
}
