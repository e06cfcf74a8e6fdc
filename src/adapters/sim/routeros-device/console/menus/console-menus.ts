import type { Menu, MenuCommand } from '../../command.ts'
import type { CommandSyntax, MenuSyntax } from '../language/command-syntax.ts'

/** Words of a print that only the console knows. */
export const PRINT_OPTIONS: readonly string[] =
  'detail terse brief value-list as-value count-only without-paging show-ids show-sensitive stats stats-detail'.split(
    ' ',
  )
/** Arguments of the model that the console takes as words of their own. */
const WORDS: ReadonlySet<string> = new Set([
  'once',
  'recursive',
  'recursive-print',
  'relative',
  'show-hidden',
  'as-value',
])
/** Names that only the other services know. */
const NOT_ON_CONSOLE: readonly string[] = ['.id', '.proplist', 'where']
/** Those, what the console does itself, and forms of a print that are not modelled. */
const NOT_IN_PRINT: ReadonlySet<string> = new Set([
  ...NOT_ON_CONSOLE,
  ...PRINT_OPTIONS,
  'numbers',
  'follow',
  'follow-only',
  'interval',
  'file',
  'from',
])

/** The menus of the model as the console's parser meets them; `find` and `get` are the console's own. */
export class ConsoleMenus implements MenuSyntax {
  readonly tellsBadParameter: boolean
  readonly #menus: ReadonlyMap<string, Menu>

  constructor(menus: ReadonlyMap<string, Menu>, version: string) {
    this.#menus = menus
    const [major = 0, minor = 0] = version.split('.').map(Number)
    this.tellsBadParameter = major > 7 || minor >= 22
  }

  names(path: string): readonly string[] | undefined {
    const below = [...this.#menus.keys()].filter(other => other.startsWith(`${path}/`))
    const menus = below.map(other => other.slice(path.length + 1).split('/', 1)[0] ?? '')
    const commands = this.#commandsOf(path)
    const names = [...new Set([...menus, ...commands])]
    return names.length === 0 ? undefined : names
  }

  command(path: string, name: string): CommandSyntax | undefined {
    const menu = this.#menus.get(path)
    if (menu === undefined || !this.#commandsOf(path).includes(name)) return undefined
    const isList = menu.shape === 'items'
    if (name === 'find') return { values: [], options: [], unnamed: [], where: 'bare' }
    if (name === 'get') return getSyntax(isList)
    const command = menu.commands[name]
    return command && (name === 'print' ? printSyntax(command, isList) : syntaxOf(command, name))
  }

  #commandsOf(path: string): string[] {
    const menu = this.#menus.get(path)
    if (menu === undefined) return []
    const own = menu.shape === 'items' ? ['find', 'get'] : ['get']
    return [...Object.keys(menu.commands).filter(name => name !== 'getall' && name !== 'listen'), ...own]
  }
}

function getSyntax(isList: boolean): CommandSyntax {
  const arguments_ = isList ? ['numbers', 'value-name'] : ['value-name']
  return { values: arguments_, options: [], unnamed: arguments_, where: 'none' }
}

function printSyntax({ args }: MenuCommand, isList: boolean): CommandSyntax {
  const own = [...args.keys()].filter(name => !NOT_IN_PRINT.has(name))
  const words = own.filter(name => WORDS.has(name))
  return {
    values: [...own.filter(name => !words.includes(name)), 'proplist', ...(isList ? ['from'] : [])],
    options: [...PRINT_OPTIONS, ...words],
    unnamed: [],
    where: isList ? 'keyword' : 'none',
  }
}

function syntaxOf(command: MenuCommand, name: string): CommandSyntax {
  const values = [...command.args.keys()].filter(argument => !NOT_ON_CONSOLE.includes(argument))
  const takesItems = name !== 'add' && values.includes('numbers')
  return {
    values,
    options: values.filter(argument => WORDS.has(argument)),
    unnamed: command.unnamed ?? (takesItems ? ['numbers'] : []),
    where: 'none',
  }
}
