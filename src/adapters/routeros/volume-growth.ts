import { StorageError } from '../../domain/errors.ts'
import type { Bytes, VolumeId } from '../../domain/ids.ts'
import type { Volume } from '../../domain/volume.ts'
import { readDisk } from './export-switch.ts'
import type { Holdings } from './holdings.ts'
import { type KnownDisk, volumeOf } from './known-disk.ts'

/** Grows volumes. */
export class VolumeGrowth {
  readonly #holdings: Holdings

  constructor(holdings: Holdings) {
    this.#holdings = holdings
  }

  /** As VolumeBackend.resize. In turn. */
  async resize(id: VolumeId, bytes: Bytes, signal: AbortSignal): Promise<Volume> {
    const aim = `${bytes} bytes`
    await this.#holdings.awaitOthers(id, [aim], signal)
    const disk = await this.#holdings.confirmed(id, signal)
    if (disk === undefined) throw new StorageError('not-found', `volume ${id} does not exist`)
    const have = volumeOf(disk)
    if (have.bytes >= bytes) return have
    this.#holdings.copies.requireNone(id)
    const missing = bytes - have.bytes
    const task = `grow disk "${disk.slot}" from ${have.bytes} to ${bytes} bytes`
    return this.#holdings.space.within(missing, task, signal, async () => {
      const command = { path: '/disk/set', args: { '.id': disk.slot, 'file-size': String(bytes) } }
      const shows = (now: KnownDisk | undefined): boolean => now?.bytes === bytes
      const trap = await this.#holdings.change(id, { task, command, aim, shows }, signal)
      const grown = await this.#readBack(id, signal)
      if (grown.bytes >= bytes) return grown
      if (trap === undefined) throw new StorageError('internal', `cannot ${task}: ${grown.bytes} bytes read back`)
      throw await this.#holdings.space.refusal(task, trap, bytes - grown.bytes, signal)
    })
  }

  async #readBack(id: VolumeId, signal: AbortSignal): Promise<Volume> {
    const disk = await readDisk(this.#holdings, id, signal)
    if (disk === undefined) throw new StorageError('not-found', `volume ${id} does not exist any more`)
    return volumeOf(disk)
  }
}
