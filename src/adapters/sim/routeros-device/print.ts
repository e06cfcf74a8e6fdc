import { type ArgumentTable, isSet } from './arguments.ts'
import type { Command, CommandContext, Outcome } from './command.ts'
import { matchesQuery, type Row } from './query.ts'
import type { Traps } from './trap.ts'
import { permits } from './users.ts'
import { text } from './value-kinds.ts'

/** Arguments that every print takes; those that only shape console output change nothing here. */
const NAMES =
  '.proplist count-only detail terse brief as-value value-list without-paging show-ids show-sensitive stats stats-detail proplist'
/** The arguments of a print that takes none of its own. */
export const PRINT_ARGUMENTS: ArgumentTable = new Map(NAMES.split(' ').map(name => [name, { kind: text }]))

/** The arguments of a print that takes these as well. */
export function printArguments(...more: readonly string[]): ArgumentTable {
  return new Map([...PRINT_ARGUMENTS, ...more.map((name): [string, { kind: typeof text }] => [name, { kind: text }])])
}

/** Answers a print: queries, then `.proplist`; `count-only` answers `=ret=` with the number of items (manual). */
export function printRows(
  rows: readonly Row[],
  command: Command,
  traps: Traps,
  known: ArgumentTable = PRINT_ARGUMENTS,
): Outcome {
  for (const name of command.args.keys()) if (!known.has(name)) throw traps.unknownParameter(name)
  const matching = rows.filter(row => matchesQuery(row, command.queries))
  if (command.args.has('count-only')) return { ret: String(matching.length) }
  const wanted = propertiesAsked(command)
  return { rows: wanted === undefined ? matching : matching.map(row => pick(row, wanted)) }
}

/** The properties that a print names; `undefined`: all. */
export function propertiesAsked({ args }: Command): readonly string[] | undefined {
  return (args.get('.proplist') ?? args.get('proplist'))?.split(',')
}

/** Whether a print is to show what is sensitive, and may (policy `sensitive`, `show-sensitive` since 7.21). */
export function showsSensitive({ args }: Command, { user }: CommandContext): boolean {
  return isSet(args, 'show-sensitive') && (user === undefined || permits(user, 'sensitive'))
}

function pick(row: Row, names: readonly string[]): Row {
  const picked = new Map<string, string>()
  for (const name of names) {
    const value = row.get(name)
    if (value !== undefined) picked.set(name, value)
  }
  return picked
}
