import { bytesOf, isTrue } from '../disk-row.ts'
import type { ProbeResult } from '../../../ports/hardware-probes.ts'
import type { DeviceCommand, ReplyRow } from '../transport.ts'
import { LARGE_BYTES, takes } from './file-probes.ts'
import { type Attempt, type Lab, ProbeFailed } from './lab.ts'
import { type Bench, eventually, open, type Probe, seen } from './probe.ts'

const MENU = '/disk/btrfs/subvolume'

/** The subvolumes of one run, by the last part of their names. */
class Subvolumes {
  readonly #lab: Lab
  readonly #label: string

  constructor(lab: Lab, label: string) {
    this.#lab = lab
    this.#label = label
  }

  /** Name from the mount point on. */
  full = (name: string): string => this.#lab.path(name).slice(this.#lab.poolPath.length + 1)

  add(name: string, args: Readonly<Record<string, string>> = {}): DeviceCommand {
    return { path: `${MENU}/add`, args: { fs: this.#label, name: this.full(name), ...args } }
  }

  async row(name: string, signal: AbortSignal): Promise<ReplyRow | undefined> {
    const properties = ['.id', 'fs', 'fullname', 'read-only', 'dead']
    const anyOf = [['fullname', this.full(name)] as const]
    return this.#lab.row({ path: `${MENU}/print`, anyOf, properties }, signal)
  }

  async remove(name: string, signal: AbortSignal) {
    const id = (await this.row(name, signal))?.get('.id')
    if (id === undefined) throw new ProbeFailed(`subvolume ${name} is not listed`)
    return this.#lab.attempt({ path: `${MENU}/remove`, args: { '.id': id } }, signal)
  }

  /** Exists, and is not being removed. */
  async lives(name: string, signal: AbortSignal): Promise<boolean> {
    const row = await this.row(name, signal)
    return row !== undefined && !isTrue(row.get('dead') ?? '')
  }
}

const POINTS = [
  'subvolumeBelowDirectory',
  'subvolumeParent',
  'nestedSubvolumesInSnapshot',
  'snapshotSpace',
  'diskOnReadOnlySnapshot',
  'removeSubvolumeInUse',
  'subvolumeRemoval',
  'a disk on a writable clone',
] as const

/** The whole chain that snapshots rest upon: subvolume, disk in it, snapshot, clone, disk on the clone, removal. */
const chain: Probe = {
  points: POINTS,
  run: async (bench, signal) => {
    const { lab } = bench
    const pool = await lab.pool(signal)
    const label = pool?.get('fs-label') ?? ''
    if (pool?.get('fs') !== 'btrfs' || label === '') {
      return POINTS.map(point => open(point, 'the pool is not btrfs with a label'))
    }
    const subvolumes = new Subvolumes(lab, label)
    const made = await lab.attempt(subvolumes.add('s'), signal)
    const below = seen('subvolumeBelowDirectory', made.done ? 'accepted' : 'refused', made.done ? '' : made.text)
    if (!made.done) {
      const why = 'no subvolume can be made below the base path'
      return [below, ...POINTS.slice(1).map(point => open(point, why))]
    }
    await lab.must(lab.add('origin', image(lab, 's', LARGE_BYTES)), signal)
    return [
      below,
      ...(await snapshots(bench, subvolumes, signal)),
      await onSnapshot(lab, signal),
      await onClone(bench, subvolumes, signal),
      ...(await removals(bench, subvolumes, signal)),
    ]
  },
}

const image = (lab: Lab, subvolume: string, bytes?: number) => ({
  'file-path': lab.path(`${subvolume}/volume.img`),
  ...(bytes === undefined ? {} : { 'file-size': String(bytes) }),
})

async function snapshots(bench: Bench, subvolumes: Subvolumes, signal: AbortSignal): Promise<readonly ProbeResult[]> {
  const { lab } = bench
  const nested = await lab.attempt(subvolumes.add('s/inner'), signal)
  if (nested.done) await lab.must(lab.addSized('inner', { 'file-path': lab.path('s/inner/inner.img') }), signal)
  const before = await lab.free(signal)
  const readOnly = { 'read-only': 'yes' }
  const byPath = await lab.attempt(subvolumes.add('byfull', { parent: subvolumes.full('s'), ...readOnly }), signal)
  const taken = byPath.done ? await takes(bench, before, signal) : undefined
  const byLeaf = await lab.attempt(subvolumes.add('byleaf', { parent: 's', ...readOnly }), signal)
  const snapshot = byPath.done ? 'byfull' : 'byleaf'
  const inner = await lab.file(lab.path(`${snapshot}/inner/inner.img`), signal)
  const point = 'nestedSubvolumesInSnapshot'
  return [
    parentResult(byPath, byLeaf),
    nested.done ? seen(point, inner === undefined ? 'empty' : 'included') : open(point, nested.text),
    taken === undefined
      ? open('snapshotSpace', 'no snapshot by the whole path, or no free space is told')
      : seen('snapshotSpace', taken ? 'counted' : 'none', `of ${LARGE_BYTES} bytes`),
  ]
}

/** How `parent` names a subvolume whose name is a path. */
function parentResult(byPath: Attempt, byLeaf: Attempt): ProbeResult {
  const point = 'subvolumeParent'
  if (byPath.done && byLeaf.done) return seen(point, 'either')
  if (byPath.done) return seen(point, 'fullname')
  if (byLeaf.done) return seen(point, 'leaf')
  throw new ProbeFailed(`no snapshot could be taken: ${byPath.text}; ${byLeaf.text}`)
}

const snapshotOf = async (subvolumes: Subvolumes, signal: AbortSignal): Promise<string> =>
  (await subvolumes.lives('byfull', signal)) ? 'byfull' : 'byleaf'

async function onSnapshot(lab: Lab, signal: AbortSignal): Promise<ProbeResult> {
  const place = (await lab.file(lab.path('byfull/volume.img'), signal)) === undefined ? 'byleaf' : 'byfull'
  const attempt = await lab.attempt(lab.add('frozen', image(lab, place)), signal)
  if (attempt.done) await lab.must(lab.removeDisk('frozen'), signal)
  return seen('diskOnReadOnlySnapshot', attempt.done ? 'accepted' : 'refused', attempt.done ? '' : attempt.text)
}

/** What a restored volume is. */
async function onClone(bench: Bench, subvolumes: Subvolumes, signal: AbortSignal): Promise<ProbeResult> {
  const { lab } = bench
  const point = 'a disk on a writable clone'
  const snapshot = await snapshotOf(subvolumes, signal)
  const path = await lab.attempt(subvolumes.add('clone', { parent: subvolumes.full(snapshot) }), signal)
  const clone = path.done ? path : await lab.attempt(subvolumes.add('clone', { parent: snapshot }), signal)
  if (!clone.done) return open(point, clone.text)
  const disk = await lab.attempt(lab.add('clone', image(lab, 'clone')), signal)
  if (!disk.done) return seen(point, 'refused', disk.text)
  const bytes = bytesOf((await lab.disk('clone', signal))?.get('file-size') ?? '')
  const note = `it has ${bytes ?? 'no'} bytes, its origin ${LARGE_BYTES}`
  return seen(point, bytes === LARGE_BYTES ? 'accepted' : 'of another size', note)
}

async function removals(bench: Bench, subvolumes: Subvolumes, signal: AbortSignal): Promise<readonly ProbeResult[]> {
  const used = await subvolumes.remove('clone', signal)
  const kept = !used.done || (await stays(bench, subvolumes, 'clone', signal))
  const text = used.done ? '' : used.text
  const inUse = seen('removeSubvolumeInUse', kept ? 'refused' : 'allowed', text)
  const snapshot = await snapshotOf(subvolumes, signal)
  const removal = await subvolumes.remove(snapshot, signal)
  if (!removal.done) return [inUse, open('subvolumeRemoval', removal.text)]
  const still = (await subvolumes.row(snapshot, signal)) !== undefined
  return [inUse, seen('subvolumeRemoval', still ? 'later' : 'atOnce', still ? 'listed on, with the flag D' : '')]
}

const stays = async (bench: Bench, subvolumes: Subvolumes, name: string, signal: AbortSignal): Promise<boolean> =>
  !(await eventually(bench, signal, async () => !(await subvolumes.lives(name, signal))))

const copies: Probe = {
  points: ['diskCopySlots'],
  run: async ({ lab }, signal) => {
    if (!lab.transport.streams)
      return [open('diskCopySlots', 'this transport carries no progress: try with api or ssh')]
    await lab.must(lab.addSized('from'), signal)
    await lab.must(lab.addSized('to'), signal)
    const args = { src: lab.slot('from'), dst: lab.slot('to') }
    const told: string[] = []
    const progress = (row: ReplyRow) => void told.push(row.get('status') ?? '')
    const attempt = await lab.attempt({ path: '/disk/copy', args, progress }, signal)
    const note = attempt.done ? `last told: ${told.at(-1) ?? 'nothing'}` : attempt.text
    return [seen('diskCopySlots', attempt.done ? 'accepted' : 'refused', note)]
  },
}

const traffic: Probe = {
  points: ['trafficPolicy'],
  run: async ({ lab, user }, signal) => {
    const slot = (await lab.pool(signal))?.get('slot') ?? ''
    const attempt = await lab.attempt({ path: '/disk/monitor-traffic', args: { numbers: slot, once: '' } }, signal)
    if (!attempt.done) return [seen('trafficPolicy', 'test', attempt.text)]
    const group = (await lab.row({ path: '/user/print', anyOf: [['name', user]] }, signal))?.get('group') ?? ''
    const policy = (await lab.row({ path: '/user/group/print', anyOf: [['name', group]] }, signal))?.get('policy')
    if (policy === undefined) return [open('trafficPolicy', 'it works; whether the user has `test` is not told')]
    return policy.split(',').includes('test')
      ? [open('trafficPolicy', 'it works, with a user who has `test`: try with one who has only `read`')]
      : [seen('trafficPolicy', 'read', `group ${group} has no test`)]
  },
}

/** Subvolumes, copies, traffic. */
export const DATA_PROBES: readonly Probe[] = [chain, copies, traffic]
