import { type Attachment, type Command, detached, type Publish } from '../../src/domain/attachment.ts'
import { decide } from '../../src/domain/decide.ts'
import { instant, nodeId } from '../../src/domain/ids.ts'
import { rebuild, type SeatRecord } from '../../src/domain/rebuild.ts'
import type { Piece } from './timing.ts'

const VOLUMES = 10_000
const ROUNDS = 1_000
const TIMEOUT = 300_000
const [SOURCE, TARGET] = [nodeId('node-a'), nodeId('node-b')]

const publish = (access: Publish['access'], node: Publish['node']): Publish => ({
  type: 'publish',
  node,
  access,
  terms: undefined,
  timeout: TIMEOUT,
  sharing: false,
})
const unpublish = (node: Publish['node']): Command => ({ type: 'unpublish', node, evidence: 'none' })

const ATTACH_DETACH: readonly Command[] = [publish('exclusive', SOURCE), unpublish(SOURCE)]
const MIGRATION: readonly Command[] = [
  publish('migratable', SOURCE),
  publish('migratable', TARGET),
  { type: 'tick' },
  { type: 'leaving', node: SOURCE, since: instant(3_000) },
  unpublish(SOURCE),
  unpublish(TARGET),
]

/** The whole row of commands, over and over; it ends where it began. */
function play(commands: readonly Command[]): Attachment {
  let state: Attachment = detached
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [at, command] of commands.entries()) state = decide(state, command, instant(at * 1000)).next
  }
  if (state.phase !== 'detached') throw new Error(`ended as ${state.phase}`)
  return state
}

const decision = (text: string, commands: readonly Command[]): Piece => ({
  text: `decide: ${text}`,
  amount: commands.length * ROUNDS,
  of: 'commands',
  run: () => play(commands),
})

export const decisions: readonly Piece[] = [
  decision('attach, detach', ATTACH_DETACH),
  decision('a whole migration', MIGRATION),
]

const recordOf = (volume: number, seat: number): SeatRecord => ({
  node: nodeId(`node-${(volume + seat) % 100}`),
  name: `csi-${volume}-${seat}`,
  since: instant(1_000_000 + volume + seat * 1000),
  attached: true,
  leaving: undefined,
  sharing: false,
  lost: false,
})

/** Every tenth volume is migrating. */
const RECORDS = Array.from({ length: VOLUMES }, (_, volume) =>
  volume % 10 === 0 ? [recordOf(volume, 1), recordOf(volume, 0)] : [recordOf(volume, 0)],
)

const EXPORT = { admission: 'any', fenced: false, narrows: false } as const
const TERMS = { access: 'migratable', timeout: TIMEOUT, toldUntil: undefined, ...EXPORT } as const

function rebuildAll(): void {
  let migrating = 0
  for (const records of RECORDS) if (rebuild(records, TERMS).phase === 'migrating') migrating += 1
  if (migrating !== VOLUMES / 10) throw new Error(`${migrating} volumes are migrating`)
}

export const rebuilds: readonly Piece[] = [
  { text: 'rebuild: 10,000 volumes of 11,000 records', amount: VOLUMES, of: 'volumes', run: rebuildAll },
]
