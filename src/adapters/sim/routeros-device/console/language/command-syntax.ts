/** What the parser must know of a menu's command. */
export interface CommandSyntax {
  /** Arguments that take a value. */
  readonly values: readonly string[]
  /** Words that stand for themselves. */
  readonly options: readonly string[]
  /** Arguments that may come without their names, in this order. */
  readonly unnamed: readonly string[]
  /** Whether a `where` may end it; `bare`: conditions may also come without that word. */
  readonly where: 'none' | 'keyword' | 'bare'
}

/** The menus as the parser meets them. */
export interface MenuSyntax {
  /** Names of the menus and commands directly in a menu; the root is the empty path. `undefined`: there is no such menu. */
  names(menu: string): readonly string[] | undefined
  /** `undefined`: it is a menu, or nothing. */
  command(menu: string, name: string): CommandSyntax | undefined
  /** Whether an argument that does not exist is told by name (`bad parameter`, 7.22 and later). */
  readonly tellsBadParameter: boolean
}

/** The name that a word means: itself, or the only one that begins with it. */
export function resolveName(word: string, names: readonly string[]): string | undefined {
  if (names.includes(word)) return word
  const [only, ...more] = word === '' ? [] : names.filter(name => name.startsWith(word))
  return more.length > 0 ? undefined : only
}
