import { StorageError } from '../../../domain/errors.ts'
import type { Millis } from '../../../domain/ids.ts'
import { isInside } from '../../../domain/folder.ts'
import { fileName, normalPath } from '../device-path.ts'
import { isTrue } from '../disk-row.ts'
import { outward } from '../refusals.ts'
import { type DeviceCommand, type ReplyRow, type Transport, TrapError } from '../transport.ts'
import { PREFIX } from './lab.ts'

const OURS = new RegExp(`^${PREFIX}[0-9a-f]{6}(?:-|$)`)
const MENU = '/disk/btrfs/subvolume'
/** Subvolumes go behind the scenes; what lies in them goes with them. */
const ROUNDS = 20

interface Place {
  readonly transport: Transport
  readonly basePath: string
  readonly pause: (span: Millis, signal: AbortSignal) => Promise<void>
}

/** Removes exactly the items that runs of the probes have made, this one's and earlier ones': disks, then what they lay on. */
export class CleanUp {
  readonly #place: Place

  constructor(place: Place) {
    this.#place = place
  }

  /** What was removed. Throws where something stays that can be seen. */
  async run(signal: AbortSignal): Promise<readonly string[]> {
    const removed: string[] = []
    for (let round = 0; ; round += 1) {
      const left = await this.#round(signal)
      removed.push(...left)
      if (left.length === 0) return [...new Set(removed)]
      if (round >= ROUNDS) break
      if (round > 0) await this.#place.pause(100, signal)
    }
    throw new StorageError('internal', `these stay on the appliance: ${[...new Set(removed)].join(', ')}`)
  }

  /** Everything of ours that is there, each having been told to go. */
  async #round(signal: AbortSignal): Promise<readonly string[]> {
    const disks = await this.#disks(signal)
    for (const slot of disks) {
      await this.#try({ path: '/disk/set', args: { '.id': slot, 'nvme-tcp-export': 'no' } }, signal)
      await this.#try({ path: '/disk/remove', args: { '.id': slot } }, signal)
    }
    const subvolumes = await this.#subvolumes(signal)
    for (const { id } of subvolumes) await this.#try({ path: `${MENU}/remove`, args: { '.id': id } }, signal)
    const files = await this.#files(signal)
    for (const path of files) await this.#try({ path: '/file/remove', args: { '.id': fileName(path) } }, signal)
    return [...disks, ...subvolumes.map(({ path }) => path), ...files]
  }

  async #disks(signal: AbortSignal): Promise<readonly string[]> {
    const rows = await this.#rows({ path: '/disk/print', properties: ['slot', 'type', 'file-path'] }, signal)
    return rows
      .filter(row => row.get('type') === 'file')
      .filter(row => OURS.test(row.get('slot') ?? '') || this.#isOurs(normalPath(row.get('file-path') ?? '')))
      .map(row => row.get('slot') ?? '')
  }

  /** The deepest first; those that are going already are only waited for. */
  async #subvolumes(signal: AbortSignal): Promise<readonly { readonly id: string; readonly path: string }[]> {
    const properties = ['.id', 'fullname', 'dead']
    const rows = await this.#rows({ path: `${MENU}/print`, properties }, signal)
    const pool = `/${this.#place.basePath.split('/')[1] ?? ''}`
    return rows
      .filter(row => !isTrue(row.get('dead') ?? ''))
      .map(row => ({ id: row.get('.id') ?? '', path: `${pool}/${row.get('fullname') ?? ''}` }))
      .filter(({ path }) => this.#isOurs(normalPath(path)))
      .toSorted((one, other) => depth(other.path) - depth(one.path))
  }

  async #files(signal: AbortSignal): Promise<readonly string[]> {
    const args = { path: fileName(this.#place.basePath), recursive: 'yes' }
    const rows = await this.#rows({ path: '/file/print', args, properties: ['name', 'type'] }, signal)
    return rows
      .map(row => normalPath(row.get('name') ?? ''))
      .filter(path => path !== undefined)
      .filter(path => this.#isOurs(path))
      .toSorted((one, other) => depth(other) - depth(one))
  }

  /** A path whose first name below the base path is one of ours. */
  #isOurs(path: string | undefined): boolean {
    const { basePath } = this.#place
    if (path === undefined || !isInside(path, basePath) || path === basePath) return false
    return OURS.test(path.slice(basePath.length + 1).split('/')[0] ?? '')
  }

  /** A refusal shows in the next round, where the item is still there. */
  async #try(command: DeviceCommand, signal: AbortSignal): Promise<void> {
    await this.#rows(command, signal)
  }

  /** No rows where the device has no such thing. */
  async #rows(command: DeviceCommand, signal: AbortSignal): Promise<readonly ReplyRow[]> {
    try {
      return (await this.#place.transport.run(command, signal)).rows
    } catch (error) {
      if (error instanceof TrapError) return []
      throw outward('clean up after the probes', error)
    }
  }
}

const depth = (path: string): number => path.split('/').length
