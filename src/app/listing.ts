import { StorageError } from '../domain/errors.ts'
import { type Page, page } from '../domain/page.ts'

/** Which part of a listing is wanted. */
export interface Listing {
  /** Entries at most; 0: no limit. */
  readonly max: number
  /** Where the page before ended; empty on the first one. */
  readonly token: string
}

/** Throws `invalid` for a negative number, and `busy` (start again) for a token that is no id of what is listed. */
export function requireListing({ max, token }: Listing, isId: (token: string) => boolean): void {
  if (max < 0) throw new StorageError('invalid', 'max_entries must not be negative')
  if (token !== '' && !isId(token)) {
    throw new StorageError('busy', 'starting_token is none of this driver; start the listing again without it')
  }
}

/** The wanted page of what there is, in the order of the ids. */
export const pageOf = <Item>(all: readonly Item[], id: (item: Item) => string, { max, token }: Listing): Page<Item> =>
  page(all, id, { max, after: token })
