import type { VolumeId } from '../../domain/ids.ts'
import type { VolumeEntry } from './volume-entry.ts'

/** PersistentVolumes by their names and by the volumes that they stand for. */
export class VolumeIndex {
  readonly #byName = new Map<string, VolumeEntry>()
  readonly #byVolume = new Map<VolumeId, VolumeEntry>()

  put(entry: VolumeEntry): void {
    const volume = this.#byName.get(entry.name)?.record?.volume
    if (volume !== undefined && volume !== entry.record?.volume) this.remove(entry.name)
    this.#byName.set(entry.name, entry)
    if (entry.record !== undefined) this.#byVolume.set(entry.record.volume, entry)
  }

  remove(name: string): void {
    const entry = this.#byName.get(name)
    this.#byName.delete(name)
    const volume = entry?.record?.volume
    if (volume === undefined || this.#byVolume.get(volume) !== entry) return
    this.#byVolume.delete(volume)
    const other = [...this.#byName.values()].find(candidate => candidate.record?.volume === volume)
    if (other !== undefined) this.#byVolume.set(volume, other)
  }

  named(name: string): VolumeEntry | undefined {
    return this.#byName.get(name)
  }

  /** The one seen last, should there be several. */
  of(volume: VolumeId): VolumeEntry | undefined {
    return this.#byVolume.get(volume)
  }

  all(): readonly VolumeEntry[] {
    return [...this.#byName.values()]
  }
}
