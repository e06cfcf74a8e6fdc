import type { Instant } from '../../domain/ids.ts'
import type { ItemId } from './slot.ts'
import type { SnapshotSubvolume, VolumeSubvolume } from './subvolume-name.ts'

/** A subvolume that is ours by its name. */
export interface KnownSubvolume {
  readonly path: string
  readonly name: VolumeSubvolume | SnapshotSubvolume
  readonly createdAt: Instant | undefined
}

/** What is known of the subvolumes of our volumes and snapshots. Paths have a leading slash. */
export class SubvolumeTable {
  readonly #known = new Map<string, KnownSubvolume>()
  /** Where subvolumes of an item are, or may have been made. */
  readonly #places = new Map<ItemId, Set<string>>()

  get(path: string): KnownSubvolume | undefined {
    return this.#known.get(path)
  }

  put(subvolume: KnownSubvolume): void {
    this.#known.set(subvolume.path, subvolume)
    this.expect(subvolume.name.id, subvolume.path)
  }

  /** A subvolume of this item may come to be there. */
  expect(id: ItemId, path: string): void {
    this.#places.set(id, (this.#places.get(id) ?? new Set()).add(path))
  }

  /** There is none. */
  drop(path: string): void {
    this.#known.delete(path)
  }

  /** All that belong to the item. */
  of(id: ItemId): KnownSubvolume[] {
    return this.placesOf(id)
      .map(path => this.#known.get(path))
      .filter(subvolume => subvolume !== undefined)
  }

  /** Where one was seen, or may have been made. */
  placesOf(id: ItemId): string[] {
    return [...(this.#places.get(id) ?? [])]
  }

  /** The snapshots of one owner's, which are the only ones in here. */
  snapshots(): (KnownSubvolume & { readonly name: SnapshotSubvolume })[] {
    return [...this.#known.values()].filter(isSnapshot)
  }

  /** Takes in everything there is; what belongs to these items stays as it is. */
  replace(all: readonly KnownSubvolume[], kept: ReadonlySet<ItemId>): void {
    for (const { path, name } of this.#known.values()) if (!kept.has(name.id)) this.#known.delete(path)
    for (const id of this.#places.keys()) if (!kept.has(id)) this.#places.delete(id)
    for (const subvolume of all) if (!kept.has(subvolume.name.id)) this.put(subvolume)
  }
}

const isSnapshot = (known: KnownSubvolume): known is KnownSubvolume & { readonly name: SnapshotSubvolume } =>
  known.name.of === 'snapshot'
