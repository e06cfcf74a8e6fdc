import { create, nameOf, snapshot, VOLUME } from '../acts.ts'
import { ORPHAN_GRACE, ORPHAN_INTERVAL } from '../core-process.ts'
import type { Story } from '../explorer.ts'
import type { World } from '../world.ts'

/** Within this there is a check. */
const CHECKED = ORPHAN_INTERVAL + 1000

/** Another volume is there that has to stay. */
async function made(world: World): Promise<void> {
  await create(world)
  await create(world, { name: nameOf('b') })
  world.write(VOLUME, 'what a host has written')
}

/** The cluster forgets the volume after a check has seen that it may go with its object; another one misses it. */
async function volumeMissed(world: World): Promise<void> {
  await made(world)
  await world.pass(CHECKED)
  world.references.volumes.delete(VOLUME)
  await world.pass(CHECKED)
}

async function snapshotMissed(world: World): Promise<void> {
  await made(world)
  await snapshot(world)
  await world.pass(CHECKED)
  world.references.snapshots?.clear()
  await world.pass(CHECKED)
}

/** Long enough for the check that deletes it. */
const swept = (world: World): Promise<void> => world.pass(ORPHAN_GRACE + CHECKED)

/** What the cluster has forgotten is deleted. */
export const UPKEEP_STORIES: readonly Story[] = [
  {
    title: 'sweep an orphaned volume (flat)',
    setting: { sweeps: true, pool: 'xfs' },
    before: volumeMissed,
    step: swept,
  },
  { title: 'sweep an orphaned volume (subvolumes)', setting: { sweeps: true }, before: volumeMissed, step: swept },
  { title: 'sweep an orphaned snapshot', setting: { sweeps: true }, before: snapshotMissed, step: swept },
]
