import { type CommandSyntax, resolveName } from './command-syntax.ts'
import type { GlobalSyntax } from './global-syntax.ts'
import { readConditions, readPrimary } from './read-expression.ts'
import { readQuotedName } from './read-text.ts'
import { commandEnds, type Reading } from './reading.ts'
import type { Expression, GlobalStatement, MenuStatement, Statement } from './syntax.ts'

/** A word without quotes: whatever has no meaning of its own there. */
const WORD = /[^\s;"$[\](){}\\]+/y
const NAME = /[A-Za-z.][A-Za-z0-9.-]*(?==)/y

/** Reads the rest of a menu's command: values, options and conditions, in any order but the conditions last. */
export function readMenuArguments(
  reading: Reading,
  syntax: CommandSyntax,
): Pick<MenuStatement, 'args' | 'options' | 'where'> {
  const { cursor } = reading
  const args = new Map<string, Expression>()
  const options = new Set<string>()
  const ends = (): boolean => commandEnds(cursor)
  for (cursor.skipBlanks(); !ends(); cursor.skipBlanks()) {
    if (syntax.where !== 'none' && cursor.take(/where(?![\w=-])/y) !== undefined) {
      return { args, options, where: readConditions(reading, ends) }
    }
    if (syntax.where === 'bare') return { args, options, where: readConditions(reading, ends) }
    readOne(reading, syntax, { args, options })
  }
  return { args, options, where: undefined }
}

function readOne(
  reading: Reading,
  syntax: CommandSyntax,
  into: { args: Map<string, Expression>; options: Set<string> },
): void {
  const { cursor, menus } = reading
  const at = cursor.index
  const name = cursor.take(NAME)
  if (name !== undefined) {
    const known = resolveName(name, [...syntax.values, ...syntax.options])
    if (known === undefined) throw cursor.error(menus.tellsBadParameter ? `bad parameter ${name}` : 'syntax error', at)
    cursor.next()
    into.args.set(known, readValue(reading))
    return
  }
  const option = readOption(reading, syntax)
  const unnamed = syntax.unnamed.find(argument => !into.args.has(argument))
  if (option !== undefined) into.options.add(option)
  else if (unnamed !== undefined) into.args.set(unnamed, readValue(reading))
  else throw cursor.error('expected end of command', at)
}

function readOption({ cursor }: Reading, { options }: CommandSyntax): string | undefined {
  const at = cursor.index
  const word = cursor.take(WORD)
  const option = word === undefined ? undefined : resolveName(word, options)
  if (option === undefined) cursor.index = at
  return option
}

/** Reads a value up to the next blank: nothing at all, a word, or something in quotes or brackets, several with commas. */
function readValue(reading: Reading): Expression {
  const { cursor } = reading
  if (commandEnds(cursor) || /[ \t]/.test(cursor.peek())) return { kind: 'word', text: '' }
  const items = [readItem(reading)]
  while (cursor.takes(',')) items.push(readItem(reading))
  if (!commandEnds(cursor) && !/[ \t\\]/.test(cursor.peek())) throw cursor.error('expected end of command')
  const [only, ...more] = items
  return only !== undefined && more.length === 0 ? only : { kind: 'array', items: items.map(value => ({ value })) }
}

function readItem(reading: Reading): Expression {
  const word = reading.cursor.take(WORD)
  return word === undefined ? readPrimary(reading, false) : { kind: 'word', text: word }
}

/** Reads the rest of a command that begins with a colon. */
export function readGlobalArguments(reading: Reading, name: string, syntax: GlobalSyntax): GlobalStatement {
  const { cursor } = reading
  const args = new Map<string, Expression>()
  const blocks = new Map<string, readonly Statement[]>()
  for (cursor.skipBlanks(); !commandEnds(cursor); cursor.skipBlanks()) {
    const at = cursor.index
    const argument = readArgumentName(reading, syntax) ?? syntax.unnamed.find(one => !args.has(one) && !blocks.has(one))
    if (argument === undefined) throw cursor.error('expected end of command', at)
    if (syntax.blocks?.includes(argument)) blocks.set(argument, readBlock(reading))
    else if (syntax.names?.includes(argument)) args.set(argument, readName(reading))
    else args.set(argument, readValue(reading))
  }
  return { kind: 'global', name, args, blocks }
}

function readArgumentName(
  { cursor }: Reading,
  { unnamed, values = [], blocks = [] }: GlobalSyntax,
): string | undefined {
  const at = cursor.index
  const name = cursor.take(NAME)
  if (name === undefined) return undefined
  if ([...unnamed, ...values, ...blocks].includes(name)) {
    cursor.next()
    return name
  }
  cursor.index = at
  return undefined
}

function readBlock(reading: Reading): readonly Statement[] {
  if (!reading.cursor.takes('{')) throw reading.cursor.error('syntax error')
  return reading.block('}')
}

function readName(reading: Reading): Expression {
  const { cursor } = reading
  const name = readQuotedName(reading) ?? cursor.take(/[A-Za-z0-9]+(?:,[A-Za-z0-9]+)?/y)
  if (name === undefined) throw cursor.error('syntax error')
  return { kind: 'word', text: name }
}
