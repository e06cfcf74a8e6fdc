import type { FencingMode } from '../../../src/domain/fencing.ts'
import { volumeNqn } from '../../../src/domain/volume-id.ts'
import { attach, create, detach, exclusive, VOLUME } from '../acts.ts'
import { GRACE } from '../core-process.ts'
import type { Story } from '../explorer.ts'
import { NODE_A, NODE_B, NODE_C, type World } from '../world.ts'

type Act = (world: World) => Promise<void>

const makeMigratable: Act = async world => void (await create(world))
const makeExclusive: Act = async world => void (await create(world, { capability: exclusive }))
const onA: Act = world => attach(world, NODE_A)
const onB: Act = world => attach(world, NODE_B)
const onlyOnA: Act = world => attach(world, NODE_A, exclusive)
const offA: Act = world => detach(world, NODE_A)
const offB: Act = world => detach(world, NODE_B)

/** The node goes without a word, and its initiator goes on trying; its seat is cleared after the grace period. */
const loseA: Act = async world => {
  world.cluster.removeNode(NODE_A)
  await world.pass(GRACE + 3_000)
}
/** It is back before its seat is cleared. */
const missA: Act = async world => {
  world.cluster.removeNode(NODE_A)
  await world.pass(1_000)
  world.cluster.addNode(NODE_A)
  await world.pass(1_000)
}

const inOrder =
  (...acts: readonly Act[]): Act =>
  async world => {
    for (const act of acts) await act(world)
  }

const STORIES: readonly (readonly [title: string, before: readonly Act[], step: Act])[] = [
  ['publish an exclusive volume', [makeExclusive], onlyOnA],
  ['unpublish an exclusive volume', [makeExclusive, onlyOnA], offA],
  ['publish an exclusive volume elsewhere', [makeExclusive, onlyOnA, offA], world => attach(world, NODE_B, exclusive)],
  ['lose the holder of an exclusive volume', [makeExclusive, onlyOnA], loseA],
  [
    'publish an exclusive volume after a loss',
    [makeExclusive, onlyOnA, loseA],
    world => attach(world, NODE_C, exclusive),
  ],
  ['publish a migratable volume', [makeMigratable], onA],
  ['publish a migratable volume to a second node', [makeMigratable, onA], onB],
  ['unpublish the source of a migration', [makeMigratable, onA, onB], offA],
  ['unpublish the target of a migration', [makeMigratable, onA, onB], offB],
  ['unpublish the last holder of a migratable volume', [makeMigratable, onA], offA],
  ['lose the only holder of a migratable volume', [makeMigratable, onA], loseA],
  ['lose one of two holders', [makeMigratable, onA, onB], loseA],
  ['unpublish who is left after a loss', [makeMigratable, onA, onB, loseA], offB],
  ['publish a migratable volume after a loss', [makeMigratable, onA, loseA], world => attach(world, NODE_C)],
  ['lose a holder that comes back in time', [makeMigratable, onA], missA],
]

/** A live export to any host is not touched. */
const SILENT = new Set([
  'publish a migratable volume to a second node',
  'unpublish the source of a migration',
  'unpublish the target of a migration',
  'lose one of two holders',
])

/** Who may use a volume, with this way to keep others away. */
export const attachmentStories = (fencing: FencingMode): readonly Story[] =>
  STORIES.map(([title, before, step]) => ({
    title: `${title} (--fencing=${fencing})`,
    // Each has to do with exports alone: the layout of volumes makes no difference.
    setting: { fencing, pool: 'xfs' },
    before: inOrder(...before),
    step,
    isSilent: fencing === 'export' && SILENT.has(title),
  }))

/** What is mended without a call. */
export const EXPORT_STORIES: readonly Story[] = [
  {
    title: 'mend an export that the appliance has forgotten',
    setting: { pool: 'xfs' },
    before: inOrder(makeMigratable, onA),
    async step(world) {
      setExport(world, { 'nvme-tcp-export': 'no' })
      await world.pass(30_000)
    },
  },
  {
    title: 'end an export that nobody justifies',
    setting: { pool: 'xfs' },
    before: makeMigratable,
    async step(world) {
      setExport(world, { 'nvme-tcp-export': 'yes', 'nvme-tcp-server-nqn': volumeNqn(VOLUME) })
      await world.pass(40_000)
    },
  },
]

function setExport({ device }: World, values: Readonly<Record<string, string>>): void {
  const slot = device.disks()[0]?.['slot'] ?? ''
  device.perform('/disk/set', { '.id': slot, ...values })
}
