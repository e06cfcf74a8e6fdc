/** One page of a listing. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** Where the next page starts; undefined on the last one. */
  readonly next: string | undefined
}

/**
 * The page after a token. Items are ordered by key and the token is the last key of the page before, so that a listing
 * goes on rightly when items come and go between two pages. `max` 0 means no limit.
 */
export function page<Item>(
  items: readonly Item[],
  key: (item: Item) => string,
  { max, after }: { readonly max: number; readonly after: string },
): Page<Item> {
  const sorted = items.toSorted((a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b))))
  const rest = after === '' ? sorted : sorted.filter(item => key(item) > after)
  if (max === 0 || rest.length <= max) return { items: rest, next: undefined }
  const picked = rest.slice(0, max)
  const last = picked.at(-1)
  return { items: picked, next: last === undefined ? undefined : key(last) }
}
