import { keyOf, type KubeObject, withMeta } from './kube-object.ts'

/** One change of one object, at the store's revision `revision`. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly revision: number
  /** The object after the change; of a deletion, its last state with the deletion's revision. */
  readonly object: KubeObject
  /** The object before the change; undefined for an addition. */
  readonly previous: KubeObject | undefined
}

interface Shelf {
  readonly objects: Map<string, KubeObject>
  readonly listeners: Set<(change: Change) => void>
  readonly sorted: Map<number, readonly KubeObject[]>
  history: Change[]
  lastChange: number
}

const SORTED_KEPT = 4

const byKey = (one: readonly [string, KubeObject], other: readonly [string, KubeObject]): number =>
  one[0] < other[0] ? -1 : Number(one[0] > other[0])

/**
 * Objects by shelf (one per stored kind) and key, with one revision for the whole store and a bounded history, as etcd has.
 * It validates nothing. Objects go in and come out by reference and are never changed in place.
 */
export class ObjectStore {
  readonly #shelves = new Map<string, Shelf>()
  readonly #historyLength: number
  #revision = 1
  #compacted = 1

  /** `historyLength`: how many changes per shelf are remembered at least. */
  constructor(historyLength: number) {
    this.#historyLength = historyLength
  }

  get revision(): number {
    return this.#revision
  }

  /** The oldest revision that a watch or a list may still refer to. */
  get oldestRevision(): number {
    return this.#compacted
  }

  /** The object under that key, or undefined. */
  get(shelf: string, key: string): KubeObject | undefined {
    return this.#shelf(shelf).objects.get(key)
  }

  /** Stores the object with a new resourceVersion and returns it as stored. */
  put(shelf: string, object: KubeObject): KubeObject {
    const { objects } = this.#shelf(shelf)
    const key = keyOf(object.metadata)
    const previous = objects.get(key)
    const stored = this.#stamped(object)
    objects.set(key, stored)
    this.#record(shelf, previous === undefined ? 'ADDED' : 'MODIFIED', stored, previous)
    return stored
  }

  /** Removes the object and returns its last state with the deletion's revision; undefined when there is none. */
  remove(shelf: string, key: string): KubeObject | undefined {
    const { objects } = this.#shelf(shelf)
    const previous = objects.get(key)
    if (previous === undefined) return undefined
    objects.delete(key)
    const last = this.#stamped(previous)
    this.#record(shelf, 'DELETED', last, previous)
    return last
  }

  /** Removes every object that lies in that namespace. */
  removeNamespace(namespace: string): void {
    for (const [name, shelf] of this.#shelves) {
      const inside = [...shelf.objects.values()].filter(object => object.metadata.namespace === namespace)
      for (const object of inside) this.remove(name, keyOf(object.metadata))
    }
  }

  /** All objects of a shelf as they were at that revision, by key; undefined when that is too long ago. */
  itemsAt(shelf: string, revision: number): readonly KubeObject[] | undefined {
    const { sorted, lastChange } = this.#shelf(shelf)
    if (revision < this.#compacted) return undefined
    const at = Math.min(revision, lastChange)
    const known = sorted.get(at)
    if (known !== undefined) return known
    const items = this.#rewound(this.#shelf(shelf), at)
    sorted.set(at, items)
    for (const old of [...sorted.keys()].slice(0, -SORTED_KEPT)) sorted.delete(old)
    return items
  }

  /** The changes after that revision, oldest first; undefined when some of them are forgotten. */
  changesAfter(shelf: string, revision: number): readonly Change[] | undefined {
    if (revision < this.#compacted) return undefined
    return this.#shelf(shelf).history.filter(change => change.revision > revision)
  }

  /** Calls `listener` for each change of the shelf from now on; the returned function ends that. */
  subscribe(shelf: string, listener: (change: Change) => void): () => void {
    const { listeners } = this.#shelf(shelf)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  /** Forgets all history: what refers to an older revision than the present one is too old from now on. */
  compact(): void {
    this.#revision += 1
    this.#forgetBefore(this.#revision)
  }

  #forgetBefore(revision: number): void {
    this.#compacted = revision
    for (const shelf of this.#shelves.values()) {
      shelf.history = shelf.history.filter(change => change.revision > revision)
      for (const at of shelf.sorted.keys()) if (at < revision && at !== shelf.lastChange) shelf.sorted.delete(at)
    }
  }

  #stamped(object: KubeObject): KubeObject {
    this.#revision += 1
    return withMeta(object, { resourceVersion: String(this.#revision) })
  }

  #record(name: string, type: Change['type'], object: KubeObject, previous: KubeObject | undefined): void {
    const shelf = this.#shelf(name)
    const change: Change = { type, revision: this.#revision, object, previous }
    shelf.lastChange = change.revision
    shelf.history.push(change)
    const forgotten = shelf.history[shelf.history.length - this.#historyLength - 1]
    if (shelf.history.length > 2 * this.#historyLength && forgotten !== undefined)
      this.#forgetBefore(forgotten.revision)
    for (const listener of shelf.listeners) listener(change)
  }

  #rewound(shelf: Shelf, revision: number): readonly KubeObject[] {
    const objects = new Map(shelf.objects)
    for (const change of shelf.history.toReversed()) {
      if (change.revision <= revision) break
      const key = keyOf(change.object.metadata)
      if (change.previous === undefined) objects.delete(key)
      else objects.set(key, change.previous)
    }
    return [...objects.entries()].toSorted(byKey).map(([, object]) => object)
  }

  #shelf(name: string): Shelf {
    const known = this.#shelves.get(name)
    if (known !== undefined) return known
    const made: Shelf = { objects: new Map(), listeners: new Set(), sorted: new Map(), history: [], lastChange: 1 }
    this.#shelves.set(name, made)
    return made
  }
}
