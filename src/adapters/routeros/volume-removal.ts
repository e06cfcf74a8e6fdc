import { StorageError } from '../../domain/errors.ts'
import type { VolumeId } from '../../domain/ids.ts'
import type { Logger } from '../../ports/logger.ts'
import { clearing } from './copies.ts'
import { turnOff } from './export-switch.ts'
import { removeFile } from './file-removal.ts'
import type { Holdings } from './holdings.ts'
import { isUnfinished, type KnownDisk, mayBeLive } from './known-disk.ts'
import { CLOSED, GONE } from './late-commands.ts'
import { refused } from './refusals.ts'

/** Removes volumes in two steps, the disk and then what it lay on: RouterOS keeps the file of a disk that is removed. */
export class VolumeRemoval {
  readonly #holdings: Holdings
  readonly #log: Logger

  constructor(holdings: Holdings, log: Logger) {
    this.#holdings = holdings
    this.#log = log
  }

  /** As VolumeBackend.remove. In turn. A step that fails is done again by the next call, and so is everything after it. */
  async remove(id: VolumeId, signal: AbortSignal): Promise<void> {
    const { table, copies } = this.#holdings
    await copies.cancel(id)
    await this.#holdings.awaitOthers(id, [GONE, CLOSED], signal)
    const expected = table.disk(id)
    await this.#holdings.confirmed(id, signal)
    const disk = table.anyDisk(id)
    copies.requireNone(id)
    if (disk !== undefined && isUnfinished(disk)) return this.removeUnfinished(id, signal)
    if (disk !== undefined) {
      requireExpected(expected, disk)
      await this.#removeDisk(disk, signal)
    }
    await this.#removeBytes(id, disk, signal)
    for (const copy of table.files.copiesOf(id)) {
      this.#log.warn('a file with the name of a removed volume is kept', { volume: id, file: copy })
    }
  }

  /** Removes a volume that is still being made, where there is one. In turn. */
  async removeUnfinished(id: VolumeId, signal: AbortSignal): Promise<void> {
    const disk = this.#holdings.table.anyDisk(id)
    if (disk === undefined || !isUnfinished(disk)) return
    await clearing(id, async () => {
      await this.#removeDisk(disk, signal)
      await this.#removeBytes(id, disk, signal)
    })
  }

  async #removeBytes(id: VolumeId, disk: KnownDisk | undefined, signal: AbortSignal): Promise<void> {
    const { files, subvolumes } = this.#holdings.table
    const places = [disk?.subvolume, ...subvolumes.of(id).map(({ path }) => path)]
    for (const path of new Set(places.filter(place => place !== undefined))) {
      await this.#holdings.subvolumes.remove(id, path, signal)
    }
    const file = disk !== undefined && disk.subvolume === undefined ? disk.path : files.orphanOf(id)
    if (file !== undefined) await removeFile(this.#holdings, id, file, signal)
  }

  async #removeDisk(disk: KnownDisk, signal: AbortSignal): Promise<void> {
    const { id, slot, path } = disk
    // Whether an exported disk may be removed is unknown.
    if (mayBeLive(disk)) await turnOff(this.#holdings, disk, signal)
    const task = `remove disk "${slot}"`
    const command = { path: '/disk/remove', args: { '.id': slot } }
    const shows = (now: KnownDisk | undefined): boolean => now === undefined
    const trap = await this.#holdings.change(id, { task, command, aim: GONE, shows }, signal)
    if (trap === undefined) return this.#holdings.table.drop(id)
    // Even where it is gone, its file may be on another disk by now.
    await this.#holdings.inDoubtUnless(id, () => this.#holdings.look(id, path, signal))
    if (this.#holdings.table.anyDisk(id) !== undefined) throw refused(task, trap)
  }
}

/** Whoever asked for the removal knew of no export: a host that came to light only now is not cut off from its volume. */
function requireExpected(expected: KnownDisk | undefined, { id, slot, admitted }: KnownDisk): void {
  if (admitted.to === 'nobody' || (expected !== undefined && expected.admitted.to !== 'nobody')) return
  throw new StorageError(
    'precondition',
    `volume ${id} is exported (disk "${slot}"); it is removed once nobody is let in`,
  )
}
