import { type MenuSyntax, resolveName } from './command-syntax.ts'
import { Cursor } from './cursor.ts'
import { GLOBAL_SYNTAX } from './global-syntax.ts'
import { readGlobalArguments, readMenuArguments } from './read-arguments.ts'
import { readExpression } from './read-expression.ts'
import { commandEnds, type Reading } from './reading.ts'
import type { MenuStatement, Statement } from './syntax.ts'

/**
 * Reads a whole script, a byte text, before anything of it is carried out: commands with `;` or line ends in between.
 * `menu` is where it begins; `onMenu` hears where it has led. Throws a `ConsoleError` with the place of what is wrong.
 */
export function readScript(source: string, menus: MenuSyntax, menu = '', onMenu?: (menu: string) => void): Statement[] {
  const reading: Reading = {
    cursor: new Cursor(source),
    menus,
    menu,
    block: close => readBlock(reading, close),
    expression: properties => readExpression(reading, properties),
  }
  const statements: Statement[] = []
  for (skipSeparators(reading, true); !reading.cursor.atEnd; skipSeparators(reading, true)) {
    if (commandEnds(reading.cursor)) throw reading.cursor.error('syntax error')
    readStatement(reading, statements)
  }
  onMenu?.(reading.menu)
  return statements
}

/** A menu that is entered within brackets is left again at their end. */
function readBlock(reading: Reading, close: ']' | '}'): Statement[] {
  const { cursor, menu } = reading
  const statements: Statement[] = []
  for (skipSeparators(reading, false); !cursor.takes(close); skipSeparators(reading, false)) {
    if (cursor.atEnd || /[\r\n)\]}]/.test(cursor.peek())) throw cursor.error('syntax error')
    readStatement(reading, statements)
  }
  reading.menu = menu
  return statements
}

/** Lines end commands only outside of brackets: over SSH a block is written on one line. */
function skipSeparators({ cursor }: Reading, linesEnd: boolean): void {
  while (cursor.take(linesEnd ? /[ \t;\r\n]+|#[^\n]*/y : /[ \t;]+/y) !== undefined);
}

function readStatement(reading: Reading, into: Statement[]): void {
  const { cursor } = reading
  if (cursor.takes('{')) into.push({ kind: 'block', body: reading.block('}') })
  else if (cursor.takes(':')) into.push(readGlobal(reading))
  else readMenuStatement(reading, into)
  cursor.skipBlanks()
  if (!commandEnds(cursor)) throw cursor.error('expected end of command')
}

function readGlobal(reading: Reading): Statement {
  const { cursor } = reading
  const at = cursor.index
  const word = cursor.take(/[A-Za-z]+/y) ?? ''
  const syntax = GLOBAL_SYNTAX.get(word)
  if (syntax === undefined) throw cursor.error(`bad command name ${word}`, at)
  return readGlobalArguments(reading, word, syntax)
}

/**
 * A path with slashes or blanks, and its command. A path alone enters its menu, for the commands that follow; a command
 * with its path leaves the reader where it was.
 */
function readMenuStatement(reading: Reading, into: Statement[]): void {
  const { cursor, menus } = reading
  let menu = cursor.takes('/') ? '' : reading.menu
  for (;;) {
    cursor.take(/[ \t]*\/?[ \t]*/y)
    if (commandEnds(cursor)) break
    const at = cursor.index
    const word = cursor.take(/[A-Za-z0-9-]+|\.\./y)
    if (word === '..') {
      menu = menu.slice(0, menu.lastIndexOf('/'))
      continue
    }
    const name = word === undefined ? undefined : resolveName(word, menus.names(menu) ?? [])
    if (name === undefined) throw unknownWord(reading, word, at)
    const syntax = menus.command(menu, name)
    if (syntax !== undefined) {
      into.push(readArgumentsIn(reading, menu, () => ({ menu, command: name, ...readMenuArguments(reading, syntax) })))
      return
    }
    menu = `${menu}/${name}`
  }
  reading.menu = menu
}

/** In the arguments of a command words are looked up in its menu: `/disk/set [find slot="x"]`. */
function readArgumentsIn(reading: Reading, menu: string, read: () => Omit<MenuStatement, 'kind'>): Statement {
  const before = reading.menu
  reading.menu = menu
  const statement = read()
  reading.menu = before
  return { kind: 'menu', ...statement }
}

function unknownWord({ cursor }: Reading, word: string | undefined, at: number): Error {
  return word === undefined ? cursor.error('syntax error', at) : cursor.error(`bad command name ${word}`, at)
}
