/** An item's `.id`. */
export interface ItemId {
  readonly kind: 'id'
  readonly text: string
}

/** An array; its elements are numbered, or named, as in a row of `print as-value`. */
export type ArrayValue =
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'fields'; readonly entries: ReadonlyMap<string, Value> }

/** A value of the console's language; `null` is nothing. Texts are byte texts. */
export type Value = null | boolean | number | string | ItemId | ArrayValue

export function listOf(items: readonly Value[]): Value {
  return { kind: 'list', items }
}

/** Named elements are kept in the order of their names. */
export function fieldsOf(entries: Iterable<readonly [string, Value]>): Value {
  return { kind: 'fields', entries: new Map([...entries].toSorted(([one], [other]) => (one < other ? -1 : 1))) }
}

export function isArray(value: Value): value is ArrayValue {
  return typeof value === 'object' && value !== null && value.kind !== 'id'
}

/** The value as `:put` and string concatenation write it. */
export function textOf(value: Value): string {
  if (value === null) return ''
  if (typeof value !== 'object') return String(value)
  switch (value.kind) {
    case 'id':
      return value.text
    case 'list':
      return value.items.map(textOf).join(';')
    case 'fields':
      return Array.from(value.entries, ([name, item]) => `${name}=${textOf(item)}`).join(';')
  }
}

/** The value as an argument of a menu's command: elements with commas in between. */
export function argumentOf(value: Value): string {
  if (value === null || typeof value !== 'object' || value.kind !== 'list') return textOf(value)
  return value.items.map(textOf).join(',')
}

/** The name that `:typeof` gives. */
export function typeOf(value: Value): string {
  if (value === null) return 'nothing'
  if (typeof value === 'object') return value.kind === 'id' ? 'id' : 'array'
  return { boolean: 'bool', number: 'num', string: 'str' }[typeof value as 'boolean' | 'number' | 'string']
}

/** What a word that stands without quotes is, in the script itself: a number, a truth value, an id or a text. */
export function valueOfWord(word: string): Value {
  if (/^\d{1,15}$/.test(word)) return Number(word)
  if (/^\*{1,2}[0-9A-F]+$/i.test(word)) return { kind: 'id', text: word }
  return truthOf(word) ?? word
}

/** Truth of `yes`, `no`, `true` and `false`; `undefined` of any other text. */
export function truthOf(word: string): boolean | undefined {
  if (word === 'yes' || word === 'true') return true
  return word === 'no' || word === 'false' ? false : undefined
}
