import type { VolumeId } from '../../domain/ids.ts'
import type { Policy } from '../../domain/orphans.ts'
import type { VolumeEntry } from './volume-entry.ts'

/** PersistentVolumes by their names and by the volumes that they stand for. */
export class VolumeIndex {
  readonly #byName = new Map<string, VolumeEntry>()
  readonly #byVolume = new Map<VolumeId, VolumeEntry>()
  /** Volumes that shall stay when their objects go; kept when these are gone. */
  readonly #retained = new Set<VolumeId>()

  put(entry: VolumeEntry): void {
    const volume = this.#byName.get(entry.name)?.record?.volume
    if (volume !== undefined && volume !== entry.record?.volume) this.remove(entry.name)
    this.#byName.set(entry.name, entry)
    if (entry.record === undefined) return
    this.#byVolume.set(entry.record.volume, entry)
    if (entry.policy === 'retain') this.#retained.add(entry.record.volume)
    else this.#retained.delete(entry.record.volume)
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

  /** By the object seen last, also where that is gone; of those that are gone only the ones that shall stay. */
  lastPolicies(): ReadonlyMap<VolumeId, Policy> {
    const policies = new Map<VolumeId, Policy>()
    for (const [volume, { policy }] of this.#byVolume) policies.set(volume, policy)
    for (const volume of this.#retained) policies.set(volume, 'retain')
    return policies
  }

  all(): readonly VolumeEntry[] {
    return [...this.#byName.values()]
  }
}
