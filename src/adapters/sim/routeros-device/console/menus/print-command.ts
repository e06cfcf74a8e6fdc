import type { Menu } from '../../command.ts'
import type { Row } from '../../query.ts'
import type { EvaluatedCommand } from '../interpreter/interpreter.ts'
import { argumentOf, listOf, type Value } from '../language/value.ts'
import type { ConsoleStyle } from '../printer/console-style.ts'
import { printDetail } from '../printer/print-detail.ts'
import { printTerse, printValues } from '../printer/print-lines.ts'
import { printTable } from '../printer/print-table.ts'
import { modelArguments } from './command-arguments.ts'
import { PRINT_OPTIONS } from './console-menus.ts'
import { referencesOf } from './item-references.ts'
import type { MenuAccess } from './menu-access.ts'
import { choose, type ChosenItem } from './read-commands.ts'
import { fieldsOfRow } from './row-values.ts'

/** Words of a print that change what the model tells. */
const OF_THE_MODEL: ReadonlySet<string> = new Set(['stats', 'stats-detail', 'show-sensitive'])
/** Properties that only `stats` has. */
const STATS = /^(?:read|write|in-flight|active|wait|discard|flush)-/

/** Where a print writes. */
export interface Printer {
  readonly style: ConsoleStyle
  writeLine(line: string): void
}

/** `print`: writes the chosen items, or answers them with `as-value`, or how many they are with `count-only`. */
export async function printItems(access: MenuAccess, command: EvaluatedCommand, printer: Printer): Promise<Value> {
  const { options, where } = command
  const menu = access.menu(command.menu)
  const args = modelArguments(command, [...PRINT_OPTIONS.filter(name => !OF_THE_MODEL.has(name)), 'proplist', 'from'])
  const outcome = await access.run(`${menu.path}/print`, args)
  const chosen = choose(menu, 'rows' in outcome ? outcome.rows : [], where).filter(isFrom(access, command))
  if (options.has('count-only')) {
    if (command.place === 'line') printer.writeLine(String(chosen.length))
    return chosen.length
  }
  if (options.has('as-value')) return asValue(menu, chosen, command)
  for (const line of linesOf(menu, chosen, command, printer.style)) printer.writeLine(line)
  return null
}

/** Whether an item is one of those that `from` names; without it every item is. */
function isFrom(access: MenuAccess, { menu, args }: EvaluatedCommand): (item: ChosenItem) => boolean {
  const from = args.get('from')
  if (from === undefined) return () => true
  const references = referencesOf(access, menu, from)?.split(',') ?? []
  const { named = '.id' } = access.menu(menu)
  return ({ row }) => [row.get('.id'), row.get(named)].some(name => name !== undefined && references.includes(name))
}

/** Without `detail` only the columns of the short form; one item alone is still a list. */
function asValue(menu: Menu, chosen: readonly ChosenItem[], command: EvaluatedCommand): Value {
  const names = properties(command) ?? (command.options.has('detail') ? undefined : menu.columns)
  const [only] = chosen
  if (menu.shape === 'values') return only === undefined ? null : fieldsOfRow(menu, only.row)
  return listOf(chosen.map(({ row }) => fieldsOfRow(menu, row, names)))
}

function linesOf(menu: Menu, chosen: readonly ChosenItem[], command: EvaluatedCommand, style: ConsoleStyle): string[] {
  const { options } = command
  const wanted = properties(command)
  if (menu.shape === 'values') return chosen.flatMap(({ row }) => printValues(menu, pick(row, wanted)))
  const items = chosen.map(({ index, row }) => ({
    label: options.has('show-ids') ? (row.get('.id') ?? '') : String(index),
    row: options.has('detail') || options.has('terse') ? pick(row, wanted, menu) : row,
  }))
  if (options.has('terse')) return printTerse(menu, items)
  if (options.has('detail')) return printDetail(menu, items, style)
  return printTable(menu, items, wanted ?? (options.has('stats') ? statsColumns(menu, chosen) : menu.columns), style)
}

function statsColumns({ named }: Menu, chosen: readonly ChosenItem[]): string[] {
  const names = chosen.flatMap(({ row }) => [...row.keys()].filter(name => STATS.test(name)))
  return [...(named === undefined ? [] : [named]), ...new Set(names)]
}

/** The wanted properties in the order of the item, and what flags and comment are made of. */
function pick(row: Row, wanted: readonly string[] | undefined, menu?: Menu): Row {
  if (wanted === undefined) return row
  const silent = new Set((menu?.flags ?? []).filter(({ printed }) => !printed).map(({ property }) => property))
  return new Map([...row].filter(([name]) => wanted.includes(name) || name === 'comment' || silent.has(name)))
}

function properties({ args }: EvaluatedCommand): readonly string[] | undefined {
  const list = args.get('proplist')
  return list === undefined ? undefined : argumentOf(list).split(',')
}
