import { isStorageError, StorageError } from '../../domain/errors.ts'
import type { ItemId } from './slot.ts'

/** One copy that is being made. */
export interface Copying {
  readonly source: ItemId
  readonly target: ItemId
  /** Whole percent, from 0 to 100. */
  percent: number
  readonly stop: AbortController
  /** Resolves when nothing is done for it any more, however it ended. */
  done: Promise<void>
}

/** The copies that this process makes: what one reads must not be written or shown to hosts meanwhile, nor what it writes. */
export class Copies {
  readonly #byTarget = new Map<ItemId, Copying>()

  /** Holds source and target from now on until `end`. */
  begin(source: ItemId, target: ItemId): Copying {
    const copy = { source, target, percent: 0, stop: new AbortController(), done: Promise.resolve() }
    this.#byTarget.set(target, copy)
    return copy
  }

  end(copy: Copying): void {
    if (this.#byTarget.get(copy.target) === copy) this.#byTarget.delete(copy.target)
  }

  /** The copy of which this is the target. */
  to(target: ItemId): Copying | undefined {
    return this.#byTarget.get(target)
  }

  /** Throws `busy` while the item is read or written by a copy. */
  requireNone(id: ItemId): void {
    const copy = this.to(id) ?? [...this.#byTarget.values()].find(({ source }) => source === id)
    if (copy !== undefined) throw new StorageError('busy', `${progressOf(copy)}; try again later`)
  }

  /** Ends the copy to this target, if there is one, and waits until that is so. */
  async cancel(target: ItemId): Promise<void> {
    const copy = this.to(target)
    copy?.stop.abort(new StorageError('unavailable', `copying to ${target} was ended`))
    await copy?.done
  }

  /** Ends all. */
  async close(): Promise<void> {
    await Promise.all([...this.#byTarget.keys()].map(target => this.cancel(target)))
  }
}

/**
 * Does work that takes away what an earlier copy left. The device may go on with a copy whose link was lost: that
 * something still uses its target then is nothing to be seen to, but to be waited for.
 */
export async function clearing(target: ItemId, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isStorageError(error, 'precondition')) throw error
    const text = `the appliance may still be at an earlier copy to ${target}: ${error.message}`
    throw new StorageError('unavailable', text, { cause: error })
  }
}

/** For errors: how far it is. */
export const progressOf = ({ source, target, percent }: Copying): string =>
  `${source} is being copied to ${target}, ${percent} % are done`
