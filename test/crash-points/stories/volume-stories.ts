import { GiB } from '../../../src/domain/capacity.ts'
import { annotate, create, expand, remove, VOLUME } from '../acts.ts'
import type { Story } from '../explorer.ts'
import { BASE_PATH } from '../setting.ts'

const flat = { pool: 'xfs' } as const
const below = { parameters: { volumePath: `${BASE_PATH}/gold/fast` } }

/** The life of volumes, apart from who holds them. */
export const VOLUME_STORIES: readonly Story[] = [
  { title: 'create a flat volume', setting: flat, step: create },
  { title: 'create a volume in a subvolume', step: create },
  { title: 'create a flat volume below a new folder', setting: flat, step: world => create(world, below) },
  { title: 'create a volume in a subvolume below a new folder', step: world => create(world, below) },
  { title: 'create a volume with a note', step: world => create(world, { mutable: { note: 'of the accounts' } }) },
  { title: 'delete a flat volume', setting: flat, before: made, step: remove },
  { title: 'delete a volume in a subvolume', before: made, step: remove },
  { title: 'expand a flat volume', setting: flat, before: made, step: world => expand(world, 3 * GiB) },
  { title: 'expand a volume in a subvolume', before: made, step: world => expand(world, 3 * GiB) },
  { title: 'modify a volume', before: made, step: world => annotate(world, 'of the accounts') },
]

async function made(world: Parameters<Story['step']>[0]): Promise<void> {
  await create(world)
  world.write(VOLUME, 'what a host has written')
}
