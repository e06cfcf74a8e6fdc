import { GiB } from '../../../src/domain/capacity.ts'
import type { GroupId, SnapshotId } from '../../../src/domain/ids.ts'
import { create, group, nameOf, OTHER, remove, removeGroup, removeSnapshot, snapshot, VOLUME } from '../acts.ts'
import type { Story } from '../explorer.ts'
import type { Setting } from '../setting.ts'
import type { World } from '../world.ts'

const WRITTEN = 'what a host has written'
const LATER = 'what it has written since'
/** Made anew in each run: stories share nothing. */
const taken = new WeakMap<World, SnapshotId>()
const grouped = new WeakMap<World, GroupId>()

async function made(world: World): Promise<void> {
  await create(world)
  world.write(VOLUME, WRITTEN)
}

/** The snapshot's bytes are not those of its source any more. */
async function snapshotted(world: World): Promise<void> {
  await made(world)
  taken.set(world, await snapshot(world))
  world.write(VOLUME, LATER)
}

async function twoMade(world: World): Promise<void> {
  await made(world)
  await create(world, { name: nameOf('b') })
  world.write(OTHER, LATER)
}

async function groupTaken(world: World): Promise<void> {
  await twoMade(world)
  grouped.set(world, await group(world, [VOLUME, OTHER]))
}

const restored = (world: World, bytes: number): Promise<unknown> =>
  create(world, { name: nameOf('c'), bytes, source: { from: 'snapshot', id: taken.get(world)! } })
const cloned = (world: World, bytes: number): Promise<unknown> =>
  create(world, { name: nameOf('c'), bytes, source: { from: 'volume', id: VOLUME } })

const COMMON: readonly Required<Pick<Story, 'title' | 'before' | 'step'>>[] = [
  { title: 'take a snapshot', before: made, step: snapshot },
  { title: 'delete a snapshot', before: snapshotted, step: world => removeSnapshot(world, taken.get(world)!) },
  { title: 'restore a snapshot', before: snapshotted, step: world => restored(world, GiB) },
  { title: 'restore a snapshot to a larger volume', before: snapshotted, step: world => restored(world, 2 * GiB) },
  { title: 'clone a volume', before: made, step: world => cloned(world, GiB) },
  { title: 'clone a volume to a larger one', before: made, step: world => cloned(world, 2 * GiB) },
  { title: 'delete a volume that has a snapshot', before: snapshotted, step: remove },
]

const inSetting = (suffix: string, setting: Partial<Setting>): readonly Story[] =>
  COMMON.map(({ title, before, step }) => ({ title: `${title} ${suffix}`, setting, before, step }))

/** On a pool with subvolumes. */
export const SNAPSHOT_STORIES: readonly Story[] = [
  ...inSetting('(subvolumes)', {}),
  { title: 'take a group of snapshots', before: twoMade, step: world => group(world, [VOLUME, OTHER]) },
  { title: 'delete a group of snapshots', before: groupTaken, step: world => removeGroup(world, grouped.get(world)!) },
]

/** On a pool without, where every byte is copied. */
export const COPY_STORIES: readonly Story[] = inSetting('(copies)', { pool: 'xfs', snapshots: 'copy' })
