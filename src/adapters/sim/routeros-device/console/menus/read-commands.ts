import type { Menu } from '../../command.ts'
import type { Row } from '../../query.ts'
import type { EvaluatedCommand } from '../interpreter/interpreter.ts'
import { isTrue } from '../interpreter/operators.ts'
import { listOf, textOf, type Value } from '../language/value.ts'
import { fromByteText } from '../byte-text.ts'
import { referencesOf } from './item-references.ts'
import type { MenuAccess } from './menu-access.ts'
import { fieldsOfRow, valueOf } from './row-values.ts'

/** An item that a condition chose, with its place in the whole listing. */
export interface ChosenItem {
  readonly index: number
  readonly row: Row
}

/** The rows that meet the conditions of a command. */
export function choose(menu: Menu, rows: readonly Row[], where: EvaluatedCommand['where']): ChosenItem[] {
  const items = rows.map((row, index) => ({ index, row }))
  return where === undefined ? items : items.filter(({ row }) => isTrue(where(name => valueOf(menu, row, name))))
}

/** `find`: the ids of the items that meet the conditions. */
export async function findItems(access: MenuAccess, command: EvaluatedCommand): Promise<Value> {
  const menu = access.menu(command.menu)
  const chosen = choose(menu, await readRows(access, command), command.where)
  return listOf(chosen.map(({ row }) => valueOf(menu, row, '.id')))
}

/** `get`: one property of one item, or all of them by name. */
export async function getProperty(access: MenuAccess, command: EvaluatedCommand): Promise<Value> {
  const menu = access.menu(command.menu)
  const rows = await readRows(access, command)
  const row = menu.shape === 'values' ? rows[0] : itemOf(access, command, rows)
  if (row === undefined) throw access.core.state.traps.noSuchItem()
  const name = fromByteText(textOf(command.args.get('value-name') ?? null))
  if (name === '') return fieldsOfRow(menu, row)
  if (!isProperty(menu, rows, name)) throw access.core.state.traps.noMatch('value-name')
  return valueOf(menu, row, name)
}

function itemOf(access: MenuAccess, { menu, args }: EvaluatedCommand, rows: readonly Row[]): Row | undefined {
  const reference = referencesOf(access, menu, args.get('numbers') ?? '')
  const { named } = access.menu(menu)
  return rows.find(row => row.get('.id') === reference || (named !== undefined && row.get(named) === reference))
}

/** An item need not have every property that its menu has. */
function isProperty(menu: Menu, rows: readonly Row[], name: string): boolean {
  const known = [...menu.displays.keys(), ...menu.columns, ...menu.flags.map(({ property }) => property), 'comment']
  return known.includes(name) || rows.some(row => row.has(name)) || menu.commands['add']?.args.has(name) === true
}

async function readRows(access: MenuAccess, { menu }: EvaluatedCommand): Promise<readonly Row[]> {
  if (access.freeReads) return access.rows(menu)
  const outcome = await access.run(`${menu}/print`, new Map())
  return 'rows' in outcome ? outcome.rows : []
}
