import type { VolumeId } from '../../domain/ids.ts'
import { readDisk, turnOff } from './export-switch.ts'
import type { Holdings } from './holdings.ts'
import type { KnownDisk } from './known-disk.ts'
import { kindOf, refusal } from './refusals.ts'

/** Removes volumes in two steps, the disk and then its file: RouterOS keeps the file of a disk that is removed. */
export class VolumeRemoval {
  readonly #holdings: Holdings

  constructor(holdings: Holdings) {
    this.#holdings = holdings
  }

  /** As VolumeBackend.remove. In turn. A step that fails is done again by the next call, and so is everything after it. */
  async remove(id: VolumeId, signal: AbortSignal): Promise<void> {
    const disk = await this.#holdings.confirmed(id, signal)
    if (disk !== undefined) await this.#removeDisk(disk, signal)
    const file = disk?.path ?? this.#holdings.table.files.orphanOf(id)
    if (file !== undefined) await this.#holdings.removeFile(id, file, signal)
  }

  async #removeDisk(disk: KnownDisk, signal: AbortSignal): Promise<void> {
    const { id, slot } = disk
    // Whether an exported disk may be removed is unknown.
    if (disk.admitted.to !== 'nobody') await turnOff(this.#holdings, disk, signal)
    const task = `remove disk "${slot}"`
    const trap = await this.#holdings.change(id, task, { path: '/disk/remove', args: { '.id': slot } }, signal)
    if (trap !== undefined && kindOf(trap) !== 'not-found') {
      const after = await readDisk(this.#holdings, id, signal)
      if (after !== undefined) throw refusal(task, trap)
    }
    this.#holdings.table.drop(id)
  }
}
