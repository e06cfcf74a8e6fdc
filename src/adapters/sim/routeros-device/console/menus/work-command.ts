import type { Outcome } from '../../command.ts'
import type { Row } from '../../query.ts'
import { toByteText } from '../byte-text.ts'
import type { EvaluatedCommand } from '../interpreter/interpreter.ts'
import { listOf, type Value } from '../language/value.ts'
import { printDiscoveryRecord, printValues } from '../printer/print-lines.ts'
import { modelArguments } from './command-arguments.ts'
import { referencesOf } from './item-references.ts'
import type { MenuAccess } from './menu-access.ts'
import type { Printer } from './print-command.ts'
import { fieldsOfRow } from './row-values.ts'

/** How commands name the items that they work on. */
const REFERENCES = ['numbers', 'number'] as const

/** Any command that is not the console's own: it writes what comes, and answers the `.id` of what it made. */
export async function workOnItems(access: MenuAccess, command: EvaluatedCommand, printer: Printer): Promise<Value> {
  const args = modelArguments(command, ['as-value'])
  const reference = REFERENCES.find(name => command.args.has(name))
  const items = reference && referencesOf(access, command.menu, command.args.get(reference) ?? null)
  if (reference !== undefined && items !== undefined) args.set(reference, items)
  const isNothing = reference !== undefined && items === undefined
  const outcome = await access.run(`${command.menu}/${command.command}`, args, isNothing)
  if ('ret' in outcome) return outcome.ret === undefined ? null : madeValue(outcome.ret)
  const menu = access.menu(command.menu)
  const print = command.command === 'nvme-discover' ? printDiscoveryRecord : printValues
  const rows = await readAll(outcome, (row, index) => {
    if (command.options.has('as-value')) return
    for (const line of print(menu, row, index)) printer.writeLine(line)
  })
  return command.options.has('as-value') ? listOf(rows.map(row => fieldsOfRow(menu, row))) : null
}

/** The rows as they come; of those that come over time the last one stays, which is how the work ended. */
async function readAll(outcome: Outcome, onRow: (row: Row, index: number) => void): Promise<readonly Row[]> {
  if ('rows' in outcome) {
    for (const [index, row] of outcome.rows.entries()) onRow(row, index)
    return outcome.rows
  }
  let last: Row | undefined
  let read = 0
  if ('stream' in outcome) {
    for await (const row of outcome.stream) {
      onRow(row, read)
      last = row
      read += 1
    }
  }
  return last === undefined ? [] : [last]
}

function madeValue(ret: string): Value {
  return /^\*{1,2}[0-9A-F]+$/.test(ret) ? { kind: 'id', text: ret } : toByteText(ret)
}
